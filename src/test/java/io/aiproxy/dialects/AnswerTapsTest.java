package io.aiproxy.dialects;

import static org.assertj.core.api.Assertions.assertThat;

import io.aiproxy.core.AnswerTap;
import io.aiproxy.core.Headers;
import io.aiproxy.core.Usage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Usage is read whatever the form of the answer, and wherever its bytes are cut. */
class AnswerTapsTest {
    private static final String JSON = "application/json; charset=utf-8";
    private static final String EVENTS = "text/event-stream;charset=UTF-8";

    /** An answer, and what it tells. */
    record Answer(String name, String type, String body, Usage usage, String model) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Answer> answers() {
        return Stream.of(
                new Answer("openai chat", JSON, """
                        {"id":"c","model":"gpt-5.1-2026","choices":[{"message":{"content":"{\\"usage\\":{\\"prompt_tokens\\":99}}",
                        "tool_calls":[{"usage":{"prompt_tokens":98}}]}}],"usage":{"prompt_tokens":19,"completion_tokens":10,
                        "total_tokens":29,"prompt_tokens_details":{"cached_tokens":8,"audio_tokens":2},
                        "completion_tokens_details":{"reasoning_tokens":4,"audio_tokens":1,"accepted_prediction_tokens":0}}}""", usage(19, 10, 8, 0, 4, 2, 1, 0), "gpt-5.1-2026"),
                new Answer("openai chat stream", EVENTS, """
                        data: {"id":"c","model":"gpt-5.1","choices":[{"delta":{"content":"你"}}],"usage":null}

                        : a comment with "usage":{"prompt_tokens":77}
                        data: {"id":"c","model":"gpt-5.1","choices":[],"usage":{"prompt_tokens":5,"completion_tokens":7,"total_tokens":12}}

                        data: [DONE]

                        """, usage(5, 7, 0, 0, 0, 0, 0, 0), "gpt-5.1"),
                new Answer("openai responses stream", EVENTS, """
                        event: response.created
                        data: {"type":"response.created","response":{"id":"r","model":"gpt-5.1","usage":null}}

                        event: response.completed
                        data: {"type":"response.completed","response":{"id":"r","model":"gpt-5.1","usage":{"input_tokens":36,"input_tokens_details":{"cached_tokens":6,"cache_write_tokens":3},"output_tokens":87,"output_tokens_details":{"reasoning_tokens":64},"total_tokens":123}}}

                        """, usage(36, 87, 6, 3, 64, 0, 0, 0), "gpt-5.1"),
                new Answer(
                        "embeddings",
                        JSON,
                        "{\"object\":\"list\",\"data\":[{\"embedding\":[0.1,-2e-3,NaN]}],\"model\":\"e3\",\"usage\":{\"prompt_tokens\":8,\"total_tokens\":8}}",
                        usage(8, 0, 0, 0, 0, 0, 0, 0),
                        "e3"),
                new Answer(
                        "anthropic",
                        JSON,
                        "{\"type\":\"message\",\"model\":\"claude-5\",\"usage\":{\"input_tokens\":12,\"cache_creation_input_tokens\":100,\"cache_read_input_tokens\":1000,\"output_tokens\":30,\"cache_creation\":{\"ephemeral_5m_input_tokens\":100}}}",
                        usage(1112, 30, 1000, 100, 0, 0, 0, 0),
                        "claude-5"),
                new Answer(
                        "anthropic stream: the last value of each counts",
                        EVENTS,
                        """
                        event: message_start\r
                        data: {"type":"message_start","message":{"model":"claude-5","usage":{"input_tokens":12,"cache_read_input_tokens":1000,"output_tokens":1}}}\r
                        \r
                        event: message_delta\r
                        data: {"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":15}}\r
                        \r
                        event: message_delta\r
                        data: {"type":"message_delta","delta":{},"usage":{"input_tokens":12,"output_tokens":21}}\r
                        \r
                        """,
                        usage(1012, 21, 1000, 0, 0, 0, 0, 0),
                        "claude-5"),
                new Answer("gemini stream", EVENTS, """
                        data: {"candidates":[],"usageMetadata":{"promptTokenCount":4,"totalTokenCount":4,"promptTokensDetails":[{"modality":"AUDIO","tokenCount":3}]},"modelVersion":"gemini-3-pro"}

                        data: {"candidates":[],"usageMetadata":{"promptTokenCount":4,"candidatesTokenCount":3,"thoughtsTokenCount":9,"totalTokenCount":16,"promptTokensDetails":[{"modality":"AUDIO","tokenCount":3}]},"modelVersion":"gemini-3-pro"}
                        """, usage(4, 12, 0, 0, 9, 3, 0, 0), "gemini-3-pro"),
                new Answer(
                        "gemini list of documents",
                        JSON,
                        "[{\"candidates\":[],\"usageMetadata\":{\"promptTokenCount\":4,\"candidatesTokenCount\":1}}\n,\r\n{\"modelVersion\":\"g\",\"usageMetadata\":{\"promptTokenCount\":4,\"candidatesTokenCount\":3,\"toolUsePromptTokenCount\":5,\"cachedContentTokenCount\":2}}]",
                        usage(9, 3, 2, 0, 0, 0, 0, 0),
                        "g"),
                new Answer("dashscope stream without blanks", EVENTS, """
                        id:1
                        event:result
                        :HTTP_STATUS/200
                        data:{"output":{"text":"a","usage":{"input_tokens":50}},"usage":{"total_tokens":23,"input_tokens":22,"output_tokens":1},"request_id":"1"}

                        id:2
                        data:{"output":{"text":"ab"},"usage":{"total_tokens":24,"input_tokens":22,"output_tokens":2,"prompt_tokens_details":{"cached_tokens":7}},"request_id":"1"}

                        """, usage(22, 2, 7, 0, 0, 0, 0, 0), ""),
                new Answer(
                        "dashscope embeddings tell a total alone",
                        JSON,
                        "{\"output\":{\"embeddings\":[]},\"usage\":{\"total_tokens\":26},\"request_id\":\"1\"}",
                        usage(26, 0, 0, 0, 0, 0, 0, 0),
                        ""),
                new Answer(
                        "a last event without its line's end",
                        EVENTS,
                        "data: {\"model\":\"m\",\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":2}}",
                        usage(1, 2, 0, 0, 0, 0, 0, 0),
                        "m"));
    }

    @ParameterizedTest
    @MethodSource("answers")
    void whereverItIsCut(Answer answer) {
        byte[] body = bytes(answer.body());
        for (int cut = 0; cut <= body.length; cut++) {
            assertTells(answer, read(answer.type(), null, body, cut));
        }
    }

    @ParameterizedTest
    @MethodSource("answers")
    void byteByByte(Answer answer) {
        assertTells(answer, read(answer.type(), null, bytes(answer.body()), 1));
        AnswerTap tap = tap(answer.type(), null);
        for (byte b : bytes(answer.body())) {
            tap.bytes(ByteBuffer.allocateDirect(1).put(b).flip());
        }
        tap.end();
        assertTells(answer, tap);
    }

    @ParameterizedTest
    @MethodSource("answers")
    void packedAndWhereverItIsCut(Answer answer) {
        Map<String, byte[]> packed = Map.of(
                "gzip", gzip(bytes(answer.body())),
                "x-gzip", gzipWithEverything(bytes(answer.body())),
                "deflate", deflate(bytes(answer.body())));
        packed.forEach((encoding, body) -> {
            for (int cut = 0; cut <= body.length; cut++) {
                assertTells(answer, read(answer.type(), encoding, body, cut));
            }
        });
    }

    @Test
    void whatWasToldBeforeTheEndOfABrokenStreamCounts() {
        String begun =
                "data: {\"usage\":{\"input_tokens\":3,\"output_tokens\":1}}\n\ndata: {\"usage\":{\"input_tokens\":4,\"outp";
        AnswerTap tap = read(EVENTS, null, bytes(begun), 10);
        assertThat(tap.usage()).map(Usage::inputTokens).contains(4L); // a number that was told is a number
        assertThat(tap.usage()).map(Usage::outputTokens).contains(1L);
        assertThat(read(EVENTS, null, bytes("data: {\"choices\":[]}\n"), 3).usage())
                .isEmpty();
    }

    @Test
    void garbageHarmsNobody() {
        for (String garbage : new String[] {
            "",
            "{",
            "}}}}",
            "\"usage\"",
            "{\"usage\":{\"prompt_tokens\":\"many\"}}",
            "{\"usage\":[[[{}]]]}",
            "data: [",
            "\0\1\2"
        }) {
            for (String type : new String[] {JSON, EVENTS}) {
                for (String encoding : new String[] {null, "gzip", "deflate"}) {
                    AnswerTap tap = read(type, encoding, bytes(garbage), 1);
                    assertThat(tap.usage().map(Usage::outputTokens).orElse(0L)).isZero();
                }
            }
        }
        String deep = "[".repeat(900) + "{\"usage\":{\"input_tokens\":1}}" + "]".repeat(900);
        assertThat(read(JSON, null, bytes(deep), 500).usage()).isEmpty();
    }

    @Test
    void aLineThatIsTooLongIsPassedOver() {
        AnswerTap tap = tap(EVENTS, null);
        byte[] part = new byte[1 << 20];
        java.util.Arrays.fill(part, (byte) 'x');
        tap.bytes(ByteBuffer.wrap(bytes("data: {\"a\":\"")));
        for (int i = 0; i < 20; i++) {
            tap.bytes(ByteBuffer.wrap(part));
        }
        tap.bytes(
                ByteBuffer.wrap(bytes("\",\"usage\":{\"input_tokens\":9}}\ndata: {\"usage\":{\"input_tokens\":2}}\n")));
        tap.end();
        assertThat(tap.usage()).map(Usage::inputTokens).contains(2L);
    }

    @Test
    void whatCannotBeReadIsNotTapped() {
        assertThat(AnswerTaps.of(headers("audio/mpeg", null))).isEmpty();
        assertThat(AnswerTaps.of(headers(JSON, "br"))).isEmpty();
        assertThat(AnswerTaps.of(Heads.headers())).isEmpty();
    }

    private static void assertTells(Answer answer, AnswerTap tap) {
        assertThat(tap.usage()).as(answer.name()).contains(answer.usage());
        assertThat(tap.model()).as(answer.name()).isEqualTo(answer.model());
    }

    private static AnswerTap read(String type, @Nullable String encoding, byte[] body, int cut) {
        AnswerTap tap = tap(type, encoding);
        int at = Math.min(cut, body.length);
        tap.bytes(ByteBuffer.wrap(body, 0, at));
        tap.bytes(ByteBuffer.wrap(body, at, body.length - at).asReadOnlyBuffer());
        tap.end();
        return tap;
    }

    private static AnswerTap tap(String type, @Nullable String encoding) {
        Optional<AnswerTap> tap = AnswerTaps.of(headers(type, encoding));
        return tap.orElseThrow();
    }

    private static Headers headers(String type, @Nullable String encoding) {
        return encoding == null
                ? Heads.headers("Content-Type: " + type)
                : Heads.headers("Content-Type: " + type, "Content-Encoding: " + encoding);
    }

    private static Usage usage(
            long in, long out, long cached, long written, long reasoning, long audioIn, long audioOut, long images) {
        return new Usage(in, out, cached, written, reasoning, audioIn, audioOut, images, 0, 0, 0);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private interface Packer {
        OutputStream over(OutputStream out) throws IOException;
    }

    private static byte[] gzip(byte[] body) {
        return packed(GZIPOutputStream::new, body);
    }

    private static byte[] deflate(byte[] body) {
        return packed(DeflaterOutputStream::new, body);
    }

    private static byte[] packed(Packer packer, byte[] body) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (OutputStream packing = packer.over(out)) {
            packing.write(body);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    /** With every optional field of RFC 1952, section 2.3. */
    private static byte[] gzipWithEverything(byte[] body) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(new byte[] {0x1f, (byte) 0x8b, 8, 2 + 4 + 8 + 16, 0, 0, 0, 0, 0, 3});
        out.writeBytes(new byte[] {3, 0, 'e', 'x', 't'});
        out.writeBytes(bytes("name\0comment\0"));
        CRC32 sum = new CRC32();
        sum.update(out.toByteArray());
        out.write((int) sum.getValue());
        out.write((int) sum.getValue() >> 8);
        Deflater deflater = new Deflater(Deflater.BEST_SPEED, true);
        deflater.setInput(body);
        deflater.finish();
        byte[] part = new byte[body.length * 2 + 100];
        out.write(part, 0, deflater.deflate(part));
        deflater.end();
        out.writeBytes(new byte[8]); // sums, which nobody checks here
        return out.toByteArray();
    }
}
