package io.aiproxy.limits;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Counters against a model that remembers every single claim. */
class LocalCountersPropertiesTest {
    private static final long LENGTH = 10_000;
    private static final long LIMIT = 50;

    /**
     * Something that happens.
     *
     * @param afterMillis since what happened before
     * @param amount claimed
     * @param correction made to it at once
     */
    record Step(long afterMillis, int amount, int correction) {}

    private record Counted(long window, long amount) {}

    @Provide
    Arbitrary<List<Step>> steps() {
        Arbitrary<Long> pauses = Arbitraries.oneOf(
                Arbitraries.longs().between(0, 300), Arbitraries.longs().between(0, 3 * LENGTH));
        return Combinators.combine(
                        pauses,
                        Arbitraries.integers().between(0, 60),
                        Arbitraries.integers().between(-20, 20))
                .as(Step::new)
                .list()
                .ofMaxSize(80);
    }

    @Property
    void theSlidingWindowIsTheModels(@ForAll("steps") List<Step> steps) {
        LimitKit.Clock clock = new LimitKit.Clock("2026-03-01T00:00:00Z");
        LocalCounters counters = LocalCounters.inMemory(clock, 10);
        Counter counter = LimitKit.sliding("a", LIMIT, Duration.ofMillis(LENGTH));
        List<Counted> all = new ArrayList<>();
        for (Step step : steps) {
            clock.pass(Duration.ofMillis(step.afterMillis()));
            long used = used(all, clock.millis());
            boolean fits = used + Math.max(1, step.amount()) <= LIMIT;
            Counters.Verdict verdict = LimitKit.take(counters, clock, step.amount(), counter);
            assertThat(verdict.taken()).isEqualTo(fits);
            long window = clock.millis() / LENGTH;
            if (fits) {
                long real = Math.max(0, (long) step.amount() + step.correction());
                all.add(new Counted(window, real));
                counters.correct(List.of(new Counters.Claim(counter, real - step.amount())), clock.millis());
            }
            assertThat(counters.used("a")).isEqualTo(used(all, clock.millis()));
            if (step.amount() % 7 == 0) {
                counters.maintain();
            }
        }
    }

    private static long used(List<Counted> all, long now) {
        long window = now / LENGTH;
        long current = all.stream()
                .filter(one -> one.window() == window)
                .mapToLong(Counted::amount)
                .sum();
        long previous = all.stream()
                .filter(one -> one.window() == window - 1)
                .mapToLong(Counted::amount)
                .sum();
        return current + -Math.floorDiv(-previous * (LENGTH - now % LENGTH), LENGTH);
    }

    @Property(tries = 200)
    void aWaitIsNeverTooShort(@ForAll("steps") List<Step> steps) {
        LimitKit.Clock clock = new LimitKit.Clock("2026-03-01T00:00:00Z");
        LocalCounters counters = LocalCounters.inMemory(clock, 10);
        Counter counter = LimitKit.sliding("a", LIMIT, Duration.ofMillis(LENGTH));
        for (Step step : steps) {
            clock.pass(Duration.ofMillis(step.afterMillis()));
            Counters.Verdict verdict = LimitKit.take(counters, clock, step.amount(), counter);
            long wait = verdict.standings().get(0).waitMillis();
            if (!verdict.taken() && wait > 0) {
                clock.pass(Duration.ofMillis(wait));
                assertThat(LimitKit.take(counters, clock, step.amount(), counter)
                                .taken())
                        .isTrue();
            } else {
                assertThat(verdict.taken()).isEqualTo(step.amount() <= LIMIT);
            }
        }
    }
}
