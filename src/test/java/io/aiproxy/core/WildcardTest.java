package io.aiproxy.core;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WildcardTest {
    @ParameterizedTest
    @CsvSource({
        "/v1/messages, /v1/messages, true",
        "/v1/messages, /v1/messages/batches, false",
        "/v1/messages, /v1/Messages, false",
        "*, '', true",
        "*, anything, true",
        "'', '', true",
        "'', x, false",
        "/v1/*, /v1/, true",
        "/v1/*, /v1, false",
        "*/messages, /v1/messages, true",
        "/v1/*/cancel, /v1/batches/b_1/cancel, true",
        "/v1/*/cancel, /v1/cancel, false",
        "a*b*c, abbc, true",
        "a*b*c, acb, false",
        "aba*aba, ababa, false",
        "a**b, ab, true"
    })
    void matches(String pattern, String text, boolean fits) {
        assertThat(Wildcard.of(pattern).matches(text)).isEqualTo(fits);
    }
}
