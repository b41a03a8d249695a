package io.aiproxy.usage;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How many different sums there are is told well enough to choose the size of a batch by it. */
class VarietyTest {
    @ParameterizedTest
    @ValueSource(ints = {1, 7, 40, 100, 400})
    void some_hundred_are_told_within_some_percent(int users) {
        Variety variety = new Variety();
        for (int round = 0; round < 2; round++) {
            for (int i = 0; i < 5 * users; i++) {
                variety.add(Records.by("call-" + i, "user-" + i % users));
            }
            assertThat(variety.counted()).isBetween(users - users / 10, users);
        }
        assertThat(variety.counted()).isZero();
    }
}
