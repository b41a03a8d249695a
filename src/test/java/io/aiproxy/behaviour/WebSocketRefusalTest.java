package io.aiproxy.behaviour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.aiproxy.testing.FakeUpstream;
import io.aiproxy.testing.GatewayRig;
import io.aiproxy.testing.NeedsGateway;
import io.aiproxy.testing.RawClient;
import io.aiproxy.testing.Recorded;
import io.aiproxy.testing.Reply;
import io.aiproxy.testing.RigConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A WebSocket handshake that leads to no WebSocket: refused before any upgrade, as an HTTP answer in the caller's dialect,
 * and nothing of it reaches a channel. What only looks like a handshake is an ordinary request.
 */
@NeedsGateway
class WebSocketRefusalTest {
    private static final String REALTIME = "/v1/realtime?model=gpt-realtime";
    private static final String KEY = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==";
    private static final String[] HANDSHAKE = {
        "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13", KEY
    };
    private static final String FILE = "routes/custom/socket.camel.yaml";

    @AutoClose
    private final FakeUpstream upstream = FakeUpstream.start();

    @AutoClose
    private GatewayRig rig;

    @BeforeEach
    void start() {
        upstream.onAny().reply(Calls.ok());
        rig = GatewayRig.start(RigConfig.empty()
                .channel("alpha", upstream)
                .channel("beta", upstream)
                .user("zhangsan", GatewayRig.KEY, "alpha"));
    }

    private Calls.Result handshake(String target, String... headers) throws IOException {
        return Calls.get(
                rig,
                target,
                Stream.concat(Arrays.stream(HANDSHAKE), Arrays.stream(headers)).toArray(String[]::new));
    }

    /** A handshake with one of its lines left out, and others instead. */
    private Calls.Result without(String line, String... instead) throws IOException {
        String[] lines = Stream.concat(
                        Arrays.stream(HANDSHAKE).filter(kept -> !kept.startsWith(line)),
                        Stream.concat(Stream.of(GatewayRig.AUTH), Arrays.stream(instead)))
                .toArray(String[]::new);
        return Calls.get(rig, REALTIME, lines);
    }

    private void nothingWasUpgraded(Calls.Result result) {
        assertThat(result.header("upgrade")).isEmpty();
        assertThat(result.header("sec-websocket-accept")).isEmpty();
        assertThat(upstream.requests()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"Authorization: Bearer pk_test_nobody", "api-key: pk_test_nobody"})
    void a_wrong_key_is_refused_before_any_upgrade(String header) throws IOException {
        Calls.Result result = handshake(REALTIME, header).isFailure(401, "invalid_api_key");
        assertThat(result.head().text() + result.text()).doesNotContain("pk_test_nobody");
        nothingWasUpgraded(result);
    }

    @Test
    void without_a_key_too() throws IOException {
        nothingWasUpgraded(handshake(REALTIME).isFailure(401, "missing_api_key"));
    }

    @Test
    void an_OpenAI_client_is_told_in_its_own_words() throws IOException {
        JsonNode error = handshake(REALTIME).json().path("error");
        assertThat(error.path("code").asText()).isEqualTo("missing_api_key");
        assertThat(error.path("type").asText()).isNotEmpty();
    }

    @Test
    void an_Anthropic_client_is_told_in_its_own_words() throws IOException {
        JsonNode body =
                handshake(Calls.MESSAGES, "anthropic-version: 2023-06-01").json();
        assertThat(body.path("type").asText()).isEqualTo("error");
        assertThat(body.path("error").path("type").asText()).isEqualTo("authentication_error");
    }

    @Test
    void a_Google_client_is_told_in_its_own_words() throws IOException {
        String live = "/ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent";
        JsonNode error =
                handshake(live, "x-goog-api-key: pk_test_nobody").json().path("error");
        assertThat(error.path("code").asInt()).isEqualTo(401);
        assertThat(error.path("status").asText()).isEqualTo("UNAUTHENTICATED");
    }

    @Test
    void a_DashScope_client_is_told_in_its_own_words() throws IOException {
        JsonNode body = handshake("/api-ws/v1/inference", "X-DashScope-DataInspection: enable")
                .json();
        assertThat(body.path("code").asText()).isEqualTo("InvalidApiKey");
        assertThat(body.path("request_id").asText()).isNotEmpty();
    }

    @Test
    void a_channel_that_the_key_does_not_open_is_refused() throws IOException {
        nothingWasUpgraded(
                handshake(REALTIME, GatewayRig.AUTH, "x-aiproxy-channel: beta").isFailure(403, "channel_not_allowed"));
        nothingWasUpgraded(handshake("/beta" + REALTIME, GatewayRig.AUTH).isFailure(403, "channel_not_allowed"));
    }

    @Test
    void a_handshake_without_its_key_is_told_what_it_lacks() throws IOException {
        Calls.Result result = without("Sec-WebSocket-Key").isFailure(400, "invalid_request");
        assertThat(result.json().path("error").path("message").asText()).contains("Sec-WebSocket-Key is missing");
        assertThat(result.header("sec-websocket-version")).isEmpty();
        nothingWasUpgraded(result);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Sec-WebSocket-Key: short", KEY + "\r\n" + KEY})
    void a_key_that_cannot_be_answered_is_told(String lines) throws IOException {
        Calls.Result result = without("Sec-WebSocket-Key", lines).isFailure(400, "invalid_request");
        assertThat(result.text()).contains("Sec-WebSocket-Key");
        nothingWasUpgraded(result);
    }

    @ParameterizedTest
    @ValueSource(strings = {"X-None: 1", "Sec-WebSocket-Version: 8", "Sec-WebSocket-Version: 13, 8"})
    void whoever_speaks_another_version_is_told_which_one_would_do(String line) throws IOException {
        Calls.Result result = without("Sec-WebSocket-Version", line).isFailure(400, "invalid_request");
        assertThat(result.header("sec-websocket-version")).isEqualTo("13");
        assertThat(result.text()).contains("Sec-WebSocket-Version: 13");
        nothingWasUpgraded(result);
    }

    @Test
    void a_handshake_with_a_body_is_refused_and_the_connection_lives_on() throws IOException {
        try (RawClient client = rig.client()) {
            String[] lines = Stream.concat(Arrays.stream(HANDSHAKE), Stream.of(GatewayRig.AUTH, "Content-Length: 5"))
                    .toArray(String[]::new);
            client.get(REALTIME, lines).send("hello");
            Calls.Result result = Calls.read(client).isFailure(400, "invalid_request");
            assertThat(result.text()).contains("no body");
            nothingWasUpgraded(result);
            client.post(Calls.CHAT, Calls.BODY, GatewayRig.AUTH);
            assertThat(Calls.read(client).text()).isEqualTo(Calls.ANSWER);
        }
    }

    @Test
    void a_connection_lives_on_behind_a_refused_handshake() throws IOException {
        try (RawClient client = rig.client()) {
            for (int i = 0; i < 3; i++) {
                client.get(REALTIME, HANDSHAKE);
                Calls.read(client).isFailure(401, "missing_api_key");
                client.post(Calls.CHAT, Calls.BODY, GatewayRig.AUTH);
                assertThat(Calls.read(client).text()).isEqualTo(Calls.ANSWER);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Connection: Upgrade",
                "Upgrade: websocket",
                "Connection: keep-alive\r\nUpgrade: websocket\r\n" + KEY,
                "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA",
            })
    void a_GET_that_only_talks_of_upgrades_is_an_ordinary_request(String lines) throws IOException {
        Calls.Result result = Calls.get(rig, "/v1/models", GatewayRig.AUTH, lines);
        assertThat(result.status()).isEqualTo(200);
        assertThat(result.text()).isEqualTo(Calls.ANSWER);
        Recorded request = upstream.only();
        assertThat(request.header("upgrade")).isEmpty();
        assertThat(request.header("http2-settings")).isEmpty();
    }

    @Test
    void only_a_GET_can_be_a_handshake() throws IOException {
        String[] lines = Stream.concat(Arrays.stream(HANDSHAKE), Stream.of(GatewayRig.AUTH))
                .toArray(String[]::new);
        assertThat(Calls.post(rig, Calls.CHAT, Calls.BODY, lines).text()).isEqualTo(Calls.ANSWER);
        assertThat(upstream.only().header("upgrade")).isEmpty();
    }

    @Test
    void no_operational_page_answers_a_handshake() throws IOException {
        assertThat(Calls.get(rig, "/health").status()).isEqualTo(200);
        handshake("/health").isFailure(401, "missing_api_key");
    }

    @Test
    void an_answer_of_the_channel_that_is_no_101_is_relayed() throws IOException {
        upstream.reset();
        upstream.onAny().reply(Reply.json(404, "{\"error\":\"no such socket\"}").header("x-of-channel", "seven"));
        Calls.Result result = handshake(REALTIME, GatewayRig.AUTH);
        assertThat(result.status()).isEqualTo(404);
        assertThat(result.text()).isEqualTo("{\"error\":\"no such socket\"}");
        assertThat(result.header("x-of-channel")).isEqualTo("seven");
        assertThat(result.header("x-aiproxy-channel")).isEqualTo("alpha");
        assertThat(upstream.only().headers("authorization")).containsExactly("Bearer " + RigConfig.keyOf("alpha"));
    }

    /** An operator's own front door for handshakes at {@code /own}, with these steps. */
    private static String own(String path, String steps) {
        return """
                - route:
                    id: custom-socket
                    description: An operator's own front door for WebSockets, for this test
                    routeConfigurationId: "errors-*"
                    from:
                      uri: "vertx-websocket:0.0.0.0:{{aiproxy.port}}PATH"
                      steps:
                """.replace("PATH", path) + steps.indent(8);
    }

    private void awaitGeneration(int generation) {
        await().atMost(Duration.ofSeconds(20))
                .until(() -> rig.status().path("routes").path("generation").asInt() >= generation);
    }

    @Test
    void a_door_of_ones_own_can_refuse_what_comes_to_it() throws IOException {
        rig.write(FILE, own("/v1/realtime", """
                - setHeader: {id: status, name: CamelHttpResponseCode, constant: 403}
                - setHeader: {id: type, name: Content-Type, constant: text/plain}
                - setBody: {id: words, simple: "no sockets for ${header.user-agent} today"}
                """));
        awaitGeneration(2);
        Calls.Result result = handshake(REALTIME, "User-Agent: browsers");
        assertThat(result.status()).isEqualTo(403);
        assertThat(result.text()).isEqualTo("no sockets for browsers today");
        nothingWasUpgraded(result);
        assertThat(Calls.get(rig, REALTIME, GatewayRig.AUTH).text())
                .as("what is no handshake does not meet it")
                .isEqualTo(Calls.ANSWER);
        handshake("/v1/other").isFailure(401, "missing_api_key");

        Files.delete(rig.home().resolve(FILE));
        awaitGeneration(3);
        handshake(REALTIME).isFailure(401, "missing_api_key");
    }

    @ParameterizedTest
    @CsvSource({
        "'{id: own-upstream, uri: \"upstream:alpha\"}', to",
        "'{id: own-upstream, uri: \"upstream:${exchangeProperty.channel}\"}', toD"
    })
    void a_door_of_ones_own_can_go_to_a_channel(String upstreamStep, String kind) throws IOException {
        upstream.reset();
        upstream.onAny().reply(Reply.json(404, "{}").header("x-of-channel", "seven"));
        rig.write(FILE, own("/own/*", """
                - process: {id: own-authenticate, ref: authenticate}
                - process: {id: own-admit, ref: admit}
                - process: {id: own-choose, ref: choose}
                - loop:
                    id: own-attempts
                    doWhile: true
                    simple: "${exchangeProperty.attempting}"
                    steps:
                      - process: {id: own-substitute, ref: substitute}
                      - KIND: STEP
                      - process: {id: own-judge, ref: judge}
                - setHeader: {id: own-header, name: X-Own, constant: door}
                - process: {id: own-settle, ref: settle}
                """.replace("KIND", kind).replace("STEP", upstreamStep)));
        awaitGeneration(2);
        handshake("/own/v1/realtime", "x-api-key: pk_test_nobody").isFailure(401, "invalid_api_key");
        Calls.Result result = handshake("/own/v1/realtime", GatewayRig.AUTH);
        assertThat(result.status()).isEqualTo(404);
        assertThat(result.header("x-own")).isEqualTo("door");
        assertThat(result.header("x-of-channel")).isEqualTo("seven");
        assertThat(upstream.only().target()).isEqualTo("/own/v1/realtime");
    }

    @Test
    void without_the_door_for_WebSockets_they_are_refused() throws IOException {
        Files.delete(rig.home().resolve("routes/proxy/websocket.camel.yaml"));
        awaitGeneration(2);
        Calls.Result result = handshake(REALTIME, GatewayRig.AUTH).isFailure(400, "websocket_not_supported");
        assertThat(result.json().path("error").path("code").asText()).isEqualTo("websocket_not_supported");
        nothingWasUpgraded(result);
    }
}
