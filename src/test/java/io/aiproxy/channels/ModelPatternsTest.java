package io.aiproxy.channels;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelPatternsTest {

    @ParameterizedTest
    @CsvSource({
        "gpt-4o, gpt-4o, true",
        "gpt-4o, gpt-4o-mini, false",
        "gpt-4o, GPT-4o, false",
        "*, anything, true",
        "*, '', true",
        "gpt-*, gpt-4o, true",
        "gpt-*, gpt-, true",
        "gpt-*, chatgpt-4o, false",
        "*-mini, gpt-4o-mini, true",
        "*-mini, gpt-4o-mini-2, false",
        "*qwen*, my-qwen-max, true",
        "*qwen*, qwen, true",
        "*qwen*, wen, false",
        "a*b*c, aXbYc, true",
        "a*b*c, abc, true",
        "a*b*c, acb, false",
        "a*b*c, abXb, false",
        "a*ba, aba, true",
        "a*ba, aa, false",
        "aa*aa, aaa, false",
        "aa*aa, aaaa, true",
        "*a*a*, a, false",
        "*ab*ab, xab, false",
        "*ab*ab, abab, true",
        "a**b, ab, true",
        "gpt-4.1, gpt-4x1, false", // a dot is a dot
        "gpt-[45], gpt-4, false",
        "ft:*:acme:*, ft:gpt-4o:acme:x, true",
    })
    void matches(String pattern, String model, boolean expected) {
        assertThat(new ModelPatterns(List.of(pattern), List.of()).matches(model))
                .isEqualTo(expected);
    }

    @Test
    void anyOfSeveralIsEnoughAndNamesAreNoPatterns() {
        ModelPatterns patterns = new ModelPatterns(List.of("a", "b*"), List.of("c*"));
        assertThat(List.of("a", "bb", "c*")).allMatch(patterns::matches);
        assertThat(List.of("aa", "cc")).noneMatch(patterns::matches);
        assertThat(new ModelPatterns(List.of(), List.of()).matches("a")).isFalse();
    }
}
