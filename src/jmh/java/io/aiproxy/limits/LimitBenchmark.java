package io.aiproxy.limits;

import io.aiproxy.config.LimitConfig;
import io.aiproxy.config.LimitConfig.Quantity;
import io.aiproxy.core.Ticker;
import io.aiproxy.core.Wildcard;
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
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

/** What a call pays for five limits: looked at, taken, and given back at its end. */
@State(org.openjdk.jmh.annotations.Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 3, time = 1)
public class LimitBenchmark {
    private static final Asked CHAT = new Asked("", "gpt-4o", "chat", 400, true, 50, false, false);

    private LimitPlan plan;
    private Limits limits;

    /** Makes a user's limits of every kind, never used up. */
    @Setup
    public void prepare() {
        LimitConfig.Window minute = new LimitConfig.Sliding(Duration.ofMinutes(1));
        LimitConfig.Window month = new LimitConfig.Calendar(LimitConfig.Calendar.Unit.MONTH, ZoneOffset.UTC);
        plan = new LimitPlan(List.of(
                limit("requests", Quantity.REQUESTS, Optional.of(minute)),
                limit("tokens", Quantity.TOKENS, Optional.of(minute)),
                limit("models", Quantity.TOKENS, Optional.of(month), "qwen-*", "gpt-*"),
                limit("cost", Quantity.COST, Optional.of(month)),
                limit("concurrent", Quantity.CONCURRENT, Optional.empty())));
        LimitWatch nobody = new LimitWatch() {
            @Override
            public void rejected(Met met) {
                throw new IllegalStateException("the limits are too low");
            }

            @Override
            public void exhausted(Met met) {
                throw new IllegalStateException("the limits are too low");
            }

            @Override
            public void nearing(Met met) {
                throw new IllegalStateException("no warning was asked for");
            }
        };
        limits = new Limits(LocalCounters.inMemory(Ticker.SYSTEM), new TokenEstimate(), nobody, Ticker.SYSTEM);
    }

    private static Limit limit(
            String name, Quantity quantity, Optional<LimitConfig.Window> window, String... models) {
        LimitConfig config = new LimitConfig(
                quantity,
                Long.MAX_VALUE / 4,
                Optional.empty(),
                window,
                List.of(models),
                false,
                LimitConfig.Outage.LOCAL);
        List<Wildcard> patterns = List.of(models).stream().map(Wildcard::of).toList();
        return new Limit(new Counter(name, config), Scope.USER, "zhangsan", patterns, "CNY");
    }

    /** Admission alone. */
    @Benchmark
    public Taken take() {
        return limits.take(plan, CHAT).join();
    }

    /** Admission and the call's end. */
    @Benchmark
    public Taken takeAndGiveBack() {
        Taken taken = limits.take(plan, CHAT).join();
        taken.replaced();
        return taken;
    }

    /** The same limits from two event loops at once. */
    @Benchmark
    @Threads(2)
    public Taken takeFromTwoLoops() {
        return limits.take(plan, CHAT).join();
    }
}
