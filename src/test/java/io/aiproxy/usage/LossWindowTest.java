package io.aiproxy.usage;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Writes come as late as they may, and no later. */
class LossWindowTest {
    private static final long MILLI = 1_000_000;

    @Test
    void whatComesWhileOneWriteBeginsIsOnDiskWithinTheWindow() {
        assertThat(LossWindow.due(0, MILLI, 100 * MILLI)).isEqualTo(87_500_000);
        assertThat(LossWindow.due(0, 20 * MILLI, 100 * MILLI)).isEqualTo(60 * MILLI);
    }

    @Test
    void aDiskThatIsTooSlowForTheWindowIsNotWrittenToWithoutEnd() {
        assertThat(LossWindow.due(0, 900 * MILLI, 100 * MILLI)).isEqualTo(50 * MILLI);
        assertThat(LossWindow.due(7, MILLI, 0)).isEqualTo(7);
    }
}
