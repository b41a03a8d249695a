package io.aiproxy.dialects;

import static org.assertj.core.api.Assertions.assertThat;

import io.aiproxy.core.Dialect;
import io.aiproxy.core.MessageTap;
import io.aiproxy.core.Transcript;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Of a socket's conversation, what the provider has told no usage of is kept for an estimate, and nothing else. */
class UntoldTest {
    private static MessageTap tap(Dialect dialect, String operation) {
        return MessageTaps.of(dialect, operation, "m", true).orElseThrow();
    }

    /** Shows a message as the wire does: only when it contains the marker. */
    private static void show(MessageTap tap, String message) {
        byte[] bytes = message.getBytes(StandardCharsets.UTF_8);
        if (message.contains(new String(tap.channelMarker(), StandardCharsets.ISO_8859_1))) {
            tap.fromChannel(bytes);
        }
    }

    private static void say(MessageTap tap, String message) {
        if (tap.wantsCaller()) {
            tap.fromCaller(message.getBytes(StandardCharsets.UTF_8));
        }
    }

    private static String event(String type, String more) {
        return "{\"type\":\"" + type + "\"," + more + "}";
    }

    private static String done(String id, String usage) {
        return event("response.done", "\"response\":{\"id\":\"" + id + "\",\"usage\":" + usage + "}");
    }

    private static void begin(MessageTap tap, String id) {
        show(tap, event("response.created", "\"response\":{\"id\":\"" + id + "\",\"usage\":null}"));
    }

    private static void delta(MessageTap tap, String kind, String id, String text) {
        show(tap, event("response." + kind + ".delta", "\"response_id\":\"" + id + "\",\"delta\":\"" + text + "\""));
    }

    private static Transcript rest(MessageTap tap) {
        return tap.untold().orElseThrow();
    }

    @Test
    void whoDoesNotAskIsNotShownWhatIsSaid() {
        MessageTap tap = MessageTaps.of(Dialect.OPENAI, "realtime", "m", false).orElseThrow();
        assertThat(tap.wantsCaller()).isFalse();
        begin(tap, "r1");
        assertThat(tap.untold()).isEmpty();
    }

    @Test
    void aUsageWithoutANumberTellsNothing() {
        MessageTap tap = tap(Dialect.OPENAI, "realtime");
        begin(tap, "r1");
        delta(tap, "text", "r1", "hello");
        show(tap, done("r1", "{\"input_tokens\":null,\"output_tokens\":-1,\"total_tokens\":1e40}"));
        assertThat(tap.usage()).isEmpty();
        assertThat(rest(tap).answered()).isEqualTo("hello");
    }

    @Test
    void aUsageOfZeroIsTold() {
        MessageTap tap = tap(Dialect.OPENAI, "realtime");
        begin(tap, "r1");
        show(tap, done("r1", "{\"input_tokens\":0,\"output_tokens\":0,\"total_tokens\":0}"));
        assertThat(tap.usage()).isPresent();
        assertThat(tap.untold()).isEmpty();
    }

    @Test
    void aConversationThatWasToldLeavesNothing() {
        MessageTap tap = tap(Dialect.OPENAI, "realtime");
        say(tap, event("session.update", "\"session\":{\"instructions\":\"be kind\"}"));
        assertThat(tap.untold()).isEmpty();
        say(tap, event("response.create", "\"event_id\":\"e\""));
        assertThat(tap.untold()).isPresent();
        begin(tap, "r1");
        delta(tap, "text", "r1", "hello");
        show(tap, done("r1", "{\"input_tokens\":3,\"output_tokens\":1}"));
        assertThat(tap.untold()).isEmpty();
        assertThat(tap.usage().orElseThrow().outputTokens()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "text",
                "output_text",
                "audio_transcript",
                "output_audio_transcript",
                "function_call_arguments",
                "reasoning_summary_text"
            })
    void whatWasDeliveredBeforeTheCut(String kind) {
        MessageTap tap = tap(Dialect.OPENAI, "realtime");
        say(
                tap,
                event(
                        "conversation.item.create",
                        "\"item\":{\"type\":\"message\",\"content\":[{\"type\":\"input_text\",\"text\":\"你好\"},"
                                + "{\"type\":\"input_audio\",\"audio\":\"" + "AAAA".repeat(500) + "\"}]}"));
        say(tap, event("response.create", "\"response\":{\"instructions\":\"sing\"}"));
        begin(tap, "r1");
        delta(tap, kind, "r1", "la ");
        delta(tap, "audio", "r1", "AAAA");
        delta(tap, kind, "r1", "li");
        Transcript rest = rest(tap);
        assertThat(rest.kind()).isEqualTo(Transcript.Kind.TALK);
        assertThat(rest.asked()).isEqualTo("你好\nsing\nla li");
        assertThat(rest.askedBytes()).isEqualTo("你好\nsing\n".getBytes(StandardCharsets.UTF_8).length);
        assertThat(rest.answered()).isEqualTo("la li");
        assertThat(rest.answeredChars()).isEqualTo(5);
    }

    @Test
    void ofSeveralResponsesOnlyThoseThatWereNotTold() {
        MessageTap tap = tap(Dialect.DASHSCOPE, "realtime");
        begin(tap, "r1");
        delta(tap, "text", "r1", "told");
        show(tap, done("r1", "{\"input_tokens\":3,\"output_tokens\":1}"));
        begin(tap, "r2");
        delta(tap, "text", "r2", "silent");
        show(tap, done("r2", "null"));
        begin(tap, "r3");
        delta(tap, "text", "r3", "cut");
        Transcript rest = rest(tap);
        assertThat(rest.answered()).isEqualTo("silentcut");
        // each is made with all that was said before it
        assertThat(rest.askedBytes()).isEqualTo("told".length() + "toldsilent".length());
    }

    @Test
    void theResponsesApiNamesStreamsAndNotResponses() {
        MessageTap tap = tap(Dialect.OPENAI, "responses");
        say(
                tap,
                event(
                        "response.create",
                        "\"input\":[{\"role\":\"user\",\"content\":[{\"type\":\"input_text\",\"text\":\"hi\"}]}],"
                                + "\"instructions\":\"short\",\"stream_id\":\"a\""));
        say(tap, event("response.create", "\"input\":\"ho\",\"stream_id\":\"b\""));
        show(tap, event("response.created", "\"response\":{\"id\":\"r1\"},\"stream_id\":\"a\""));
        show(tap, event("response.created", "\"response\":{\"id\":\"r2\"},\"stream_id\":\"b\""));
        show(tap, event("response.output_text.delta", "\"item_id\":\"i\",\"delta\":\"one\",\"stream_id\":\"a\""));
        show(tap, event("response.output_text.delta", "\"item_id\":\"j\",\"delta\":\"two\",\"stream_id\":\"b\""));
        show(
                tap,
                event(
                        "response.completed",
                        "\"stream_id\":\"a\",\"response\":{\"id\":\"r1\",\"usage\":{\"input_tokens\":3}}"));
        assertThat(rest(tap).answered()).isEqualTo("two");
        assertThat(rest(tap).askedBytes()).isEqualTo("hi\nshort\nho\n".length());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"type\":\"error\",\"error\":{\"message\":\"no\"}}",
                "{\"type\":\"response.failed\",\"response\":{\"id\":\"r\",\"usage\":null}}",
                "{\"type\":\"response.done\",\"response\":{\"id\":\"r\",\"status\":\"failed\"}}"
            })
    void whatTheProviderCouldNotDoIsNotCounted(String answer) {
        MessageTap tap = tap(Dialect.OPENAI, "realtime");
        say(tap, event("response.create", "\"input\":\"hi\""));
        show(tap, answer);
        assertThat(tap.untold()).isEmpty();
    }

    @Test
    void whatIsKeptIsBoundedAndItsLengthIsNot() {
        MessageTap tap = tap(Dialect.OPENAI, "realtime");
        for (int i = 0; i < 300; i++) {
            begin(tap, "r" + i);
            for (int j = 0; j < 20; j++) {
                delta(tap, "text", "r" + i, "x".repeat(1000));
            }
        }
        Transcript rest = rest(tap);
        assertThat(rest.answered().length()).isLessThanOrEqualTo(64 * 1024);
        assertThat(rest.asked().length()).isLessThanOrEqualTo(16 * 1024);
        assertThat(rest.answeredChars()).isEqualTo(6_000_000);
    }

    private static String task(String what, String id, String payload) {
        String header = what.endsWith("-task") ? "action" : "event";
        return "{\"header\":{\"task_id\":\"" + id + "\",\"" + header + "\":\"" + what + "\"},\"payload\":{" + payload
                + "}}";
    }

    @Test
    void textThatIsSpokenCountsByItsCharacters() {
        MessageTap tap = tap(Dialect.DASHSCOPE, "inference");
        say(tap, task("run-task", "t1", "\"task\":\"tts\",\"model\":\"cosyvoice-v2\",\"input\":{}"));
        say(tap, task("continue-task", "t1", "\"input\":{\"text\":\"今天\"}"));
        show(tap, task("task-started", "t1", ""));
        say(tap, task("continue-task", "t1", "\"input\":{\"text\":\"天气\"}"));
        Transcript rest = rest(tap);
        assertThat(rest.kind()).isEqualTo(Transcript.Kind.SPEECH);
        assertThat(rest.asked()).isEqualTo("今天天气");
        show(tap, task("result-generated", "t1", "\"output\":{},\"usage\":{\"characters\":2}"));
        // its running total is known now, which is not the last word, and is left as it is
        assertThat(rest(tap).asked()).isEmpty();
        show(tap, task("task-finished", "t1", "\"output\":{},\"usage\":{\"characters\":4}"));
        assertThat(tap.untold()).isEmpty();
    }

    @Test
    void tasksThatWriteAndTasksThatListen() {
        MessageTap tap = tap(Dialect.DASHSCOPE, "inference");
        say(tap, task("run-task", "t1", "\"task\":\"text-generation\",\"input\":{\"prompt\":\"count\"}"));
        show(tap, task("result-generated", "t1", "\"output\":{\"text\":\"one\"}"));
        show(tap, task("result-generated", "t1", "\"output\":{\"text\":\"one two\"}"));
        show(tap, task("task-finished", "t1", "\"output\":{}"));
        say(tap, task("run-task", "t2", "\"task\":\"asr\",\"input\":{}"));
        show(tap, task("result-generated", "t2", "\"output\":{\"sentence\":{\"text\":\"heard\"}}"));
        say(tap, task("run-task", "t3", "\"task\":\"text-generation\",\"input\":{\"prompt\":\"fail\"}"));
        show(tap, task("task-failed", "t3", ""));
        Transcript rest = rest(tap);
        assertThat(rest.kind()).isEqualTo(Transcript.Kind.TALK);
        assertThat(rest.asked()).isEqualTo("count");
        assertThat(rest.answered()).isEqualTo("one two");
    }

    @Test
    void geminisGenerations() {
        MessageTap tap = tap(Dialect.GOOGLE, "live");
        say(
                tap,
                "{\"setup\":{\"model\":\"models/gemini-live\",\"systemInstruction\":{\"parts\":[{\"text\":\"be brief\"}]}}}");
        assertThat(tap.untold()).isEmpty();
        say(
                tap,
                "{\"clientContent\":{\"turns\":[{\"role\":\"user\",\"parts\":[{\"text\":\"hi\"}]}],\"turnComplete\":true}}");
        assertThat(rest(tap).askedBytes()).isEqualTo("be brief\nhi\n".length());
        show(tap, "{\"serverContent\":{\"modelTurn\":{\"parts\":[{\"text\":\"hello\"}]}}}");
        show(tap, "{\"serverContent\":{\"turnComplete\":true},\"usageMetadata\":{\"promptTokenCount\":5}}");
        assertThat(tap.untold()).isEmpty();
        say(tap, "{\"realtimeInput\":{\"text\":\"more\"}}");
        show(
                tap,
                "{\"serverContent\":{\"modelTurn\":{\"parts\":[{\"inlineData\":{\"mimeType\":\"audio/pcm\",\"data\":\""
                        + "AAAA".repeat(300) + "\"}}]},\"outputTranscription\":{\"text\":\"well\"}}}");
        Transcript rest = rest(tap);
        assertThat(rest.answered()).isEqualTo("well\n");
        assertThat(rest.askedBytes()).isEqualTo("be brief\nhi\nhello\nmore\n".length());
        show(tap, "{\"usageMetadata\":{\"promptTokenCount\":7}}");
        show(tap, "{\"serverContent\":{\"outputTranscription\":{\"text\":\"then\"}}}");
        assertThat(rest(tap).answered()).isEqualTo("then\n"); // numbers may come in the middle: their prompt is told
        assertThat(rest(tap).askedBytes()).isZero();
    }

    @ParameterizedTest
    @CsvSource({"OPENAI, realtime", "DASHSCOPE, inference", "GOOGLE, live"})
    void rubbishAndWhatIsCutAnywhereHarmsNobody(Dialect dialect, String operation) {
        MessageTap tap = tap(dialect, operation);
        String[] messages = {
            event("session.update", "\"session\":{\"tools\":[{\"description\":[\"x\"]}],\"instructions\":7}"),
            task("run-task", "t1", "\"input\":[[{\"text\":\"x\"}]],\"output\":\"y\""),
            "{\"serverContent\":{\"modelTurn\":null},\"clientContent\":{\"turns\":{}},\"toolCall\":{\"functionCalls\":[]}}",
            event("response.text.delta", "\"delta\":{\"a\":[1]},\"response_id\":[],\"stream_id\":null")
        };
        for (String message : messages) {
            for (int cut = 0; cut <= message.length(); cut++) {
                byte[] part = message.substring(0, cut).getBytes(StandardCharsets.UTF_8);
                tap.fromCaller(part);
                tap.fromChannel(part);
            }
        }
        Random random = new Random(4);
        for (int i = 0; i < 500; i++) {
            byte[] rubbish = messages[i % messages.length].getBytes(StandardCharsets.UTF_8);
            rubbish[random.nextInt(rubbish.length)] = (byte) random.nextInt(256);
            tap.fromCaller(rubbish);
            tap.fromChannel(rubbish);
        }
        tap.untold().ifPresent(rest -> assertThat(rest.askedBytes()).isNotNegative());
    }
}
