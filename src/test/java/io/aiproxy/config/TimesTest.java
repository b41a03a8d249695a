package io.aiproxy.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TimesTest {
    @ParameterizedTest
    @CsvSource({
        "2027-01-31, 2027-02-01T00:00:00Z",
        "2024-02-29, 2024-03-01T00:00:00Z",
        "2099-12-31, 2100-01-01T00:00:00Z",
        "0000-01-01, 0000-01-02T00:00:00Z",
        "1969-12-31, 1970-01-01T00:00:00Z",
        "+12027-01-31, +12027-02-01T00:00:00Z",
        "-0001-12-31, 0000-01-01T00:00:00Z",
        "2027-01-31T18:00:00+08:00, 2027-01-31T10:00:00Z",
        "2027-01-31t18:00:00z, 2027-01-31T18:00:00Z",
        "2027-01-31T18:00Z, 2027-01-31T18:00:00Z"
    })
    void aDateEndsWithItsDayInUtcAndATimestampIsTheMoment(String text, Instant end) {
        assertThat(Times.end(text)).contains(end);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "2027",
                "2027-1-31",
                "20270131",
                "2023-02-29",
                "2027-13-01",
                "2027-00-10",
                "2027-01-00",
                "2027-01-32",
                " 2027-01-31",
                "2027-01-31 ",
                "2027/01/31",
                "２０２７-01-31",
                "2027-01-3x",
                "+027-01-31",
                "2027-01-+1",
                "2027-01-31T18:00:00",
                "2027-01-31 18:00:00Z",
                "T",
                "+999999999-12-31T00:00Z ",
                "tomorrow"
            })
    void everythingElseIsNone(String text) {
        assertThat(Times.end(text)).isEmpty();
    }
}
