package io.aiproxy.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class WordsTest {
    @Test
    void distanceCountsSlips() {
        assertThat(Words.distance("", "")).isZero();
        assertThat(Words.distance("abc", "")).isEqualTo(3);
        assertThat(Words.distance("", "abc")).isEqualTo(3);
        assertThat(Words.distance("status", "status")).isZero();
        assertThat(Words.distance("staus", "status")).isEqualTo(1);
        assertThat(Words.distance("nmae", "name")).isEqualTo(1);
        assertThat(Words.distance("kitten", "sitting")).isEqualTo(3);
    }

    @Test
    void theNearestIsNamedAndNothingFarAway() {
        List<String> names = List.of("name", "status", "base_url");
        assertThat(Words.didYouMean("nmae", names)).isEqualTo(" (did you mean \"name\"?)");
        assertThat(Words.didYouMean("baseUrl", names)).isEqualTo(" (did you mean \"base_url\"?)");
        assertThat(Words.didYouMean("base-url", names)).isEqualTo(" (did you mean \"base_url\"?)");
        assertThat(Words.didYouMean("colour", names)).isEmpty();
        assertThat(Words.didYouMean("x", List.of())).isEmpty();
    }

    @Test
    void whatMayBeAKeyIsNotRepeated() {
        assertThat(Words.quoted("activ")).isEqualTo("\"activ\"");
        for (String key : List.of("sk-fake", "pk_fake", "Bearer fake", "eyJfake", "AIzafake", "x".repeat(33), "a\nb")) {
            assertThat(Words.quoted(key)).isEqualTo("***");
        }
        assertThat(Words.keyName("colour")).isEqualTo("\"colour\"");
        assertThat(Words.keyName("a1b2c3d4e5")).isEqualTo("***");
        assertThat(Words.keyName("api_key:fake")).isEqualTo("\"api_key:***\" (a space is missing after the colon)");
    }
}
