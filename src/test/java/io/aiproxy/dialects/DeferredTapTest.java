package io.aiproxy.dialects;

import static org.assertj.core.api.Assertions.assertThat;

import io.aiproxy.config.UsageConfig;
import io.aiproxy.core.AnswerTap;
import io.aiproxy.core.Dialect;
import io.aiproxy.core.Usage;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What work has used that goes on after its answer is told by the first answer that brings its result, and never again. */
class DeferredTapTest {
    private static final Spoken TASKS = new Spoken(Dialect.DASHSCOPE, "tasks");
    private static final Spoken RESPONSES = new Spoken(Dialect.OPENAI, "responses");
    private static final String PENDING =
            "{\"output\":{\"task_status\":\"PENDING\",\"task_id\":\"t-1\"},\"request_id\":\"q\"}";
    private static final String SUCCEEDED = "{\"request_id\":\"q\",\"output\":{\"task_id\":\"t-1\",\"task_status\":"
            + "\"SUCCEEDED\",\"results\":[{\"url\":\"u\"}]},\"usage\":{\"image_count\":2}}";

    private final Map<String, DeferredUse.Work> known = new ConcurrentHashMap<>();
    private final DeferredUse all = new DeferredUse(new DeferredUse.Memory() {
        @Override
        public Optional<DeferredUse.Work> find(String id) {
            return Optional.ofNullable(known.get(id));
        }

        @Override
        public void put(String id, DeferredUse.Work work) {
            known.put(id, work);
        }
    });

    private AnswerTap tap(Spoken spoken, Deferred how, String type) {
        DeferredUse.Part part = new DeferredUse.Part(how, "alpha", how == Deferred.BEGINS ? "wan-2" : "");
        return AnswerTaps.deferred(
                        Heads.headers("Content-Type: " + type), spoken, UsageConfig.defaults(true), part, all)
                .orElseThrow();
    }

    private AnswerTap read(Spoken spoken, Deferred how, String answer) {
        AnswerTap tap = tap(spoken, how, answer.startsWith("{") ? "application/json" : "text/event-stream");
        tap.bytes(ByteBuffer.wrap(answer.getBytes(StandardCharsets.UTF_8)));
        tap.end();
        return tap;
    }

    @Test
    void aTaskIsToldOnceHoweverOftenItIsFetched() {
        AnswerTap made = read(new Spoken(Dialect.DASHSCOPE, "image-synthesis"), Deferred.BEGINS, PENDING);
        assertThat(made.usage()).isEmpty();
        assertThat(made.later()).isTrue();
        assertThat(read(TASKS, Deferred.FETCHES, PENDING).usage()).isEmpty();
        AnswerTap first = read(TASKS, Deferred.FETCHES, SUCCEEDED);
        assertThat(first.usage()).contains(new Usage(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0));
        assertThat(first.complete()).isTrue();
        assertThat(first.model()).isEqualTo("wan-2");
        AnswerTap second = read(TASKS, Deferred.FETCHES, SUCCEEDED);
        assertThat(second.usage()).isEmpty();
        assertThat(second.complete()).isFalse();
    }

    /** As another instance does, which remembers nothing of it. */
    @Test
    void whatIsToldSaysOfWhichWorkItIs() {
        String work = read(TASKS, Deferred.FETCHES, SUCCEEDED).work();
        assertThat(work).matches("[0-9a-f]{32}");
        assertThat(read(TASKS, Deferred.FETCHES, SUCCEEDED).work()).isEmpty();
        known.clear();
        assertThat(read(TASKS, Deferred.FETCHES, PENDING).work()).isEmpty();
        assertThat(read(TASKS, Deferred.FETCHES, SUCCEEDED).work()).isEqualTo(work);
        assertThat(read(TASKS, Deferred.FETCHES, SUCCEEDED.replace("t-1", "t-2"))
                        .work())
                .hasSize(32)
                .isNotEqualTo(work);
        DeferredUse.Part elsewhere = new DeferredUse.Part(Deferred.FETCHES, "beta", "");
        assertThat(DeferredUse.digest(elsewhere, "t-1")).isNotEqualTo(work);
    }

    @Test
    void whereverItIsCut() {
        byte[] bytes = SUCCEEDED.getBytes(StandardCharsets.UTF_8);
        for (int cut = 0; cut <= bytes.length; cut++) {
            AnswerTap tap = tap(TASKS, Deferred.FETCHES, "application/json");
            tap.bytes(ByteBuffer.wrap(bytes, 0, cut));
            tap.bytes(ByteBuffer.wrap(bytes, cut, bytes.length - cut));
            tap.end();
            assertThat(tap.usage().isPresent()).as("cut at %s", cut).isEqualTo(cut == 0);
        }
    }

    @Test
    void anAnswerThatBreaksOffBeforeItHasToldLeavesItToTheNext() {
        byte[] bytes = SUCCEEDED.getBytes(StandardCharsets.UTF_8);
        int told = SUCCEEDED.indexOf("\"usage\"");
        for (int cut = 0; cut < told; cut++) {
            AnswerTap tap = tap(TASKS, Deferred.FETCHES, "application/json");
            tap.bytes(ByteBuffer.wrap(bytes, 0, cut));
            tap.end();
            assertThat(tap.usage()).isEmpty();
        }
        assertThat(read(TASKS, Deferred.FETCHES, SUCCEEDED).usage()).isPresent();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"video_duration\":5,\"video_count\":1}|5",
                "{\"duration\":12}|12",
            })
    void videosAndRecordingsTellTime(String usage, long seconds) {
        AnswerTap tap = read(TASKS, Deferred.FETCHES, SUCCEEDED.replace("{\"image_count\":2}", usage));
        assertThat(tap.usage().orElseThrow().seconds()).isEqualTo(seconds);
    }

    private static String response(String status, boolean background, String usage) {
        return "{\"id\":\"resp_1\",\"object\":\"response\",\"background\":" + background + ",\"status\":\"" + status
                + "\",\"model\":\"gpt-5\",\"output\":[{\"id\":\"msg_1\",\"status\":\"completed\",\"content\":"
                + "[{\"text\":\"hi\"}]}],\"usage\":" + usage + "}";
    }

    private static final String USED = "{\"input_tokens\":7,\"output_tokens\":2}";

    @ParameterizedTest
    @ValueSource(strings = {"completed", "incomplete", "failed", "cancelled"})
    void aBackgroundResponseIsToldOnce(String status) {
        assertThat(read(RESPONSES, Deferred.BEGINS, response("queued", true, "null"))
                        .later())
                .isTrue();
        assertThat(read(RESPONSES, Deferred.FETCHES, response("in_progress", true, USED))
                        .usage())
                .isEmpty();
        AnswerTap first = read(RESPONSES, Deferred.FETCHES, response(status, true, USED));
        assertThat(first.usage().orElseThrow().inputTokens()).isEqualTo(7);
        assertThat(first.model()).isEqualTo("gpt-5");
        assertThat(read(RESPONSES, Deferred.FETCHES, response(status, true, USED))
                        .usage())
                .isEmpty();
    }

    @Test
    void anOrdinaryResponseHasBeenToldByTheAnswerThatBroughtIt() {
        assertThat(read(RESPONSES, Deferred.FETCHES, response("completed", false, USED))
                        .usage())
                .isEmpty();
    }

    @Test
    void aProviderThatDoesNotWorkInTheBackgroundTellsAtOnce() {
        AnswerTap tap = read(RESPONSES, Deferred.BEGINS, response("completed", false, USED));
        assertThat(tap.later()).isFalse();
        assertThat(tap.complete()).isTrue();
        assertThat(tap.usage().orElseThrow().outputTokens()).isEqualTo(2);
    }

    private static String stream(boolean whole) {
        String begin =
                "data: {\"type\":\"response.created\",\"response\":" + response("queued", true, "null") + "}\n\n";
        return whole
                ? begin + "data: {\"type\":\"response.completed\",\"response\":" + response("completed", true, USED)
                        + "}\n\n"
                : begin;
    }

    @Test
    void aStreamThatIsCutIsToldByTheOneThatGoesOn() {
        AnswerTap cut = read(RESPONSES, Deferred.BEGINS, stream(false));
        assertThat(cut.usage()).isEmpty();
        assertThat(cut.later()).isTrue();
        assertThat(read(RESPONSES, Deferred.FETCHES, stream(true)).usage()).isPresent();
        assertThat(read(RESPONSES, Deferred.FETCHES, stream(true)).usage()).isEmpty();
    }

    @Test
    void aStreamThatIsWholeHasToldAndNoFetchTellsAgain() {
        AnswerTap whole = read(RESPONSES, Deferred.BEGINS, stream(true));
        assertThat(whole.usage()).isPresent();
        assertThat(whole.complete()).isTrue();
        assertThat(whole.later()).isFalse();
        assertThat(read(RESPONSES, Deferred.FETCHES, response("completed", true, USED))
                        .usage())
                .isEmpty();
    }

    @Test
    void otherChannelsHaveOtherTasks() {
        assertThat(all.first(new DeferredUse.Part(Deferred.FETCHES, "alpha", ""), "t-1"))
                .isTrue();
        assertThat(all.first(new DeferredUse.Part(Deferred.FETCHES, "beta", ""), "t-1"))
                .isTrue();
        assertThat(all.first(new DeferredUse.Part(Deferred.FETCHES, "alpha", ""), "t-1"))
                .isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "POST, /api/v1/services/aigc/image2image/image-synthesis, enable, BEGINS",
        "POST, /api/v1/services/aigc/multimodal-generation/generation, '', NOT",
        "GET, /api/v1/tasks/t-1, '', FETCHES",
        "GET, /api/v1/tasks, '', NOT",
        "POST, /api/v1/tasks/t-1/cancel, '', NOT",
        "POST, /v1/responses, '', BEGINS",
        "GET, /v1/responses/resp_1, '', FETCHES",
        "POST, /v1/responses/resp_1/cancel, '', FETCHES",
        "DELETE, /v1/responses/resp_1, '', NOT",
        "GET, /v1/responses/resp_1/input_items, '', NOT",
        "POST, /v1/chat/completions, '', NOT",
        "POST, /v1/messages, '', NOT"
    })
    void whichCallsTheyAre(String method, String path, String async, Deferred expected) {
        var head = Heads.head(method, path, "X-DashScope-Async: " + async);
        Recognised recognised = Dialects.recognise(head);
        assertThat(Deferred.of(head, recognised.spoken(), recognised.template(), () -> true))
                .isEqualTo(expected);
    }
}
