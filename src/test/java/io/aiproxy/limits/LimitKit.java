package io.aiproxy.limits;

import io.aiproxy.config.LimitConfig;
import io.aiproxy.config.LimitConfig.Quantity;
import io.aiproxy.core.Ticker;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Limits made by hand, and time that passes only when a test says so. */
final class LimitKit {
    private LimitKit() {}

    /** Time that stands still. */
    static final class Clock implements Ticker {
        private volatile long millis;

        Clock(String at) {
            millis = Instant.parse(at).toEpochMilli();
        }

        void set(String at) {
            millis = Instant.parse(at).toEpochMilli();
        }

        void pass(Duration time) {
            millis += time.toMillis();
        }

        @Override
        public long nanos() {
            return millis * 1_000_000;
        }

        @Override
        public long millis() {
            return millis;
        }
    }

    static LimitConfig limit(Quantity quantity, long amount, LimitConfig.Window window) {
        return new LimitConfig(
                quantity, amount, Optional.empty(), Optional.of(window), List.of(), false, LimitConfig.Outage.LOCAL);
    }

    static Counter sliding(String name, long amount, Duration length) {
        return new Counter(name, limit(Quantity.REQUESTS, amount, new LimitConfig.Sliding(length)));
    }

    static Counter calendar(String name, long amount, LimitConfig.Calendar.Unit unit, String zone) {
        return new Counter(name, limit(Quantity.TOKENS, amount, new LimitConfig.Calendar(unit, ZoneId.of(zone))));
    }

    static Counter concurrent(String name, long amount) {
        return new Counter(
                name,
                new LimitConfig(
                        Quantity.CONCURRENT,
                        amount,
                        Optional.empty(),
                        Optional.empty(),
                        List.of(),
                        false,
                        LimitConfig.Outage.LOCAL));
    }

    static Counter shadow(Counter of) {
        LimitConfig limit = of.limit();
        return new Counter(
                of.name(),
                new LimitConfig(
                        limit.quantity(),
                        limit.amount(),
                        limit.soft(),
                        limit.window(),
                        limit.models(),
                        true,
                        limit.outage()));
    }

    /** Takes one of each. */
    static Counters.Verdict take(Counters counters, Ticker clock, Counter... of) {
        return take(counters, clock, 1, of);
    }

    static Counters.Verdict take(Counters counters, Ticker clock, long amount, Counter... of) {
        List<Counters.Claim> claims = new ArrayList<>();
        for (Counter counter : of) {
            claims.add(new Counters.Claim(counter, amount));
        }
        return counters.take(claims, clock.millis()).toCompletableFuture().join();
    }
}
