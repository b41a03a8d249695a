package io.aiproxy.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.aiproxy.core.Receipt;
import io.aiproxy.core.UsageSource;
import io.aiproxy.testing.RawClient;
import io.aiproxy.testing.Reply;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Work that goes on after its answer is booked once, to the call that brings its result. */
class DeferredUsageTest {
    private static final String DONE = "{\"output\":{\"task_id\":\"t-1\",\"task_status\":\"%s\"}%s}";

    @TempDir
    private Path directory;

    private UsageRig rig;

    @BeforeEach
    void start() throws Exception {
        rig = UsageRig.of(directory, "");
    }

    @AfterEach
    void stop() throws Exception {
        rig.close();
    }

    private Receipt next(RawClient client) throws Exception {
        int before = rig.receipts().size();
        client.answer().text();
        client.close();
        await("a receipt").until(() -> rig.receipts().size() > before);
        return rig.receipts().get(before);
    }

    private Receipt post(String target, String body, String... fields) throws Exception {
        return next(rig.post(target, body, fields));
    }

    private Receipt get(String target, String... fields) throws Exception {
        String[] all = java.util.Arrays.copyOf(fields, fields.length + 1);
        all[fields.length] = EdgeRig.AUTH;
        return next(rig.gateway().client().get(target, all));
    }

    @Test
    void aTaskOfDashScopeIsBookedToTheFirstWhoGetsItsResult() throws Exception {
        String used = ",\"usage\":{\"image_count\":4}";
        rig.upstream()
                .onAny()
                .reply(Reply.json(DONE.formatted("PENDING", "")))
                .reply(Reply.json(DONE.formatted("RUNNING", "")))
                .reply(Reply.json(DONE.formatted("SUCCEEDED", used)));
        String target = "/api/v1/services/aigc/multimodal-generation/generation";
        Receipt made =
                post(target, "{\"model\":\"wan-2\",\"input\":{\"prompt\":\"a cat\"}}", "X-DashScope-Async: enable");
        assertThat(made.work()).isEmpty();
        assertThat(made.source()).isEqualTo(UsageSource.NONE); // and not estimated: it will be told
        assertThat(made.transcript()).isEmpty();
        assertThat(get("/api/v1/tasks/t-1").source()).isEqualTo(UsageSource.NONE);
        Receipt told = get("/api/v1/tasks/t-1", "Accept-Encoding: gzip, dcb");
        assertThat(told.source()).isEqualTo(UsageSource.PROVIDER);
        assertThat(told.usage().orElseThrow().images()).isEqualTo(4);
        assertThat(told.modelAnswered()).isEqualTo("wan-2");
        assertThat(told.work()).hasSize(32);
        assertThat(rig.upstream().requests().get(2).headers("accept-encoding")).containsExactly("gzip");
        assertThat(get("/api/v1/tasks/t-1").usage()).isEmpty();
        assertThat(get("/api/v1/tasks/t-1").source()).isEqualTo(UsageSource.NONE);
    }

    @Test
    void aRestartForgetsNeitherTheModelNorThatItWasTold() throws Exception {
        String used = ",\"usage\":{\"image_count\":4}";
        rig.upstream().onAny().reply(Reply.json(DONE.formatted("PENDING", "")));
        post(
                "/api/v1/services/aigc/multimodal-generation/generation",
                "{\"model\":\"wan-2\",\"input\":{\"prompt\":\"a cat\"}}",
                "X-DashScope-Async: enable");
        restart(DONE.formatted("SUCCEEDED", used));
        Receipt told = get("/api/v1/tasks/t-1");
        assertThat(told.usage().orElseThrow().images()).isEqualTo(4);
        assertThat(told.modelAnswered()).isEqualTo("wan-2");
        restart(DONE.formatted("SUCCEEDED", used));
        assertThat(get("/api/v1/tasks/t-1").usage()).isEmpty();
    }

    private void restart(String answer) throws Exception {
        rig.close();
        rig = UsageRig.of(directory, "");
        rig.upstream().onAny().reply(Reply.json(answer));
    }

    @Test
    void aBackgroundResponseIsBookedOnceAndAnOrdinaryOneOnlyWhereItWasMade() throws Exception {
        String response = "{\"id\":\"r-1\",\"background\":%s,\"status\":\"%s\",\"model\":\"gpt-5\",\"usage\":%s}";
        String used = "{\"input_tokens\":5,\"output_tokens\":6}";
        rig.upstream()
                .onAny()
                .reply(Reply.json(response.formatted("true", "queued", "null")))
                .reply(Reply.json(response.formatted("true", "completed", used)))
                .reply(Reply.json(response.formatted("true", "completed", used)))
                .reply(Reply.json(response.formatted("false", "completed", used)));
        Receipt made = post("/v1/responses", "{\"model\":\"gpt-5\",\"background\":true,\"input\":\"think\"}");
        assertThat(made.source()).isEqualTo(UsageSource.NONE);
        Receipt told = get("/v1/responses/r-1");
        assertThat(told.source()).isEqualTo(UsageSource.PROVIDER);
        assertThat(told.usage().orElseThrow().outputTokens()).isEqualTo(6);
        assertThat(get("/v1/responses/r-1").source()).isEqualTo(UsageSource.NONE);
        assertThat(get("/v1/responses/r-2").source()).isEqualTo(UsageSource.NONE);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/v1/responses/input_tokens | {\"object\":\"response.input_tokens\",\"input_tokens\":11}",
                "/v1/messages/count_tokens | {\"input_tokens\":11,\"usage\":{\"input_tokens\":11}}",
                "/v1beta/models/gemini-2.5-pro:countTokens | {\"totalTokens\":11,\"usageMetadata\":{\"promptTokenCount\":11}}",
                "/api/v1/tokenizer | {\"usage\":{\"input_tokens\":11},\"output\":{\"token_ids\":[1]}}"
            })
    void whatOnlyCountsTokensUsesNone(String target, String answer) throws Exception {
        rig.upstream().onAny().reply(Reply.json(answer));
        Receipt receipt = post(target, "{\"model\":\"gpt-4o\",\"messages\":[],\"input\":\"x\",\"contents\":[]}");
        assertThat(receipt.status()).isEqualTo(200);
        assertThat(receipt.source()).isEqualTo(UsageSource.NONE);
        assertThat(receipt.usage()).isEmpty();
        assertThat(receipt.transcript()).isEmpty();
    }
}
