package io.aiproxy.dialects;

import static org.assertj.core.api.Assertions.assertThat;

import io.aiproxy.config.UsageConfig;
import io.aiproxy.core.AnswerTap;
import io.aiproxy.core.Dialect;
import io.aiproxy.core.Usage;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Transcriptions that are no JSON: what was said, and for how long. */
class SubtitleTapTest {
    private static final String SRT =
            "1\r\n00:00:00,000 --> 00:00:04,250\r\n早上九点见。\r\n\r\n2\r\n01:00:04,250 --> 01:00:07,001\r\n1984\r\nBring it.\r\n\r\n";
    private static final String VTT =
            "WEBVTT\n\n00:00.000 --> 00:04.250 align:start\n早上九点见。\n\n60:04.250 --> 60:07.001\n1984\nBring it.\n";

    @ParameterizedTest
    @ValueSource(strings = {SRT, VTT})
    void whereverItIsCut(String body) {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        for (int cut = 0; cut <= bytes.length; cut++) {
            AnswerTap tap = tap("text/plain; charset=utf-8");
            tap.bytes(ByteBuffer.wrap(bytes, 0, cut).slice());
            tap.bytes(ByteBuffer.wrap(bytes, cut, bytes.length - cut).slice());
            tap.end();
            assertThat(tap.usage()).contains(seconds(3608));
            assertThat(tap.text().toString().replaceAll("\\s+", "|")).isEqualTo("早上九点见。|1984|Bring|it.|");
            assertThat(tap.complete()).isFalse();
        }
    }

    @Test
    void whatEndsWithoutALineFeedIsReadToo() {
        assertThat(read("00:01.000 --> 00:02.000").usage()).contains(seconds(2));
        assertThat(read("hello\n42").text()).hasToString("hello\n42");
    }

    @Test
    void plainTextIsTextAndHasNoTime() {
        AnswerTap tap = read("12\nPlease --> go to 10:30 --> now\n\nWEBVTT is a format.\n3 --> 4\n");
        assertThat(tap.usage()).isEmpty();
        assertThat(tap.text()).hasToString("12\nPlease --> go to 10:30 --> now\nWEBVTT is a format.\n3 --> 4\n");
    }

    @ParameterizedTest
    @CsvSource({
        "00:00:01.000 --> 00:00:02.001, 3",
        "00:00:01.000 --> 00:00:02, 2",
        "0:01 --> 0:02.9999999, 3",
        "00:01.000-->99:59:59.000, 359999",
        "00:01.000 --> 999999999999999999999999:00:00, 360000",
        "00:09.000 --> 00:03.000, 3"
    })
    void times(String line, long seconds) {
        assertThat(read(line + "\nhello\n").usage()).contains(seconds(seconds));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0:1:2:3 --> 0:1:2:3", "00:01 -->", "00:01 --> soon", "1 --> 2", "00:01 -- > 00:02"})
    void whatOnlyLooksLikeATimeIsText(String line) {
        AnswerTap tap = read(line);
        assertThat(tap.usage()).isEmpty();
        assertThat(tap.text()).hasToString(line);
    }

    @Test
    void aLineWithoutEndIsCountedInPieces() {
        AnswerTap tap = read("a".repeat(100_000) + "\n7\n");
        assertThat(tap.textChars()).isEqualTo(100_003);
        assertThat(tap.usage()).isEmpty();
    }

    @Test
    void packedOnesAreReadAndOtherOperationsAreNot() {
        assertThat(AnswerTaps.of(
                        Heads.headers("Content-Type: text/vtt", "Content-Encoding: gzip"),
                        new Spoken(Dialect.OPENAI, "audio.translations"),
                        UsageConfig.defaults(false)))
                .isPresent();
        assertThat(AnswerTaps.of(
                        Heads.headers("Content-Type: text/vtt"),
                        new Spoken(Dialect.OPENAI, "chat"),
                        UsageConfig.defaults(false)))
                .isEmpty();
    }

    private static AnswerTap read(String body) {
        AnswerTap tap = tap("text/plain");
        tap.bytes(ByteBuffer.wrap(body.getBytes(StandardCharsets.UTF_8)));
        tap.end();
        return tap;
    }

    private static AnswerTap tap(String type) {
        return AnswerTaps.of(
                        Heads.headers("Content-Type: " + type),
                        new Spoken(Dialect.OPENAI, "audio.transcriptions"),
                        UsageConfig.defaults(false))
                .orElseThrow();
    }

    private static Usage seconds(long seconds) {
        return new Usage(0, 0, 0, 0, 0, 0, 0, 0, 0, seconds, 0, 0, 0, 0);
    }
}
