package io.aiproxy.dialects;

import static org.assertj.core.api.Assertions.assertThat;

import io.aiproxy.config.UsageConfig;
import io.aiproxy.core.AnswerTap;
import io.aiproxy.core.Dialect;
import io.aiproxy.core.Usage;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Usage, model and text are read whatever the form of the answer, and wherever its bytes are cut. */
class AnswerTapsTest {
    private static final Spoken CHAT = new Spoken(Dialect.OPENAI, "chat");

    static Stream<Answered> answers() {
        return AnswerForms.all();
    }

    @ParameterizedTest
    @MethodSource("answers")
    void whereverItIsCut(Answered answer) {
        byte[] body = bytes(answer.body());
        for (int cut = 0; cut <= body.length; cut++) {
            assertTells(answer, read(answer, body, cut));
        }
    }

    @ParameterizedTest
    @MethodSource("answers")
    void byteByByte(Answered answer) {
        AnswerTap tap = tap(answer);
        for (byte b : bytes(answer.body())) {
            tap.bytes(ByteBuffer.allocateDirect(1).put(b).flip());
        }
        tap.end();
        assertTells(answer, tap);
    }

    /** An answer that breaks off tells no more than the whole one, and never that it was all. */
    @ParameterizedTest
    @MethodSource("answers")
    void cutShort(Answered answer) {
        byte[] body = bytes(answer.body());
        for (int length = 0; length < body.length; length++) {
            AnswerTap tap = read(answer, Arrays.copyOf(body, length), length);
            assertThat(answer.model()).startsWith(tap.model().isEmpty() ? "" : answer.model());
            if (tap.complete()) {
                assertThat(answer.complete()).isTrue();
                // only what counts images or closes a document may follow
                assertThat(tap.usage().orElseThrow().outputTokens())
                        .isLessThanOrEqualTo(answer.usage().outputTokens());
            }
            assertThat(tap.usage().map(Usage::outputTokens).orElse(0L))
                    .isLessThanOrEqualTo(answer.usage().outputTokens());
        }
    }

    @ParameterizedTest
    @MethodSource("answers")
    void whoKnowsNothingOfTheCallReadsUsageAndModelAlone(Answered answer) {
        AnswerTap tap =
                AnswerTaps.of(Heads.headers("Content-Type: " + answer.type())).orElseThrow();
        tap.bytes(ByteBuffer.wrap(bytes(answer.body())));
        tap.end();
        assertThat(tap.text()).isEmpty();
        assertThat(tap.textChars()).isZero();
        assertThat(tap.complete()).isEqualTo(tap.usage().isPresent());
    }

    @Test
    void whatWasToldBeforeTheEndOfABrokenStreamCounts() {
        Answered begun = Answered.of(
                "begun",
                CHAT,
                Answered.EVENTS,
                "data: {\"usage\":{\"input_tokens\":3,\"output_tokens\":1}}\n\ndata: {\"usage\":{\"input_tokens\":4,\"outp");
        AnswerTap tap = read(begun, bytes(begun.body()), 10);
        assertThat(tap.usage()).map(Usage::inputTokens).contains(4L); // a number that was told is a number
        assertThat(tap.usage()).map(Usage::outputTokens).contains(1L);
        assertThat(tap.complete()).isFalse();
    }

    @ParameterizedTest
    @MethodSource("answers")
    void garbageHarmsNobody(Answered answer) {
        Random random = new Random(11);
        for (int round = 0; round < 300; round++) {
            byte[] body = bytes(answer.body());
            for (int i = random.nextInt(6); i >= 0 && body.length > 0; i--) {
                body[random.nextInt(body.length)] = round % 2 == 0
                        ? (byte) random.nextInt(256)
                        : (byte) "{}[]\",:\\u0n\n".charAt(random.nextInt(12));
            }
            AnswerTap tap = read(answer, body, random.nextInt(body.length + 1));
            assertThat(tap.textChars()).isGreaterThanOrEqualTo(0);
            assertThat(tap.text()).isNotNull();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{",
                "}}}}",
                "\"usage\"",
                "{\"usage\":{\"prompt_tokens\":\"many\"}}",
                "{\"usage\":{\"prompt_tokens\":-1,\"completion_tokens\":1e300}}",
                "{\"usage\":{\"completion_tokens\":99999999999999999999999999999999999999999999999999}}",
                "{\"usage\":[[[{}]]]}",
                "{\"usage\":{}}",
                "data: [",
                "{\"x\":{\"usage\":{\"completion_tokens\":5}},\"a\":[{\"usage\":{\"completion_tokens\":5}}]}",
                "{\"usage\":{\"nothing\":{\"completion_tokens\":5}}}",
            })
    void whatIsStrangeSaysNothing(String strange) {
        for (String type : new String[] {Answered.JSON, Answered.EVENTS}) {
            Answered answer = Answered.of(strange, CHAT, type, "data: " + strange + "\n\n");
            AnswerTap tap = read(answer, bytes(answer.body()), 3);
            assertThat(tap.usage().map(Usage::outputTokens).orElse(0L)).isZero();
        }
    }

    /** A delta that does not know the input again must not make it free. */
    @ParameterizedTest
    @ValueSource(strings = {"null", "-1", "true", "1e300", "\"10\"", "[7]", "{\"x\":7}"})
    void whatIsNoNumberLeavesWhatWasToldBefore(String strange) {
        String start =
                "{\"input_tokens\":10,\"cache_read_input_tokens\":200,\"cache_creation_input_tokens\":30,\"output_tokens\":1}";
        String delta =
                "{\"input_tokens\":X,\"cache_read_input_tokens\":X,\"cache_creation_input_tokens\":X,\"output_tokens\":25}";
        Answered answer = Answered.events(
                "strange",
                Dialect.ANTHROPIC,
                "messages",
                "{\"type\":\"message_start\",\"message\":{\"usage\":" + start + "}}",
                "{\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\"},\"usage\":"
                        + delta.replace("X", strange) + "}",
                "{\"type\":\"message_stop\"}");
        AnswerTap tap = read(answer, bytes(answer.body()), 40);
        assertThat(tap.usage()).contains(new Usage(240, 25, 200, 30, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0));
        assertThat(tap.complete()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"null", "-1", "true", "1e300"})
    void whoTellsNoNumbersHasToldNothing(String strange) {
        String body = "{\"choices\":[{\"message\":{\"content\":\"hi\"}}],\"usage\":{\"prompt_tokens\":" + strange
                + ",\"completion_tokens\":" + strange + "}}";
        AnswerTap tap = read(Answered.of(strange, CHAT, Answered.JSON, body), bytes(body), 9);
        assertThat(tap.usage()).isEmpty();
        assertThat(tap.complete()).isFalse();
        assertThat(tap.text().toString()).isEqualTo("hi"); // to be counted
    }

    static Stream<Answered> failures() {
        return Stream.of(
                Answered.json("chat", Dialect.OPENAI, "chat", "{\"error\":{\"message\":\"no\",\"code\":503}}"),
                Answered.json("word", Dialect.OPENAI, "embeddings", "{\"error\":\"out of memory\"}"),
                Answered.events(
                        "chat event",
                        Dialect.OPENAI,
                        "chat",
                        "{\"choices\":[{\"delta\":{\"role\":\"assistant\",\"content\":\"\"}}]}",
                        "{\"error\":{\"message\":\"no\"}}",
                        "[DONE]"),
                Answered.events(
                        "overloaded",
                        Dialect.ANTHROPIC,
                        "messages",
                        "{\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"Overloaded\"}}"),
                Answered.events(
                        "responses",
                        Dialect.OPENAI,
                        "responses",
                        "{\"type\":\"response.created\",\"response\":{\"error\":null,\"usage\":null}}",
                        "{\"type\":\"response.failed\",\"response\":{\"error\":{\"code\":\"server_error\"},\"usage\":null}}"),
                Answered.json(
                        "list",
                        Dialect.GOOGLE,
                        "stream_generate_content",
                        "[{\"error\":{\"code\":503,\"status\":\"UNAVAILABLE\"}}]"),
                Answered.events(
                        "dashscope",
                        Dialect.DASHSCOPE,
                        "text-generation",
                        "{\"code\":\"InternalError\",\"message\":\"no\",\"request_id\":\"r\"}"));
    }

    /** Providers charge nothing for it. */
    @ParameterizedTest
    @MethodSource("failures")
    void whatIsNothingButAnErrorHasUsedNothing(Answered answer) {
        AnswerTap tap = read(answer, bytes(answer.body()), 20);
        assertThat(tap.failed()).isTrue();
        assertThat(tap.usage()).isEmpty();
    }

    static Stream<Answered> noFailures() {
        return Stream.of(
                Answered.json("null", Dialect.OPENAI, "chat", "{\"error\":null,\"choices\":[]}"),
                Answered.json(
                        "inside", Dialect.OPENAI, "chat", "{\"choices\":[{\"message\":{\"error\":{\"code\":\"x\"}}}]}"),
                Answered.events(
                        "after text",
                        Dialect.OPENAI,
                        "chat",
                        "{\"choices\":[{\"delta\":{\"content\":\"hi\"}}]}",
                        "{\"error\":{\"message\":\"no\"}}"),
                Answered.json(
                        "with usage",
                        Dialect.OPENAI,
                        "chat",
                        "{\"error\":{\"message\":\"no\"},\"usage\":{\"prompt_tokens\":3}}"),
                Answered.json(
                        "empty code",
                        Dialect.DASHSCOPE,
                        "text-generation",
                        "{\"code\":\"\",\"message\":\"\",\"output\":{}}"));
    }

    @ParameterizedTest
    @MethodSource("noFailures")
    void whereSomethingElseIsToldOrDeliveredAnErrorIsNotAll(Answered answer) {
        assertThat(read(answer, bytes(answer.body()), 20).failed()).isFalse();
    }

    @Test
    void howDeepItEverIs() {
        for (String open : new String[] {"[", "{\"a\":", "{\"choices\":[", "{\"output\":[{\"input\":"}) {
            String deep = open.repeat(5000) + "{\"usage\":{\"input_tokens\":1}}";
            AnswerTap tap = read(Answered.of(open, CHAT, Answered.JSON, deep), bytes(deep), 500);
            assertThat(tap.usage()).isEmpty();
        }
    }

    @Test
    void aLineOfAnyLength() {
        AnswerTap tap = tap(Answered.of("long", CHAT, Answered.EVENTS, ""));
        byte[] part = new byte[1 << 20];
        Arrays.fill(part, (byte) 'x');
        tap.bytes(ByteBuffer.wrap(bytes("data: {\"a\":\"")));
        for (int i = 0; i < 20; i++) {
            tap.bytes(ByteBuffer.wrap(part));
        }
        tap.bytes(ByteBuffer.wrap(bytes("\",\"usage\":{\"input_tokens\":9}}\n")));
        tap.end();
        assertThat(tap.usage()).map(Usage::inputTokens).contains(9L);
    }

    @Test
    void ofLongTextTheBeginningAndItsLength() {
        AnswerTap tap = tap(Answered.of("long", CHAT, Answered.JSON, ""));
        tap.bytes(ByteBuffer.wrap(bytes("{\"choices\":[{\"message\":{\"content\":\"a")));
        for (int i = 0; i < 100_000; i++) {
            tap.bytes(ByteBuffer.wrap(bytes("你😀")));
        }
        assertThat(tap.textChars()).isEqualTo(300_001);
        assertThat(tap.text().length()).isBetween(20_000, 64 * 1024);
        assertThat(tap.text().toString()).startsWith("a你😀你😀").doesNotContain("\ufffd");
        tap.bytes(ByteBuffer.wrap(bytes("\"}}],\"usage\":{\"completion_tokens\":7}}")));
        assertThat(tap.complete()).isTrue();
        assertThat(tap.text()).isEmpty(); // nobody needs it any more
    }

    @Test
    void eventsThatRepeatAllBeforeThemHoweverLong() {
        AnswerTap tap = tap(Answered.of("long", new Spoken(Dialect.DASHSCOPE, "text-generation"), Answered.EVENTS, ""));
        StringBuilder all = new StringBuilder();
        for (int i = 0; i < 100; i++) {
            all.append("Wort ").append(i).append(" 你".repeat(300));
            tap.bytes(ByteBuffer.wrap(bytes("data:{\"output\":{\"text\":\"" + all + "\"}}\n\n")));
        }
        assertThat(tap.textChars()).isEqualTo(all.length());
        assertThat(all.toString()).startsWith(tap.text().toString());
        assertThat(tap.text().length()).isGreaterThan(10_000);
    }

    @Test
    void whatIsNeitherJsonNorEventsIsNotTapped() {
        assertThat(AnswerTaps.of(Heads.headers("Content-Type: audio/mpeg"))).isEmpty();
        assertThat(AnswerTaps.of(Heads.headers())).isEmpty();
        assertThat(AnswerTaps.of(Heads.headers("Content-Type: Application/Problem+JSON")))
                .isPresent();
    }

    /** Model servers of one's own often say nothing, or something wrong. */
    @ParameterizedTest
    @MethodSource("answers")
    void whatDoesNotSayWhatItIsIsReadAllTheSame(Answered answer) {
        for (String type : new String[] {"Content-Type: text/plain; charset=utf-8", "X-None: x"}) {
            if (!AnswerTaps.writes(answer.spoken())
                    || answer.type().contains("jsonl")
                    || answer.type().contains("ndjson")) {
                return;
            }
            AnswerTap tap = AnswerTaps.of(Heads.headers(type), answer.spoken(), UsageConfig.defaults(true))
                    .orElseThrow();
            for (byte b : bytes("\ufeff\r\n" + answer.body())) {
                tap.bytes(ByteBuffer.wrap(new byte[] {b}));
            }
            tap.end();
            assertTells(answer, tap);
        }
    }

    @Test
    void whatIsNeitherOfBothIsLeftAlone() {
        AnswerTap tap = AnswerTaps.of(Heads.headers("Content-Type: text/plain"), CHAT, UsageConfig.defaults(true))
                .orElseThrow();
        ByteBuffer page = ByteBuffer.wrap(bytes("<html>{\"usage\":{\"prompt_tokens\":1}}"));
        tap.bytes(page);
        tap.end();
        assertThat(page.hasRemaining()).isFalse();
        assertThat(tap.usage()).isEmpty();
        assertThat(tap.text()).isEmpty();
        assertThat(tap.model()).isEmpty();
        assertThat(tap.complete()).isFalse();
    }

    @Test
    void whoWritesText() {
        assertThat(AnswerTaps.writes(CHAT)).isTrue();
        assertThat(AnswerTaps.writes(new Spoken(Dialect.OPENAI, "embeddings"))).isFalse();
    }

    static void assertTells(Answered answer, AnswerTap tap) {
        if (answer.usage().equals(Usage.NONE)) {
            assertThat(tap.usage()).as(answer.name()).isEmpty();
        } else {
            assertThat(tap.usage()).as(answer.name()).contains(answer.usage());
        }
        assertThat(tap.model()).as(answer.name()).isEqualTo(answer.model());
        assertThat(tap.complete()).as(answer.name()).isEqualTo(answer.complete());
        assertThat(tap.text().toString()).as(answer.name()).isEqualTo(answer.text());
        assertThat(tap.textChars()).as(answer.name()).isEqualTo(answer.text().length());
    }

    private static AnswerTap read(Answered answer, byte[] body, int cut) {
        AnswerTap tap = tap(answer);
        ByteBuffer first = ByteBuffer.wrap(body, 0, cut);
        tap.bytes(first);
        assertThat(first.hasRemaining()).isFalse();
        tap.bytes(ByteBuffer.wrap(body, cut, body.length - cut).asReadOnlyBuffer());
        tap.end();
        return tap;
    }

    private static AnswerTap tap(Answered answer) {
        return AnswerTaps.of(
                        Heads.headers("Content-Type: " + answer.type()), answer.spoken(), UsageConfig.defaults(true))
                .orElseThrow();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
