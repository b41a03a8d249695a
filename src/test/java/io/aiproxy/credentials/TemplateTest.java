package io.aiproxy.credentials;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.aiproxy.config.ChannelConfig;
import io.aiproxy.core.FailureException;
import io.aiproxy.core.FailureKind;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TemplateTest {
    @TempDir
    Path directory;

    private TokenKit kit;
    private Template template;

    @BeforeEach
    void open() {
        kit = new TokenKit(directory);
        ChannelConfig channel = TokenKit.channel(
                "corp",
                null,
                TokenKit.credential("team-a", "user", "zhangsan", "pass-word", "fake {pass}", "empty", ""));
        template = kit.order(channel).template();
    }

    @AfterEach
    void close() {
        kit.close();
    }

    @ParameterizedTest
    @CsvSource({
        "plain,plain",
        "'',''",
        "{user},zhangsan",
        "a{user}b{user}c,azhangsanbzhangsanc",
        "[{empty}],[]",
        "{{user}},{user}",
        "{{{user}}},{zhangsan}",
        "{pass-word},fake {pass}", // what is filled in is not a template itself
        "}}{{,}{",
    })
    void fieldsStandForTheirValues(String text, String filled) {
        assertThat(template.fill(text)).isEqualTo(filled);
    }

    @Test
    void textsAreFilledAtAnyDepth() {
        assertThat(
                        template.fill(
                                TokenKit.json(
                                        "{\"z\":[1,\"{user}\",{\"{user}\":\"{{{user}\",\"n\":null,\"t\":true,\"d\":1.50}],\"a\":\"x\"}")))
                .hasToString(
                        "{\"z\":[1,\"zhangsan\",{\"{user}\":\"{zhangsan\",\"n\":null,\"t\":true,\"d\":1.5}],\"a\":\"x\"}");
    }

    @Test
    void anUnknownFieldIsNamedWithWhereItIsMissing() {
        FailureException thrown = catchThrowableOfType(FailureException.class, () -> template.fill("x{tenant}"));
        assertThat(thrown.failure().kind()).isEqualTo(FailureKind.CHANNEL_MISCONFIGURED);
        assertThat(thrown.getMessage())
                .contains("\"corp\"", "\"team-a\"", "\"tenant\"", "[empty, pass-word, user]")
                .doesNotContain("zhangsan", "fake");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{user", "user}", "{", "{{}", "{user}}"})
    void aSingleBraceIsAMistake(String text) {
        FailureException thrown = catchThrowableOfType(FailureException.class, () -> template.fill(text));
        assertThat(thrown.failure().kind()).isEqualTo(FailureKind.CHANNEL_MISCONFIGURED);
        assertThat(thrown.getMessage()).contains("a single");
    }
}
