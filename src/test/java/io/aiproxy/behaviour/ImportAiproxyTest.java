package io.aiproxy.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import io.aiproxy.cli.ImportRun;
import io.aiproxy.testing.FakeUpstream;
import io.aiproxy.testing.GatewayRig;
import io.aiproxy.testing.NeedsGateway;
import io.aiproxy.testing.RawClient;
import io.aiproxy.testing.RawWebSocket;
import io.aiproxy.testing.Recorded;
import io.aiproxy.testing.Reply;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The OpenResty gateway's {@code channels_config.json} and {@code api_keys.json}, imported and started without a change:
 * its clients' requests reach their channel as they did, without the faults that they had there.
 */
@NeedsGateway
class ImportAiproxyTest {
    private static final String BAILIAN = "Authorization: Bearer pk_test_bailian";
    private static final String TEXT = "/api/v1/services/aigc/text-generation/generation";
    private static final String IMAGE = "/api/v1/services/aigc/text2image/image-synthesis";
    private static final String COMPATIBLE = "/compatible-mode/v1/chat/completions";

    @TempDir
    private static Path home;

    private static FakeUpstream bailian;
    private static FakeUpstream openai;
    private static GatewayRig rig;

    @BeforeAll
    static void start() throws IOException {
        bailian = FakeUpstream.start();
        openai = FakeUpstream.start();
        Path old = Files.createDirectories(home.resolve("old"));
        Files.writeString(old.resolve("channels_config.json"), """
                {"_comment": "channels", "channels": {
                  "bailian": {"name": "阿里云百炼", "api_key": "sk-test-bailian", "base_url": "http://127.0.0.1:%1$d",
                    "websocket_url": "ws://127.0.0.1:%1$d", "host": "dashscope.example.com",
                    "path_rewrite": {"_note": "for SDKs", "/chat/completions": "/compatible-mode/v1/chat/completions"},
                    "websocket_endpoints": {"/v1/realtime": "/api-ws/v1/realtime"},
                    "supports_websocket": true, "timeout": 30, "ssl": false, "status": "active"},
                  "openai": {"name": "OpenAI", "api_key": "sk-test-openai", "base_url": "http://127.0.0.1:%2$d/v1/",
                    "path_rewrite": {}, "supports_websocket": false, "timeout": 1, "ssl": false, "status": "active"},
                  "api": {"name": "Internal", "api_key": "sk-test-internal", "base_url": "http://127.0.0.1:%2$d/internal",
                    "host": "127.0.0.1", "timeout": 30, "ssl": false, "status": "active"},
                  "off": {"name": "Off", "api_key": "sk-test-off", "base_url": "http://127.0.0.1:%2$d",
                    "timeout": 30, "ssl": false, "status": "disabled"}}}
                """.formatted(bailian.port(), openai.port()));
        Files.writeString(old.resolve("api_keys.json"), """
                [{"proxy_key": "pk_test_bailian", "channel": "bailian", "user": "张三", "status": "active",
                  "description": "laptop", "quota_limit": 1000, "created_at": "2025-07-09"},
                 {"proxy_key": "pk_test_openai", "channel": "openai", "user": "张三", "status": "active"},
                 {"proxy_key": "pk_test_internal", "channel": "api", "user": "robot", "status": "active"},
                 {"proxy_key": "pk_test_left", "channel": "bailian", "user": "left", "status": "disabled"},
                 {"proxy_key": "pk_test_off", "channel": "off", "user": "robot", "status": "active"}]
                """);
        ImportRun.into("aiproxy", old, home.resolve("config"));
        rig = GatewayRig.over(home.resolve("config"));
    }

    @AfterAll
    static void stop() {
        rig.close();
        bailian.close();
        openai.close();
    }

    @BeforeEach
    void reset() {
        bailian.reset();
        bailian.expectCredential("Authorization", "Bearer sk-test-bailian").forbid("pk_test");
        bailian.onAny().reply(Calls.ok());
        openai.reset();
        openai.forbid("pk_test");
        openai.onAny().reply(Calls.ok());
    }

    @AfterEach
    void nothingLeaked() {
        assertThat(bailian.leaks()).isEmpty();
        assertThat(openai.leaks()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "/chat/completions, /compatible-mode/v1/chat/completions",
        "/compatible-mode/v1/chat/completions, /compatible-mode/v1/chat/completions",
        "/v1/chat/completions, /v1/chat/completions",
        "/chat/completions?a=%2F%41+b&&c, /compatible-mode/v1/chat/completions?a=%2F%41+b&&c",
        "/chat/completions/, /chat/completions/",
        "/api/v1/services/aigc/text-generation/generation, /api/v1/services/aigc/text-generation/generation",
        "/api/v1/uploads?action=getPolicy&model=qwen%2Dvl, /api/v1/uploads?action=getPolicy&model=qwen%2Dvl"
    })
    void paths_and_queries_arrive_as_they_did(String target, String upstream) throws IOException {
        assertThat(Calls.post(rig, target, Calls.BODY, BAILIAN).status()).isEqualTo(200);

        assertThat(bailian.only().target()).isEqualTo(upstream);
        assertThat(bailian.only().text()).isEqualTo(Calls.BODY);
        assertThat(openai.requests()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"Bearer", "bearer", "BEARER"})
    void the_schemes_case_does_not_matter(String scheme) throws IOException {
        assertThat(Calls.post(rig, COMPATIBLE, Calls.BODY, "authorization: " + scheme + " pk_test_bailian")
                        .status())
                .isEqualTo(200);
        assertThat(bailian.only().headers("authorization")).containsExactly("Bearer sk-test-bailian");
    }

    @ParameterizedTest
    @CsvSource({
        "pk_test_openai, /chat/completions, /v1/chat/completions, sk-test-openai",
        "pk_test_openai, /v1/chat/completions, /v1/chat/completions, sk-test-openai",
        "pk_test_internal, /v1/chat/completions, /internal/v1/chat/completions, sk-test-internal",
        "pk_test_internal, /api/anything, /internal/api/anything, sk-test-internal"
    })
    void each_key_goes_to_its_own_channel(String key, String target, String upstream, String credential)
            throws IOException {
        assertThat(Calls.post(rig, target, Calls.BODY, "Authorization: Bearer " + key)
                        .status())
                .isEqualTo(200);

        assertThat(openai.only().target()).isEqualTo(upstream);
        assertThat(openai.only().headers("authorization")).containsExactly("Bearer " + credential);
        assertThat(bailian.requests()).isEmpty();
    }

    @Test
    void the_channel_sees_its_own_host_and_where_the_call_comes_from() throws IOException {
        Calls.post(rig, COMPATIBLE, Calls.BODY, BAILIAN, "User-Agent: sdk/1", "X-DashScope-Plugin: a");

        Recorded request = bailian.only();
        assertThat(request.headers("host")).containsExactly("dashscope.example.com");
        assertThat(request.headers("x-real-ip")).containsExactly("127.0.0.1");
        assertThat(request.headers("x-forwarded-for")).containsExactly("127.0.0.1");
        assertThat(request.headers("x-forwarded-proto")).containsExactly("http");
        assertThat(request.headers("user-agent")).containsExactly("sdk/1");
        assertThat(request.headers("x-dashscope-plugin")).containsExactly("a");
    }

    @Test
    void DashScopes_streams_and_tasks_work() throws IOException {
        bailian.on(TEXT).reply(Reply.sse().event("one").event("two"));
        bailian.on(IMAGE).reply(Reply.json("{\"output\":{\"task_id\":\"task-1\",\"task_status\":\"PENDING\"}}"));
        bailian.on("/api/v1/tasks/task-1").reply(Reply.json("{\"output\":{\"task_status\":\"SUCCEEDED\"}}"));
        try (RawClient client = rig.client().post(TEXT, "{}", BAILIAN, "X-DashScope-SSE: enable")) {
            assertThat(client.answer().body().events()).containsExactly("data: one", "data: two");
        }
        assertThat(bailian.only().header("x-dashscope-sse")).contains("enable");
        Calls.post(rig, IMAGE, "{}", BAILIAN, "X-DashScope-Async: enable");
        assertThat(bailian.last().header("x-dashscope-async")).contains("enable");
        assertThat(Calls.get(rig, "/api/v1/tasks/task-1", BAILIAN).text()).contains("SUCCEEDED");
    }

    @ParameterizedTest
    @CsvSource({
        "/api-ws/v1/inference, /api-ws/v1/inference",
        "/api-ws/v1/inference/, /api-ws/v1/inference/",
        "/v1/realtime?model=qwen-omni, /api-ws/v1/realtime?model=qwen-omni"
    })
    void webSockets_reach_the_endpoint(String target, String upstream) throws IOException {
        bailian.onAny().reply(Reply.webSocket().echo());
        try (RawWebSocket socket =
                rig.webSocket(target, "Authorization: bearer pk_test_bailian", "X-DashScope-DataInspection: enable")) {
            assertThat(socket.text("{\"header\":{\"action\":\"run-task\"}}").text())
                    .contains("run-task");
            assertThat(socket.binary(new byte[] {1, 2, 3}).binary()).containsExactly(1, 2, 3);
            socket.close(1000, "");
            socket.awaitClose();
        }
        assertThat(bailian.only().target()).isEqualTo(upstream);
        assertThat(bailian.only().headers("host")).containsExactly("dashscope.example.com");
    }

    @Test
    void a_channel_without_webSockets_gets_none() throws IOException {
        try (RawClient client = rig.client()) {
            RawClient.Answer answer = RawWebSocket.on(client)
                    .handshake("/v1/realtime?model=gpt-realtime", "Authorization: Bearer pk_test_openai");
            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.header("x-aiproxy-error-code")).isEqualTo("websocket_not_supported");
        }
        assertThat(openai.requests()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "Authorization: Bearer pk_test_left, 403, key_disabled",
        "Authorization: Bearer pk_test_nobody, 401, invalid_api_key",
        "Accept: */*, 401, missing_api_key",
        "Authorization: Bearer pk_test_off, 403, channel_disabled"
    })
    void a_key_that_is_not_good_goes_nowhere(String header, int status, String code) throws IOException {
        Calls.post(rig, COMPATIBLE, Calls.BODY, header).isFailure(status, code);

        assertThat(bailian.requests()).isEmpty();
        assertThat(openai.requests()).isEmpty();
    }

    @Test
    void a_channel_that_fails_is_not_replaced_by_somebody_elses() throws IOException {
        bailian.onAny().reply(Reply.json(500, "{\"code\":\"InternalError\"}"));

        assertThat(Calls.post(rig, COMPATIBLE, Calls.BODY, BAILIAN).status()).isEqualTo(500);
        assertThat(openai.requests()).isEmpty();
    }

    /** One second, as the file says. */
    @Test
    void a_channels_time_is_kept() throws IOException {
        openai.onAny().reply(Reply.silent());

        Calls.post(rig, "/chat/completions", Calls.BODY, "Authorization: Bearer pk_test_openai")
                .isFailure(504, "upstream_timeout");
    }

    @Test
    void statistics_go_by_the_same_ids() throws IOException {
        var channels = Calls.get(rig, "/stats").json().path("channel_stats");

        assertThat(channels.path("bailian").path("name").asText()).isEqualTo("阿里云百炼");
        assertThat(channels.path("openai").path("status").asText()).isEqualTo("active");
        assertThat(List.of("bailian", "openai", "off")).allMatch(channels::has);
    }
}
