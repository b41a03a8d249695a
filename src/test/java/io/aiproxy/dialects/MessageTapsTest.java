package io.aiproxy.dialects;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.aiproxy.core.Dialect;
import io.aiproxy.core.MessageTap;
import io.aiproxy.core.Usage;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the messages of a socket tell. */
class MessageTapsTest {
    private static final String DONE = "{\"type\":\"response.done\",\"event_id\":\"event_1\",\"response\":{\"object\":"
            + "\"realtime.response\",\"id\":\"%s\",\"status\":\"completed\",\"output\":[{\"id\":\"item_1\",\"usage\":{"
            + "\"input_tokens\":999}}],\"usage\":{\"total_tokens\":275,\"input_tokens\":127,\"output_tokens\":148,"
            + "\"input_token_details\":{\"text_tokens\":59,\"audio_tokens\":60,\"image_tokens\":8,\"cached_tokens\":64,"
            + "\"cached_tokens_details\":{\"text_tokens\":64,\"audio_tokens\":5}},"
            + "\"output_token_details\":{\"text_tokens\":30,\"audio_tokens\":118}}}}";
    private static final Usage OF_DONE = new Usage(127, 148, 64, 0, 0, 60, 118, 8, 0, 0, 0, 0, 5, 0);

    private static MessageTap tap(Dialect dialect, String operation, String model) {
        return MessageTaps.of(dialect, operation, model, false).orElseThrow();
    }

    /** Shows a message as the wire does: only when it contains the marker. */
    private static void show(MessageTap tap, String message) {
        byte[] bytes = message.getBytes(StandardCharsets.UTF_8);
        if (shown(tap, bytes)) {
            tap.fromChannel(bytes);
        }
    }

    private static boolean shown(MessageTap tap, byte[] message) {
        return new String(message, StandardCharsets.ISO_8859_1)
                .contains(new String(tap.channelMarker(), StandardCharsets.ISO_8859_1));
    }

    private static void say(MessageTap tap, String message) {
        if (tap.wantsCaller()) {
            tap.fromCaller(message.getBytes(StandardCharsets.UTF_8));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "OPENAI, realtime, true",
        "OPENAI, responses, true",
        "OPENAI, chat, false",
        "DASHSCOPE, inference, true",
        "DASHSCOPE, realtime, true",
        "DASHSCOPE, other, false",
        "GOOGLE, live, true",
        "GOOGLE, other, false",
        "ANTHROPIC, messages, false",
        "GENERIC, other, false",
    })
    void whoIsUnderstood(Dialect dialect, String operation, boolean understood) {
        assertThat(MessageTaps.of(dialect, operation, "m", false).isPresent()).isEqualTo(understood);
    }

    @Test
    void realtimeResponsesAreAddedUpEachOnce() {
        MessageTap tap = tap(Dialect.OPENAI, "realtime", "gpt-realtime");
        assertThat(tap.usage()).isEmpty();
        show(tap, "{\"type\":\"response.created\",\"response\":{\"id\":\"resp_1\",\"usage\":null}}");
        assertThat(tap.usage()).isEmpty();
        show(tap, DONE.formatted("resp_1"));
        assertThat(tap.usage()).contains(OF_DONE);
        show(tap, DONE.formatted("resp_1"));
        assertThat(tap.usage()).contains(OF_DONE);
        show(tap, DONE.formatted("resp_2"));
        assertThat(tap.usage()).contains(OF_DONE.plus(OF_DONE));
        assertThat(tap.wantsCaller()).isFalse();
        assertThat(tap.model()).isEmpty();
    }

    @Test
    void audioIsNotShownWhenTheModelIsKnown() {
        MessageTap tap = tap(Dialect.OPENAI, "realtime", "gpt-realtime");
        byte[] audio = "{\"type\":\"response.output_audio.delta\",\"delta\":\"AAAA\"}".getBytes(StandardCharsets.UTF_8);
        assertThat(shown(tap, audio)).isFalse();
    }

    @Test
    void audioIsNotShownAnyMoreOnceTheSessionHasNamedTheModel() {
        MessageTap tap = tap(Dialect.OPENAI, "realtime", "");
        byte[] audio = "{\"type\":\"response.output_audio.delta\",\"delta\":\"AAAA\"}".getBytes(StandardCharsets.UTF_8);
        assertThat(shown(tap, audio)).isTrue();
        show(tap, "{\"type\":\"session.created\",\"session\":{\"model\":\"gpt-realtime\"}}");
        assertThat(tap.model()).isEqualTo("gpt-realtime");
        assertThat(shown(tap, audio)).isFalse();
    }

    @Test
    void aChannelThatNamesNoModelIsNotAskedForEver() {
        MessageTap tap = tap(Dialect.OPENAI, "realtime", "");
        byte[] audio = "{\"type\":\"response.output_audio.delta\",\"delta\":\"AAAA\"}".getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < 100; i++) {
            show(tap, new String(audio, StandardCharsets.UTF_8));
        }
        assertThat(shown(tap, audio)).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"type\":\"duration\",\"seconds\":3}|0|0|0|3",
                "{\"type\":\"duration\",\"seconds\":2.6}|0|0|0|3",
                "{\"type\":\"tokens\",\"total_tokens\":22,\"input_tokens\":13,\"output_tokens\":9,"
                        + "\"input_token_details\":{\"text_tokens\":0,\"audio_tokens\":13}}|13|9|13|0"
            })
    void transcriptionsHaveAUsageOfTheirOwn(String usage, long in, long out, long audio, long seconds) {
        MessageTap tap = tap(Dialect.OPENAI, "realtime", "gpt-realtime");
        String event = "{\"type\":\"conversation.item.input_audio_transcription.completed\",\"item_id\":\"%s\","
                + "\"content_index\":0,\"transcript\":\"hi\",\"usage\":" + usage + "}";
        show(tap, event.formatted("item_1"));
        show(tap, event.formatted("item_1"));
        Usage once = new Usage(in, out, 0, 0, 0, audio, 0, 0, 0, seconds, 0, 0, 0, 0);
        assertThat(tap.usage()).contains(once);
        show(tap, event.formatted("item_2"));
        show(tap, DONE.formatted("item_1"));
        assertThat(tap.usage()).contains(once.plus(once).plus(OF_DONE));
    }

    @Test
    void theResponsesApiHasOtherWords() {
        MessageTap tap = tap(Dialect.OPENAI, "responses", "");
        say(tap, "{\"type\":\"response.create\",\"model\":\"gpt-5.2\",\"input\":[{\"model\":\"no\"}],\"store\":false}");
        assertThat(tap.model()).isEqualTo("gpt-5.2");
        assertThat(tap.wantsCaller()).isFalse();
        String event = "{\"type\":\"%s\",\"sequence_number\":9,\"response\":{\"id\":\"%s\",\"model\":\"gpt-5.2-2025\","
                + "\"usage\":{\"input_tokens\":81,\"input_tokens_details\":{\"cached_tokens\":7},"
                + "\"output_tokens\":1035,\"output_tokens_details\":{\"reasoning_tokens\":832},"
                + "\"total_tokens\":1116}}}";
        Usage each = new Usage(81, 1035, 7, 0, 832, 0, 0, 0, 0, 0, 0, 0, 0, 0);
        show(tap, event.formatted("response.in_progress", "resp_0"));
        assertThat(tap.usage()).isEmpty();
        show(tap, event.formatted("response.completed", "resp_1"));
        show(tap, event.formatted("response.incomplete", "resp_2"));
        show(tap, event.formatted("response.failed", "resp_3"));
        show(tap, event.formatted("response.completed", "resp_1"));
        assertThat(tap.usage()).contains(each.plus(each).plus(each));
        assertThat(tap.model()).isEqualTo("gpt-5.2");
    }

    @ParameterizedTest
    @ValueSource(strings = {"session.created", "session.updated"})
    void aSessionNamesTheModelThatTheHandshakeDidNot(String type) {
        MessageTap tap = tap(Dialect.OPENAI, "realtime", "");
        show(tap, "{\"type\":\"response.output_audio.delta\",\"model\":\"no\",\"delta\":\"AAAA\"}");
        show(
                tap,
                "{\"event_id\":\"e\",\"session\":{\"type\":\"realtime\",\"tools\":[{\"model\":\"no\"}],"
                        + "\"model\":\"gpt-realtime\"},\"type\":\"" + type + "\"}");
        assertThat(tap.model()).isEqualTo("gpt-realtime");
        show(tap, DONE.formatted("r"));
        assertThat(tap.usage()).contains(OF_DONE);
    }

    @Test
    void aCallerWhoNamesNoModelIsAskedOnlyForAWhile() {
        MessageTap tap = tap(Dialect.OPENAI, "realtime", "");
        int asked = 0;
        while (tap.wantsCaller() && asked < 1000) {
            tap.fromCaller(
                    "{\"type\":\"input_audio_buffer.append\",\"audio\":\"AAAA\"}".getBytes(StandardCharsets.UTF_8));
            asked++;
        }
        assertThat(asked).isBetween(1, 100);
    }

    @Test
    void dashScopeRealtimeSpeaksTheSameEvents() {
        MessageTap tap = tap(Dialect.DASHSCOPE, "realtime", "qwen-omni-turbo-realtime");
        show(
                tap,
                "{\"type\":\"response.done\",\"response\":{\"id\":\"resp_1\",\"usage\":{\"total_tokens\":377,"
                        + "\"input_tokens\":336,\"output_tokens\":41,\"input_tokens_details\":{\"text_tokens\":228,"
                        + "\"audio_tokens\":100,\"image_tokens\":8},\"output_tokens_details\":{\"text_tokens\":9,"
                        + "\"audio_tokens\":32}}}}");
        show(tap, "{\"type\":\"response.done\",\"response\":{\"id\":\"resp_2\",\"usage\":{\"characters\":17}}}");
        assertThat(tap.usage()).contains(new Usage(336, 41, 0, 0, 0, 100, 32, 8, 17, 0, 0, 0, 0, 0));
    }

    private static String task(String event, String id, String usage) {
        return "{\"header\":{\"task_id\":\"" + id + "\",\"event\":\"" + event
                + "\",\"attributes\":{}},\"payload\":{\"output\":{\"usage\":{\"characters\":999}},\"usage\":" + usage
                + "}}";
    }

    @Test
    void tasksAreRunningTotalsAndAreAddedUp() {
        MessageTap tap = tap(Dialect.DASHSCOPE, "inference", "");
        say(
                tap,
                "{\"header\":{\"action\":\"run-task\",\"task_id\":\"t1\",\"streaming\":\"duplex\"},\"payload\":{"
                        + "\"task_group\":\"audio\",\"model\":\"cosyvoice-v2\",\"parameters\":{\"model\":\"no\"}}}");
        assertThat(tap.model()).isEqualTo("cosyvoice-v2");
        show(tap, task("task-started", "t1", "null"));
        assertThat(tap.usage()).isEmpty();
        show(tap, task("result-generated", "t1", "{\"characters\":5}"));
        show(tap, task("result-generated", "t1", "{\"characters\":12}"));
        assertThat(tap.usage()).map(Usage::characters).contains(12L);
        show(tap, task("task-finished", "t1", "{\"characters\":13}"));
        show(tap, task("result-generated", "t2", "{\"duration\":4}"));
        show(tap, task("task-finished", "t2", "null"));
        show(tap, task("result-generated", "t3", "{\"input_tokens\":3,\"output_tokens\":4}"));
        assertThat(tap.usage()).contains(new Usage(3, 4, 0, 0, 0, 0, 0, 0, 13, 4, 0, 0, 0, 0));
    }

    @Test
    void tasksWithoutAnEndAreCountedAllTheSame() {
        MessageTap tap = tap(Dialect.DASHSCOPE, "inference", "m");
        for (int i = 0; i < 1000; i++) {
            show(tap, task("result-generated", "t" + i, "{\"duration\":1}"));
            show(tap, task("result-generated", "t" + i, "{\"duration\":2}"));
        }
        assertThat(tap.usage()).map(Usage::seconds).contains(2000L);
    }

    private static String live(String content, int prompt, int response, int thoughts) {
        return "{\"serverContent\":" + content + ",\"usageMetadata\":{\"promptTokenCount\":" + prompt
                + ",\"responseTokenCount\":" + response + ",\"thoughtsTokenCount\":" + thoughts
                + ",\"totalTokenCount\":1,\"promptTokensDetails\":[{\"modality\":\"TEXT\",\"tokenCount\":3},"
                + "{\"modality\":\"AUDIO\",\"tokenCount\":7}],\"responseTokensDetails\":[{\"modality\":\"AUDIO\","
                + "\"tokenCount\":" + response + "}]}}";
    }

    @Test
    void aTurnIsARunningTotalAndTurnsAreAddedUp() {
        MessageTap tap = tap(Dialect.GOOGLE, "live", "");
        say(
                tap,
                "{\"setup\":{\"generationConfig\":{\"model\":\"no\"},\"model\":\"models/gemini-2.5-flash-native-audio\"}}");
        assertThat(tap.model()).isEqualTo("gemini-2.5-flash-native-audio");
        show(tap, live("{\"modelTurn\":{}}", 100, 5, 2));
        show(tap, live("{\"generationComplete\":true}", 100, 20, 2));
        show(tap, live("{\"turnComplete\":true}", 100, 20, 2));
        assertThat(tap.usage()).contains(new Usage(100, 22, 0, 0, 2, 7, 20, 0, 0, 0, 0, 0, 0, 0));
        show(tap, live("{\"turnComplete\":true}", 100, 20, 2)); // the next turn, by chance the same
        assertThat(tap.usage()).contains(new Usage(200, 44, 0, 0, 4, 14, 40, 0, 0, 0, 0, 0, 0, 0));
        show(tap, live("{}", 150, 9, 0));
        show(tap, live("{}", 180, 10, 0)); // another prompt: the end between was in a message without numbers
        assertThat(tap.usage()).map(Usage::inputTokens).contains(530L);
        show(tap, live("{}", 180, 3, 0)); // fallen
        assertThat(tap.usage()).map(Usage::inputTokens).contains(710L);
        assertThat(tap.usage()).map(Usage::outputTokens).contains(44L + 9 + 10 + 3);
    }

    @Test
    void toolsAndCacheAndBinaryLookOfALiveMessage() {
        MessageTap tap = tap(Dialect.GOOGLE, "live", "m");
        show(
                tap,
                "{\n  \"toolCall\": {\"functionCalls\": [{\"name\": \"f\"}]},\n  \"usageMetadata\": {\"promptTokenCount\":"
                        + " 10, \"cachedContentTokenCount\": 4, \"toolUsePromptTokenCount\": 6, \"responseTokenCount\": 1,"
                        + " \"promptTokensDetails\": [7, [{}], {\"modality\": \"IMAGE\", \"tokenCount\": 2}]}\n}");
        Usage first = new Usage(16, 1, 4, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0);
        assertThat(tap.usage()).contains(first);
        show(tap, "{\"usageMetadata\":{\"promptTokenCount\":16,\"responseTokenCount\":2}}");
        assertThat(tap.usage()).contains(first.plus(new Usage(16, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"usage\" \"usageMetadata\"",
                "{\"type\":\"response.done\",\"response\":{\"usage\":{\"input_tokens\":5}}",
                "{\"usageMetadata\":[1],\"response\":[{\"usage\":1}],\"type\":\"response.done\",\"payload\":{\"usage\":[]}}",
                "{\"usageMetadata\":5,\"response\":5,\"type\":{\"usage\":5},\"payload\":\"usage\",\"header\":7}",
                "[{\"usageMetadata\":{},\"usage\":{}}]",
                "",
            })
    void whatIsStrangeSaysNothing(String message) {
        for (MessageTap tap : all("")) {
            tap.fromCaller(message.getBytes(StandardCharsets.UTF_8));
            tap.fromChannel(message.getBytes(StandardCharsets.UTF_8));
            assertThat(tap.usage()).isEmpty();
            assertThat(tap.model()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-5",
                "\"12\"",
                "null",
                "true",
                "[7]",
                "{\"a\":7}",
                "1e300",
                "NaN",
                "-Infinity",
                "99999999999999999999999999999999"
            })
    void numbersThatAreNoneCountAsNothing(String number) {
        String usage = "{\"input_tokens\":" + number + ",\"promptTokenCount\":" + number + ",\"input_token_details\":{"
                + "\"audio_tokens\":" + number + "},\"promptTokensDetails\":[{\"modality\":\"AUDIO\",\"tokenCount\":"
                + number + "}],\"duration\":" + number + ",\"output_tokens\":1,\"responseTokenCount\":1}";
        for (MessageTap tap : all("m")) {
            show(
                    tap,
                    "{\"type\":\"response.done\",\"response\":{\"id\":\"r\",\"usage\":" + usage
                            + "},\"payload\":{\"usage\":" + usage + "},\"usageMetadata\":" + usage + "}");
            assertThat(tap.usage()).contains(new Usage(0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0));
        }
    }

    @Test
    void hostileMessagesDoNoHarm() {
        String deep = "{\"type\":\"response.done\",\"usage\":" + "[".repeat(200_000);
        String wide = "{\"usageMetadata\":{\"promptTokenCount\":1" + "0".repeat(100_000) + "},\"usage\":1}";
        String name = "{\"setup\":{\"model\":\"" + "m".repeat(5000) + "\"},\"payload\":{\"model\":\"" + "m".repeat(5000)
                + "\"},\"header\":{\"action\":\"run-task\"},\"type\":\"session.update\",\"session\":{\"model\":\""
                + "m".repeat(5000) + "\"}}";
        for (MessageTap tap : all("")) {
            for (String message : List.of(deep, wide, name)) {
                byte[] bytes = message.getBytes(StandardCharsets.UTF_8);
                assertThatCode(() -> {
                            tap.fromChannel(bytes);
                            tap.fromCaller(bytes);
                        })
                        .doesNotThrowAnyException();
            }
            assertThat(tap.usage()).isEmpty();
            assertThat(tap.model()).isEmpty();
        }
    }

    @Test
    void garbageNeverThrowsAndNeverCountsBackwards() {
        Random random = new Random(7);
        List<String> seeds = List.of(
                DONE.formatted("r"),
                task("task-finished", "t", "{\"characters\":5,\"input_tokens_details\":{\"audio_tokens\":4}}"),
                live("{\"turnComplete\":true}", 10, 20, 30));
        for (MessageTap tap : all("")) {
            long before = 0;
            for (int round = 0; round < 4000; round++) {
                byte[] bytes = seeds.get(round % 3).getBytes(StandardCharsets.UTF_8);
                for (int i = random.nextInt(4); i >= 0; i--) {
                    bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
                }
                tap.fromChannel(bytes);
                tap.fromCaller(bytes);
                long now = tap.usage().map(Usage::inputTokens).orElse(0L);
                assertThat(now).isGreaterThanOrEqualTo(before);
                before = now;
            }
        }
    }

    @Test
    void theLastWordIsSaidWhenNothingIsUnderWay() {
        MessageTap realtime = tap(Dialect.OPENAI, "realtime", "m");
        show(realtime, "{\"type\":\"response.created\",\"response\":{\"id\":\"r1\",\"usage\":null}}");
        assertThat(realtime.complete()).isFalse();
        show(realtime, DONE.formatted("r1"));
        assertThat(realtime.complete()).isTrue();
        show(realtime, "{\"type\":\"response.created\",\"response\":{\"id\":\"r2\",\"usage\":null}}");
        assertThat(realtime.complete()).isFalse();

        MessageTap inference = tap(Dialect.DASHSCOPE, "inference", "m");
        show(inference, task("result-generated", "t", "{\"characters\":5}"));
        assertThat(inference.complete()).isFalse();
        String end = "{\"header\":{\"event\":\"task-finished\",\"task_id\":\"t\"},\"payload\":{}}";
        assertThat(end).contains(new String(inference.channelMarker(), StandardCharsets.UTF_8));
        show(inference, end);
        assertThat(inference.complete()).isTrue();

        MessageTap live = tap(Dialect.GOOGLE, "live", "m");
        show(live, live("{}", 10, 1, 0));
        assertThat(live.complete()).isFalse();
        show(live, live("{\"turnComplete\":true}", 10, 2, 0));
        assertThat(live.complete()).isTrue();
    }

    private static List<MessageTap> all(String model) {
        return List.of(
                tap(Dialect.OPENAI, "realtime", model),
                tap(Dialect.DASHSCOPE, "inference", model),
                tap(Dialect.GOOGLE, "live", model));
    }
}
