package io.aiproxy.limits;

import static io.aiproxy.limits.LimitKit.calendar;
import static io.aiproxy.limits.LimitKit.concurrent;
import static io.aiproxy.limits.LimitKit.shadow;
import static io.aiproxy.limits.LimitKit.sliding;
import static io.aiproxy.limits.LimitKit.take;
import static org.assertj.core.api.Assertions.assertThat;

import io.aiproxy.config.LimitConfig.Calendar.Unit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LocalCountersTest {
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final int THREADS = 4;

    private final LimitKit.Clock clock = new LimitKit.Clock("2026-03-01T00:00:00Z");
    private final LocalCounters counters = LocalCounters.inMemory(clock, 1_000);

    @Test
    void aFreshWindowLetsExactlySoManyThrough() {
        Counter three = sliding("a", 3, MINUTE);
        for (int i = 1; i <= 3; i++) {
            Counters.Verdict verdict = take(counters, clock, three);
            assertThat(verdict.taken()).isTrue();
            assertThat(verdict.standings().get(0).used()).isEqualTo(i);
        }
        Counters.Verdict refused = take(counters, clock, three);
        assertThat(refused.refused()).isZero();
        assertThat(refused.standings().get(0).used()).isEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 7_000, 59_999})
    void theTimeThatARefusalNamesIsTheEarliest(long intoTheWindow) {
        clock.pass(Duration.ofMillis(intoTheWindow));
        Counter ten = sliding("a", 10, MINUTE);
        for (int round = 0; round < 3; round++) {
            while (take(counters, clock, ten).taken()) {
                // until it is full
            }
            long wait = take(counters, clock, ten).standings().get(0).waitMillis();
            clock.pass(Duration.ofMillis(wait - 1));
            assertThat(take(counters, clock, ten).taken())
                    .as("a millisecond early")
                    .isFalse();
            clock.pass(Duration.ofMillis(1));
            assertThat(take(counters, clock, ten).taken()).isTrue();
        }
    }

    @Test
    void whatALongCallHasUsedCountsAlsoWhenItHasClaimedNothing() {
        Counter day = sliding("a", 100, Duration.ofDays(1));
        long taken = clock.millis();
        assertThat(take(counters, clock, 0, day).taken()).isTrue();
        clock.pass(Duration.ofHours(1));
        counters.maintain();
        counters.correct(List.of(new Counters.Claim(day, 50)), taken);
        assertThat(counters.used(day.name())).isEqualTo(50);
    }

    @Test
    void whatCanNeverFitHasNoTimeAtWhichItWould() {
        Counter ten = sliding("a", 10, MINUTE);
        Counters.Verdict verdict = take(counters, clock, 11, ten);
        assertThat(verdict.taken()).isFalse();
        assertThat(verdict.standings().get(0).waitMillis()).isZero();
    }

    @Test
    void aClaimOfNothingIsRefusedWhereNothingIsLeft() {
        Counter one = sliding("a", 1, MINUTE);
        assertThat(take(counters, clock, 0, one).taken()).isTrue();
        assertThat(take(counters, clock, one).taken()).isTrue();
        Counters.Verdict verdict = take(counters, clock, 0, one);
        assertThat(verdict.taken()).isFalse();
        assertThat(verdict.standings().get(0).waitMillis()).isPositive();
        assertThat(take(counters, clock, 0, sliding("none", 0, MINUTE)).taken()).isFalse();
    }

    @Test
    void allIsTakenOrNothing() {
        Counter wide = sliding("wide", 10, MINUTE);
        Counter narrow = sliding("narrow", 1, Duration.ofHours(1));
        Counter gauge = concurrent("gauge", 5);
        assertThat(take(counters, clock, wide, narrow, gauge).taken()).isTrue();
        Counters.Verdict refused = take(counters, clock, wide, narrow, gauge);
        assertThat(refused.refused()).isEqualTo(1);
        assertThat(refused.standings()).extracting(Counters.Standing::used).containsExactly(1L, 1L, 1L);
    }

    @Test
    void theRefusalThatLastsLongestIsTold() {
        Counter minute = sliding("minute", 1, MINUTE);
        Counter day = sliding("day", 1, Duration.ofDays(1));
        Counter gauge = concurrent("gauge", 1);
        take(counters, clock, minute, day, gauge);
        assertThat(take(counters, clock, minute, day, gauge).refused()).isEqualTo(1);
    }

    @Test
    void aShadowCountsAndRefusesNothing() {
        Counter one = shadow(sliding("a", 1, MINUTE));
        take(counters, clock, one);
        Counters.Verdict second = take(counters, clock, one);
        assertThat(second.taken()).isTrue();
        assertThat(second.standings().get(0).used()).isEqualTo(2);
    }

    @Test
    void anotherAmountGoesOnWithTheSameCount() {
        assertThat(take(counters, clock, sliding("a", 1, MINUTE)).taken()).isTrue();
        assertThat(take(counters, clock, sliding("a", 2, MINUTE)).taken()).isTrue();
        assertThat(take(counters, clock, sliding("a", 2, MINUTE)).taken()).isFalse();
    }

    @Test
    void correctionsBelongIntoTheTimeWhenItWasTaken() {
        Counter tokens = sliding("a", 100, MINUTE);
        long taken = clock.millis();
        take(counters, clock, 80, tokens);
        counters.correct(List.of(new Counters.Claim(tokens, -50)), taken);
        assertThat(counters.used("a")).isEqualTo(30);
        clock.pass(MINUTE);
        counters.correct(List.of(new Counters.Claim(tokens, -20)), taken);
        assertThat(counters.used("a")).isEqualTo(10);
        clock.pass(MINUTE);
        counters.correct(List.of(new Counters.Claim(tokens, 1_000)), taken);
        assertThat(counters.used("a")).isZero();
    }

    @Test
    void nothingBecomesLessThanNothing() {
        Counter gauge = concurrent("a", 2);
        take(counters, clock, gauge);
        counters.correct(List.of(new Counters.Claim(gauge, -5)), clock.millis());
        assertThat(counters.used("a")).isZero();
        assertThat(take(counters, clock, 3, gauge).taken()).isFalse();
    }

    @Test
    void aThreadWhoseClockIsAMomentBehindLosesNothing() {
        Counter two = sliding("a", 2, MINUTE);
        take(counters, clock, 2, two);
        clock.pass(MINUTE); // all of the window before still counts
        List<Counters.Claim> one = List.of(new Counters.Claim(two, 1));
        long now = clock.millis();
        assertThat(counters.take(one, now).toCompletableFuture().join().taken()).isFalse();
        assertThat(counters.take(one, now - 1).toCompletableFuture().join().taken())
                .isFalse();
        assertThat(counters.take(one, now).toCompletableFuture().join().taken()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "DAY, Europe/Berlin, 2026-03-28T23:30:00Z, 2026-03-29T22:00:00Z", // 23 hours
        "DAY, Europe/Berlin, 2026-10-25T05:00:00Z, 2026-10-25T23:00:00Z", // 25 hours
        "DAY, America/Sao_Paulo, 2018-11-04T03:00:00Z, 2018-11-05T02:00:00Z", // a day that began at one o'clock
        "DAY, Asia/Shanghai, 2026-06-01T15:59:59Z, 2026-06-01T16:00:00Z",
        "WEEK, UTC, 2026-11-21T08:00:00Z, 2026-11-23T00:00:00Z",
        "WEEK, UTC, 2026-11-23T00:00:00Z, 2026-11-30T00:00:00Z",
        "MONTH, Asia/Shanghai, 2026-01-31T16:00:00Z, 2026-02-28T16:00:00Z",
        "MONTH, UTC, 2028-02-29T23:59:59Z, 2028-03-01T00:00:00Z",
    })
    void aStretchOfTheCalendarEndsWhereItEndsThere(Unit unit, String zone, String now, String end) {
        clock.set(now);
        Counter one = calendar("a", 1, unit, zone);
        assertThat(take(counters, clock, one).taken()).isTrue();
        Counters.Standing refused = take(counters, clock, one).standings().get(0);
        long left = Instant.parse(end).toEpochMilli() - clock.millis();
        assertThat(refused.waitMillis()).isEqualTo(left);
        assertThat(refused.resetMillis()).isEqualTo(left);
        clock.pass(Duration.ofMillis(left - 1));
        assertThat(take(counters, clock, one).taken()).isFalse();
        clock.pass(Duration.ofMillis(1));
        assertThat(take(counters, clock, one).taken()).isTrue();
    }

    @Test
    void manyThreadsGetExactlyWhatThereIs() throws Exception {
        Counter total = sliding("total", 5_000, Duration.ofHours(1));
        Counter gauge = concurrent("gauge", 3);
        assertThat(together(() -> take(counters, clock, total).taken())).isEqualTo(5_000);
        assertThat(together(() -> take(counters, clock, gauge).taken())).isEqualTo(3);
    }

    @Test
    void countersInAnyOrderDoNotBlockEachOther() throws Exception {
        Counter a = sliding("a", 3_000, Duration.ofHours(1));
        Counter b = sliding("b", 3_000, Duration.ofHours(1));
        int taken = together(() -> take(counters, clock, a, b).taken()
                | take(counters, clock, b, a).taken());
        assertThat(taken).isPositive();
        assertThat(counters.used("a")).isEqualTo(3_000).isEqualTo(counters.used("b"));
    }

    @Test
    void forgettingInBetweenLosesNothing() throws Exception {
        Counter gauge = concurrent("gauge", 1_000_000);
        together(
                () -> {
                    take(counters, clock, gauge);
                    counters.maintain();
                    counters.correct(List.of(new Counters.Claim(gauge, -1)), clock.millis());
                    return true;
                },
                300);
        assertThat(counters.used("gauge")).isZero();
    }

    private interface Attempt {
        boolean taken();
    }

    private static int together(Attempt attempt) throws Exception {
        return together(attempt, 2_000);
    }

    /** From several threads at once; how often it worked. */
    private static int together(Attempt attempt, int times) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        CountDownLatch ready = new CountDownLatch(THREADS);
        try {
            List<Future<Integer>> results = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                results.add(threads.submit(() -> {
                    ready.countDown();
                    ready.await();
                    int taken = 0;
                    for (int n = 0; n < times; n++) {
                        taken += attempt.taken() ? 1 : 0;
                    }
                    return taken;
                }));
            }
            int all = 0;
            for (Future<Integer> result : results) {
                all += result.get();
            }
            return all;
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void whatIsOverIsForgotten() {
        take(counters, clock, sliding("a", 5, MINUTE), calendar("b", 5, Unit.DAY, "UTC"), concurrent("c", 5));
        counters.correct(List.of(new Counters.Claim(concurrent("c", 5), -1)), clock.millis());
        counters.maintain();
        assertThat(counters.size()).isEqualTo(2);
        clock.pass(Duration.ofMinutes(2));
        counters.maintain();
        assertThat(counters.size()).isEqualTo(1);
        clock.pass(Duration.ofDays(1));
        counters.maintain();
        assertThat(counters.size()).isZero();
    }

    @Test
    void thereIsABoundAndWhatIsUnderWayStays() {
        LocalCounters few = LocalCounters.inMemory(clock, 10);
        for (int i = 0; i < 20; i++) {
            take(few, clock, sliding("day-" + i, 5, Duration.ofDays(1)), sliding("hour-" + i, 5, Duration.ofHours(1)));
        }
        take(few, clock, concurrent("gauge", 5));
        few.maintain();
        assertThat(few.size()).isEqualTo(10);
        assertThat(few.used("gauge")).isEqualTo(1);
        assertThat(few.used("hour-3")).as("is over sooner").isZero();
    }

    @Test
    void whatCountsForLongSurvivesARestart(@TempDir Path data) {
        Counter day = sliding("day", 5, Duration.ofDays(1));
        Counter month = calendar("month", 5, Unit.MONTH, "Asia/Shanghai");
        Counter minute = sliding("minute", 5, MINUTE);
        Counter gauge = concurrent("gauge", 5);
        try (LocalCounters before = LocalCounters.open(data, clock)) {
            take(before, clock, 4, day, month, minute, gauge);
        }
        clock.pass(Duration.ofHours(1));
        try (LocalCounters unasked = LocalCounters.open(data, clock)) {
            take(unasked, clock, day); // the others must not be lost because nobody asks for them
        }
        try (LocalCounters after = LocalCounters.open(data, clock)) {
            assertThat(take(after, clock, 0, day, month, minute, gauge).standings())
                    .extracting(Counters.Standing::used)
                    .containsExactly(5L, 4L, 0L, 0L);
        }
        clock.set("2026-03-31T16:00:00Z"); // April in Shanghai
        try (LocalCounters later = LocalCounters.open(data, clock)) {
            assertThat(take(later, clock, 0, day, month).standings())
                    .extracting(Counters.Standing::used)
                    .containsExactly(0L, 0L);
        }
    }

    @Test
    void theFileIsItsOwnersAlone(@TempDir Path data) throws IOException {
        try (LocalCounters some = LocalCounters.open(data, clock)) {
            take(some, clock, sliding("day", 5, Duration.ofDays(1)));
        }
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(data.resolve("limits.json"))))
                .isEqualTo("rw-------");
        assertThat(data.resolve("limits.json.new")).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "[]",
                "no JSON",
                "{\"counters\": [{\"name\": \"day\"}]}",
                "{\"counters\": [{\"name\":\"day\",\"from\":1772323200000,\"until\":1782323200000,\"used\":-3,\"before\":0}]}",
                "{\"counters\": [{\"name\":\"day\",\"from\":1772323200000,\"until\":1782323200000,\"used\":3"
            })
    void aFileThatIsDamagedIsNoReasonNotToStart(String content, @TempDir Path data) throws IOException {
        Files.writeString(data.resolve("limits.json"), content);
        Counter day = sliding("day", 5, Duration.ofDays(1));
        try (LocalCounters some = LocalCounters.open(data, clock)) {
            assertThat(take(some, clock, day).standings().get(0).used()).isEqualTo(1);
        }
        try (LocalCounters again = LocalCounters.open(data, clock)) {
            assertThat(take(again, clock, day).standings().get(0).used()).isEqualTo(2);
        }
    }

    @Test
    void nothingIsWrittenWhereNothingHasChanged(@TempDir Path data) {
        LocalCounters.open(data, clock).close();
        assertThat(data.resolve("limits.json")).doesNotExist();
    }
}
