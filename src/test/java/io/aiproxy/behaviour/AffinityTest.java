package io.aiproxy.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import io.aiproxy.testing.FakeUpstream;
import io.aiproxy.testing.Gate;
import io.aiproxy.testing.GatewayRig;
import io.aiproxy.testing.NeedsGateway;
import io.aiproxy.testing.RigConfig;
import io.aiproxy.testing.providers.DashScopeProvider;
import io.aiproxy.testing.providers.OpenAiProvider;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What was created at a channel is asked for at that channel, whatever the priorities say, also after a restart. */
@NeedsGateway
class AffinityTest {
    private static final String IMAGE = "/api/v1/services/aigc/text2image/image-synthesis";
    private static final String MULTIPART = "multipart/form-data; boundary=xx";

    private final FakeUpstream first = FakeUpstream.start();
    private final FakeUpstream second = FakeUpstream.start();
    private GatewayRig rig;

    @BeforeEach
    void start() {
        for (FakeUpstream upstream : new FakeUpstream[] {first, second}) {
            Gate open = Gate.closed();
            open.open();
            OpenAiProvider.on(upstream, open);
            DashScopeProvider.on(upstream, open);
        }
        rig = GatewayRig.start(RigConfig.empty()
                .channel("first", first)
                .channel("second", second)
                .user("zhangsan", GatewayRig.KEY, "first", "second"));
    }

    @AfterEach
    void stop() {
        rig.close();
        first.close();
        second.close();
    }

    private String createResponse() throws IOException {
        Calls.Result created = Calls.post(
                rig,
                "/v1/responses",
                "{\"model\":\"gpt-4o\",\"input\":\"你好\"}",
                GatewayRig.AUTH,
                "x-aiproxy-channel: second");
        assertThat(created.status()).isEqualTo(200);
        return created.json().path("id").asText();
    }

    private void foundAtSecond(String target) throws IOException {
        Calls.Result found = Calls.get(rig, target, GatewayRig.AUTH);
        assertThat(found.status()).as(found.text()).isEqualTo(200);
        assertThat(found.header("x-aiproxy-channel")).isEqualTo("second");
    }

    @Test
    void aStoredResponse() throws IOException {
        foundAtSecond("/v1/responses/" + createResponse());
    }

    @Test
    void aResponseThatContinuesAnother() throws IOException {
        String id = createResponse();
        Calls.Result next = Calls.post(
                rig,
                "/v1/responses",
                "{\"model\":\"gpt-4o\",\"input\":\"继续\",\"previous_response_id\":\"" + id + "\"}",
                GatewayRig.AUTH);
        assertThat(next.header("x-aiproxy-channel")).isEqualTo("second");
        assertThat(first.requests()).isEmpty();
    }

    @Test
    void aStreamedResponse() throws IOException {
        Calls.Result created = Calls.post(
                rig,
                "/v1/responses",
                "{\"model\":\"gpt-4o\",\"input\":\"你好\",\"stream\":true}",
                GatewayRig.AUTH,
                "x-aiproxy-channel: second");
        String id = created.text().replaceAll("(?s).*?\"id\":\"(resp_[^\"]+)\".*", "$1");
        foundAtSecond("/v1/responses/" + id);
    }

    @Test
    void anUploadedFile() throws IOException {
        foundAtSecond("/v1/files/" + upload());
    }

    private String upload() throws IOException {
        String body = "--xx\r\nContent-Disposition: form-data; name=\"purpose\"\r\n\r\nbatch\r\n--xx--\r\n";
        try (var client = rig.client()) {
            client.head(
                            "POST /v1/files",
                            GatewayRig.AUTH,
                            "x-aiproxy-channel: second",
                            "Content-Type: " + MULTIPART,
                            "Content-Length: " + body.length())
                    .send(body);
            return Calls.read(client).json().path("id").asText();
        }
    }

    @Test
    void anAsynchronousTask() throws IOException {
        Calls.Result created = Calls.post(
                rig,
                IMAGE,
                "{\"model\":\"wanx2.1-t2i-turbo\",\"input\":{\"prompt\":\"一只猫\"}}",
                GatewayRig.AUTH,
                "X-DashScope-Async: enable",
                "x-aiproxy-channel: second");
        String task = created.json().path("output").path("task_id").asText();
        foundAtSecond("/api/v1/tasks/" + task);
        foundAtSecond("/api/v1/tasks/" + task);
    }

    @Test
    void whatWasNeverSeenGoesByPriority() throws IOException {
        Calls.Result result = Calls.get(rig, "/v1/files/file-unknown", GatewayRig.AUTH);
        assertThat(result.header("x-aiproxy-channel")).isEqualTo("first");
    }

    @Test
    void aRestartForgetsNothing() throws IOException {
        String response = createResponse();
        String file = upload();
        rig.stop();
        rig.boot();
        foundAtSecond("/v1/responses/" + response);
        foundAtSecond("/v1/files/" + file);
    }
}
