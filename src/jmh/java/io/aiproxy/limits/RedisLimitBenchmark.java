package io.aiproxy.limits;

import io.aiproxy.config.LimitConfig;
import io.aiproxy.config.LimitConfig.Quantity;
import io.aiproxy.core.Secret;
import io.aiproxy.core.Ticker;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

/**
 * How long a call waits for limits that are kept in Redis: one round trip for one limit and for five. Needs a Redis at
 * {@code -Dredis=redis://127.0.0.1:6379}.
 */
@State(org.openjdk.jmh.annotations.Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 3, time = 3)
public class RedisLimitBenchmark {
    private static final LimitConfig.Window MINUTE = new LimitConfig.Sliding(Duration.ofMinutes(1));
    private static final LimitConfig.Window MONTH =
            new LimitConfig.Calendar(LimitConfig.Calendar.Unit.MONTH, ZoneOffset.UTC);

    private static final LimitWatch NOBODY = new LimitWatch() {
        @Override
        public void rejected(Met met) {}

        @Override
        public void exhausted(Met met) {}

        @Override
        public void nearing(Met met) {}
    };

    /** How many limits a call has. */
    @Param({"1", "5"})
    public int limits;

    private RedisCounters counters;
    private List<Counters.Claim> claims;

    /** Connects. */
    @Setup
    public void prepare() throws InterruptedException {
        List<Counters.Claim> all = List.of(
                claim("requests", Quantity.REQUESTS, Optional.of(MINUTE)),
                claim("tokens", Quantity.TOKENS, Optional.of(MINUTE)),
                claim("models", Quantity.TOKENS, Optional.of(MONTH)),
                claim("cost", Quantity.COST, Optional.of(MONTH)),
                claim("concurrent", Quantity.CONCURRENT, Optional.empty()));
        claims = all.subList(0, limits);
        String url = System.getProperty("redis", "redis://127.0.0.1:6379");
        counters = new RedisCounters(Secret.of(url + "?timeout=10s"), Ticker.SYSTEM);
        counters.start(NOBODY);
        while (!counters.up()) {
            Thread.sleep(10);
        }
    }

    private static Counters.Claim claim(String name, Quantity quantity, Optional<LimitConfig.Window> window) {
        LimitConfig config = new LimitConfig(
                quantity, 1L << 50, Optional.empty(), window, List.of(), false, LimitConfig.Outage.LOCAL);
        return new Counters.Claim(new Counter("benchmark/" + name, config), 1);
    }

    /** Leaves. */
    @TearDown
    public void end() {
        counters.close();
    }

    /** One call after the other. */
    @Benchmark
    public Counters.Verdict take() {
        return counters.take(claims, Ticker.SYSTEM.millis())
                .toCompletableFuture()
                .join();
    }

    /** Eight calls at the same time. */
    @Benchmark
    @Threads(8)
    public Counters.Verdict takeFromEight() {
        return take();
    }

    /** Admission and the call's end. */
    @Benchmark
    public Counters.Verdict takeAndGiveBack() {
        long now = Ticker.SYSTEM.millis();
        Counters.Verdict verdict =
                counters.take(claims, now).toCompletableFuture().join();
        counters.correct(
                claims.stream()
                        .map(claim -> new Counters.Claim(claim.counter(), -1))
                        .toList(),
                now);
        return verdict;
    }
}
