package io.aiproxy.channels;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SharesTest {
    @ParameterizedTest
    @CsvSource({
        "5 1 1, aabacaa", // nginx' own example
        "1 1 1, abc",
        "10 2 2, aabacaa", // the same proportion
        "2 1, aba",
        "1, a",
    })
    void takesTurnsAsNginxDoes(String weights, String expected) {
        Shares shares = Shares.of(weights(weights));
        assertThat(shares.period()).isEqualTo(expected.length());
        assertThat(IntStream.range(0, expected.length())
                        .mapToObj(i -> String.valueOf((char) ('a' + shares.at(i))))
                        .collect(Collectors.joining()))
                .isEqualTo(expected);
        assertThat(shares.at(-1)).as("tickets run over").isEqualTo(shares.at(expected.length() - 1));
    }

    /** The discrepancy of a golden-ratio sequence of N points grows with log N; 40 is far above its bound for 100,000. */
    @Test
    void veryDifferentWeightsAreSpreadInTheLongRun() {
        int[] weights = {1_000_003, 500_009, 1, 250_007};
        Shares shares = Shares.of(weights);
        assertThat(shares.period()).isZero();
        int[] counts = new int[weights.length];
        int turns = 100_000;
        for (int i = 0; i < turns; i++) {
            counts[shares.at(Integer.MAX_VALUE - 50_000 + i)]++;
        }
        double total = Arrays.stream(weights).asLongStream().sum();
        for (int i = 0; i < weights.length; i++) {
            assertThat(Math.abs(counts[i] - turns * (weights[i] / total))).isLessThan(40);
        }
    }

    /** Health may change with every call, so what a change costs must not grow with the square of the members. */
    @Test
    void veryManyEqualsTakeTurnsExactlyAndAreNoWork() {
        int[] weights = new int[100_000];
        Arrays.fill(weights, 7);
        Shares shares = Shares.of(weights);
        assertThat(shares.period()).isEqualTo(weights.length);
        assertThat(IntStream.range(0, weights.length).allMatch(i -> shares.at(i) == i))
                .isTrue();
    }

    private static int[] weights(String text) {
        return Arrays.stream(text.split(" ")).mapToInt(Integer::parseInt).toArray();
    }
}
