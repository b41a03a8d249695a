package io.aiproxy.limits;

import static org.assertj.core.api.Assertions.assertThat;

import io.aiproxy.config.LimitConfig;
import io.aiproxy.testing.RedisRig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/** Whatever happens: Redis says of it what a process's own memory says. */
class RedisCountersPropertiesTest {
    private static final LimitKit.Clock CLOCK = new LimitKit.Clock("2026-03-01T00:00:00Z");

    @SuppressWarnings("NullAway.Init")
    private static RedisRig redis;

    @SuppressWarnings("NullAway.Init")
    private static RedisCounters shared;

    private static int tries;

    @BeforeContainer
    static void start() {
        redis = RedisRig.start();
        shared = RedisKit.connected(redis.url(RedisKit.PATIENT), CLOCK, Duration.ofMinutes(1));
    }

    @AfterContainer
    static void stop() {
        shared.close();
        redis.close();
    }

    /**
     * Something that happens.
     *
     * @param afterMillis since what happened before
     * @param of which counters, as bits
     * @param amount claimed of each
     * @param correction made to it later
     * @param behind how many steps later
     */
    record Step(long afterMillis, int of, int amount, int correction, int behind) {}

    @Provide
    Arbitrary<List<Step>> steps() {
        Arbitrary<Long> pauses = Arbitraries.oneOf(
                Arbitraries.longs().between(0, 300),
                Arbitraries.longs().between(0, 5_000),
                Arbitraries.longs().between(0, 30_000_000));
        return Combinators.combine(
                        pauses,
                        Arbitraries.integers().between(1, 63),
                        Arbitraries.integers().between(0, 60),
                        Arbitraries.integers().between(-70, 30),
                        Arbitraries.integers().between(0, 4))
                .as(Step::new)
                .list()
                .ofMaxSize(60);
    }

    private static List<Counter> counters(String prefix) {
        return List.of(
                LimitKit.sliding(prefix + "a", 100, Duration.ofMillis(1_000)),
                LimitKit.sliding(prefix + "b", 150, Duration.ofMillis(7_300)),
                LimitKit.calendar(prefix + "c", 300, LimitConfig.Calendar.Unit.DAY, "Asia/Shanghai"),
                LimitKit.calendar(prefix + "d", 1_000, LimitConfig.Calendar.Unit.WEEK, "America/New_York"),
                LimitKit.concurrent(prefix + "e", 120),
                LimitKit.shadow(LimitKit.sliding(prefix + "f", 40, Duration.ofMillis(2_000))));
    }

    private record Correction(int at, List<Counters.Claim> claims, long takenMillis) {}

    @Property(tries = 150)
    void redisCountsAsThisProcessDoes(@ForAll("steps") List<Step> steps) {
        CLOCK.set("2026-03-28T12:00:00.123Z");
        LocalCounters local = LocalCounters.inMemory(CLOCK, 100);
        List<Counter> counters = counters("try" + tries++ + "/");
        List<Correction> later = new ArrayList<>();
        for (int at = 0; at < steps.size(); at++) {
            Step step = steps.get(at);
            CLOCK.pass(Duration.ofMillis(step.afterMillis()));
            List<Counters.Claim> claims = new ArrayList<>();
            List<Counters.Claim> differences = new ArrayList<>();
            for (int i = 0; i < counters.size(); i++) {
                if ((step.of() >> i & 1) == 1) {
                    claims.add(new Counters.Claim(counters.get(i), step.amount()));
                    differences.add(new Counters.Claim(counters.get(i), step.correction()));
                }
            }
            Counters.Verdict expected =
                    local.take(claims, CLOCK.millis()).toCompletableFuture().join();
            Counters.Verdict verdict =
                    shared.take(claims, CLOCK.millis()).toCompletableFuture().join();
            assertThat(verdict).as("step %s", step).isEqualTo(expected);
            if (expected.taken()) {
                later.add(new Correction(at + step.behind(), differences, CLOCK.millis()));
            }
            for (Correction correction : later) {
                if (correction.at() == at) {
                    local.correct(correction.claims(), correction.takenMillis());
                    shared.correct(correction.claims(), correction.takenMillis());
                }
            }
        }
        assertThat(shared.misses()).isZero();
    }
}
