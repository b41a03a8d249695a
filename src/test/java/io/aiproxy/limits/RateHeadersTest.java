package io.aiproxy.limits;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RateHeadersTest {
    @ParameterizedTest
    @CsvSource({
        "0,0s",
        "1,1ms",
        "999,999ms",
        "1000,1s",
        "59001,1m0s",
        "60000,1m0s",
        "90000,1m30s",
        "3600000,1h0m0s",
        "3605001,1h0m6s"
    })
    void durationsAsOpenAiWritesThem(long millis, String text) {
        assertThat(RateHeaders.duration(millis)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({
        "1, 1 s",
        "59000, 59 s",
        "60000, 1 min",
        "61000, 1 min 1 s",
        "3599001, 1 h",
        "3600000, 1 h",
        "3660000, 1 h 1 min",
        "86399001, 1 d",
        "90000000, 1 d 1 h",
    })
    void timesForPeople(long millis, String text) {
        assertThat(LimitWords.time(Duration.ofMillis(millis))).isEqualTo(text);
    }
}
