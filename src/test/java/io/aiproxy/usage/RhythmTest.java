package io.aiproxy.usage;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Few receipts are waited for, many are taken while they are warm. */
class RhythmTest {
    private static final long MILLI = 1_000_000;

    private final Rhythm rhythm = new Rhythm(64, MILLI, 0);

    @Test
    void soManyAsAreWantedComeUntilTheNextTime() {
        rhythm.took(800, 50 * MILLI); // 16 in a millisecond
        assertThat(rhythm.nap()).isEqualTo(4 * MILLI);
        rhythm.took(32, 54 * MILLI);
        assertThat(rhythm.nap()).isEqualTo(8 * MILLI);
    }

    @Test
    void whoeverWakesForOneWaitsForTheOthers() {
        rhythm.took(800, 50 * MILLI);
        rhythm.took(1, 50 * MILLI + 60_000);
        assertThat(rhythm.nap()).isEqualTo(64 * 60_000);
    }

    @Test
    void wakingCostsSomethingToo() {
        rhythm.took(10_000, MILLI);
        assertThat(rhythm.nap()).isEqualTo(MILLI);
        rhythm.took(10, MILLI);
        assertThat(rhythm.nap()).isEqualTo(MILLI);
    }

    @Test
    void whatComesWhileOneWriteBeginsIsOnDiskWithinTheWindow() {
        assertThat(Rhythm.due(0, MILLI, 100 * MILLI)).isEqualTo(87_500_000);
        assertThat(Rhythm.due(0, 20 * MILLI, 100 * MILLI)).isEqualTo(60 * MILLI);
    }

    @Test
    void aDiskThatIsTooSlowForTheWindowIsNotWrittenToWithoutEnd() {
        assertThat(Rhythm.due(0, 900 * MILLI, 100 * MILLI)).isEqualTo(50 * MILLI);
        assertThat(Rhythm.due(7, MILLI, 0)).isEqualTo(7);
    }

    @Test
    void whereNothingComesNobodyWakesForIt() {
        assertThat(rhythm.nap()).isEqualTo(Long.MAX_VALUE);
        rhythm.took(0, MILLI);
        assertThat(rhythm.nap()).isEqualTo(Long.MAX_VALUE);
        rhythm.took(1, Long.MAX_VALUE / 2);
        assertThat(rhythm.nap()).isEqualTo(Long.MAX_VALUE);
    }
}
