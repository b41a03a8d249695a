package io.aiproxy.limits;

import static org.awaitility.Awaitility.await;

import io.aiproxy.config.LimitConfig;
import io.aiproxy.core.Secret;
import io.aiproxy.core.Ticker;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/** Instances that share counts. */
final class RedisKit {
    /** Nobody waits so long: with it, every answer is in time. */
    static final String PATIENT = "?timeout=30s";

    private RedisKit() {}

    /** What was heard of the store. */
    static final class Heard implements LimitWatch {
        final List<String> events = new CopyOnWriteArrayList<>();

        @Override
        public void rejected(Met met) {}

        @Override
        public void exhausted(Met met) {}

        @Override
        public void nearing(Met met) {}

        @Override
        public void storeLost(String place, String why) {
            events.add("lost");
        }

        @Override
        public void storeBack(String place, Duration lasted) {
            events.add("back");
        }
    }

    /** An instance that is connected. */
    static RedisCounters connected(String url, Ticker ticker, Duration lease) {
        RedisCounters counters = new RedisCounters(Secret.of(url), ticker, lease);
        counters.start(new Heard());
        awaitUp(counters);
        return counters;
    }

    static void awaitUp(RedisCounters counters) {
        await("Redis to be in use").atMost(Duration.ofSeconds(30)).until(counters::up);
    }

    static void awaitDown(RedisCounters counters) {
        await("Redis to be given up").atMost(Duration.ofSeconds(30)).until(() -> !counters.up());
    }

    /** The same counter, whose limit refuses while Redis is missing. */
    static Counter refusing(Counter of) {
        LimitConfig limit = of.limit();
        return new Counter(
                of.name(),
                new LimitConfig(
                        limit.quantity(),
                        limit.amount(),
                        limit.soft(),
                        limit.window(),
                        limit.models(),
                        limit.shadow(),
                        LimitConfig.Outage.REFUSE));
    }

    static List<Counters.Claim> claims(long amount, Counter... of) {
        return List.of(of).stream()
                .map(counter -> new Counters.Claim(counter, amount))
                .toList();
    }

    /** Asks for one and waits for the answer. */
    static Counters.Verdict take(Counters counters, long nowMillis, Counter... of) throws Exception {
        return counters.take(claims(1, of), nowMillis).toCompletableFuture().get(60, TimeUnit.SECONDS);
    }
}
