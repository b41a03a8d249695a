package io.aiproxy.usage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.aiproxy.usage.Share.Backlog;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What the books take of a processor: little, until too much is behind. */
class ShareTest {
    private static final Share SHARE = new Share(
            0.05,
            new Backlog(1_000, Duration.ofMinutes(2)),
            new Backlog(3_000, Duration.ofMinutes(10)),
            Duration.ofSeconds(5));

    private static Backlog behind(long bytes, int minutes) {
        return new Backlog(bytes, Duration.ofMinutes(minutes));
    }

    @Test
    void it_is_small_until_too_much_is_behind_and_grows_with_what_is() {
        assertThat(SHARE.of(behind(0, 0))).isEqualTo(0.05);
        assertThat(SHARE.of(behind(1_000, 2))).isEqualTo(0.05);
        assertThat(SHARE.of(behind(2_000, 0))).isCloseTo(0.525, within(1e-9));
        assertThat(SHARE.of(behind(0, 6))).isCloseTo(0.525, within(1e-9));
        assertThat(SHARE.of(behind(1_500, 6))).isCloseTo(0.525, within(1e-9)); // the worse of both
        assertThat(SHARE.of(behind(3_000, 0))).isEqualTo(1);
        assertThat(SHARE.of(behind(Long.MAX_VALUE, 0))).isEqualTo(1);
        assertThat(SHARE.of(behind(0, 100_000))).isEqualTo(1);
    }

    @Test
    void it_rests_in_proportion_to_what_it_has_worked() {
        long worked = Duration.ofMillis(50).toNanos();
        assertThat(SHARE.cycle(worked, behind(0, 0)))
                .isCloseTo(Duration.ofSeconds(1).toNanos(), within(1_000L));
        assertThat(SHARE.cycle(worked, behind(9_000, 0))).isEqualTo(worked);
        assertThat(SHARE.cycle(0, behind(0, 0))).isZero();
    }

    @Test
    void no_rest_is_endless() {
        long worked = Duration.ofMinutes(3).toNanos();
        assertThat(SHARE.cycle(worked, behind(0, 0)))
                .isEqualTo(worked + Duration.ofSeconds(5).toNanos());
    }

    /** What the largest batch takes, about. */
    @Test
    void two_percent_are_kept_after_a_quarter_of_a_second() {
        long worked = Duration.ofMillis(250).toNanos();
        assertThat(Share.usual(0.02).cycle(worked, behind(0, 0)))
                .isEqualTo(Duration.ofMillis(12_500).toNanos());
    }

    @Test
    void all_of_a_processor_leaves_no_rest() {
        Share all = Share.usual(1);
        assertThat(all.cycle(1_000_000, behind(0, 0))).isEqualTo(1_000_000);
    }
}
