package io.aiproxy.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import io.aiproxy.testing.FakeUpstream;
import io.aiproxy.testing.Gate;
import io.aiproxy.testing.GatewayRig;
import io.aiproxy.testing.NeedsGateway;
import io.aiproxy.testing.RawClient;
import io.aiproxy.testing.RawWebSocket;
import io.aiproxy.testing.Recorded;
import io.aiproxy.testing.Reply;
import io.aiproxy.testing.RigConfig;
import io.aiproxy.testing.SocketEnd;
import io.aiproxy.testing.providers.GeminiLiveProvider;
import io.aiproxy.testing.providers.OpenAiRealtimeProvider;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * OpenAI's Realtime API as browsers and SDKs open it: wherever the key stands it stays at the gateway, and the handshake
 * finds its channel as every call does.
 */
@NeedsGateway
class BrowserRealtimeTest {
    private static final FakeUpstream ALPHA = FakeUpstream.start();
    private static final FakeUpstream BETA = FakeUpstream.start();
    private static final String REALTIME = "/v1/realtime?model=gpt-realtime";
    private static final String IN_SUBPROTOCOL = "openai-insecure-api-key." + GatewayRig.KEY;
    private static final String OFFER = "Sec-WebSocket-Protocol: realtime, " + IN_SUBPROTOCOL;
    private static GatewayRig rig;

    @BeforeAll
    static void start() {
        rig = GatewayRig.start(RigConfig.empty()
                .channel("alpha", ALPHA, "models: [gpt-realtime, fast]", "model_aliases: {fast: gpt-realtime-mini}")
                .channel("beta", BETA, "models: [qwen-*]")
                .channel("deaf", BETA, "models: [gpt-4o]", "supports_websocket: false")
                .channel("foreign", BETA)
                .channel("gemini", ALPHA, "dialect: google")
                .channel("queried", ALPHA, "dialect: google", "auth: query-key")
                .user("zhangsan", GatewayRig.KEY, "deaf", "alpha", "beta")
                .user("wangwu", "pk_test_wangwu", "gemini", "queried")
                .user("lisi", "pk_test_lisi", "deaf"));
    }

    @AfterAll
    static void stop() {
        rig.close();
        ALPHA.close();
        BETA.close();
    }

    @BeforeEach
    void play() {
        for (FakeUpstream upstream : List.of(ALPHA, BETA)) {
            upstream.reset();
            upstream.forbid("pk_test", "insecure-api-key");
            OpenAiRealtimeProvider.on(upstream, Gate.closed());
        }
        ALPHA.expectCredential("authorization", "Bearer " + RigConfig.keyOf("alpha"));
        BETA.expectCredential("authorization", "Bearer " + RigConfig.keyOf("beta"));
    }

    @AfterEach
    void nothingLeaked() {
        assertThat(ALPHA.leaks()).isEmpty();
        assertThat(BETA.leaks()).isEmpty();
    }

    /** What a browser takes for an answer: one of the subprotocols that it offered, if it offered any. */
    private static RawClient.Answer opened(String target, String... lines) throws IOException {
        try (RawWebSocket socket = RawWebSocket.on(rig.client())) {
            RawClient.Answer answer = socket.handshake(target, lines);
            assertThat(answer.status()).as(answer.head().text()).isEqualTo(101);
            assertThat(socket.text()).contains("session.created");
            socket.close(1000, "");
            assertThat(socket.awaitClose()).isEqualTo(SocketEnd.close(1000, ""));
            return answer;
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                OFFER,
                "Sec-WebSocket-Protocol: " + IN_SUBPROTOCOL + ",realtime",
                "Sec-WebSocket-Protocol: " + IN_SUBPROTOCOL + "\r\nSec-WebSocket-Protocol: realtime"
            })
    void the_key_of_a_browser_stays_at_the_gateway(String offer) throws IOException {
        RawClient.Answer answer = opened(REALTIME, offer);
        assertThat(answer.head().headers("sec-websocket-protocol")).containsExactly("realtime");
        Recorded sent = ALPHA.only();
        assertThat(sent.target()).isEqualTo(REALTIME);
        assertThat(sent.headers("sec-websocket-protocol")).containsExactly("realtime");
        assertThat(sent.headers("authorization")).containsExactly("Bearer " + RigConfig.keyOf("alpha"));
        assertThat(answer.head().text()).doesNotContain("pk_test", "sk_upstream");
    }

    @Test
    void a_browser_hears_realtime_also_when_the_channel_chooses_nothing() throws IOException {
        ALPHA.on("/v1/realtime")
                .reply(Reply.webSocket()
                        .sendText("{\"type\":\"session.created\"}")
                        .expectClose());
        RawClient.Answer answer = opened(REALTIME, OFFER);
        assertThat(answer.head().headers("sec-websocket-protocol")).containsExactly("realtime");
    }

    @Test
    void what_else_a_browser_offers_reaches_the_channel() throws IOException {
        opened(
                REALTIME,
                "Sec-WebSocket-Protocol: realtime, " + IN_SUBPROTOCOL
                        + ", openai-organization.org_1, openai-project.proj_1, openai-beta.realtime-v1");
        assertThat(ALPHA.only().headers("sec-websocket-protocol"))
                .containsExactly("realtime, openai-organization.org_1, openai-project.proj_1, openai-beta.realtime-v1");
    }

    @Test
    void a_client_that_offers_nothing_hears_nothing() throws IOException {
        assertThat(opened(REALTIME, GatewayRig.AUTH).head().headers("sec-websocket-protocol"))
                .isEmpty();
        assertThat(ALPHA.only().headers("sec-websocket-protocol")).isEmpty();
    }

    @Test
    void a_client_that_offers_its_key_alone_hears_nothing() throws IOException {
        RawClient.Answer answer = opened(REALTIME, "Sec-WebSocket-Protocol: " + IN_SUBPROTOCOL);
        assertThat(answer.head().headers("sec-websocket-protocol")).isEmpty();
        assertThat(ALPHA.only().headers("sec-websocket-protocol")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"pk_test_nobody", "sk_upstream_alpha", "", "ek_nobody"})
    void a_wrong_key_in_a_subprotocol_is_refused_before_any_upgrade(String key) throws IOException {
        Calls.Result result = refused(REALTIME, "Sec-WebSocket-Protocol: realtime, openai-insecure-api-key." + key);
        result.isFailure(401, key.isEmpty() ? "missing_api_key" : "invalid_api_key");
        assertThat(result.header("upgrade")).isEmpty();
        assertThat(result.header("sec-websocket-accept")).isEmpty();
        assertThat(result.header("sec-websocket-protocol")).isEmpty();
        if (!key.isEmpty()) {
            assertThat(result.head().text() + result.text()).doesNotContain(key);
        }
        assertThat(ALPHA.requests()).isEmpty();
        assertThat(BETA.requests()).isEmpty();
    }

    private static Calls.Result refused(String target, String... lines) throws IOException {
        try (RawClient client = rig.client()) {
            RawWebSocket.on(client).sendHandshake(target, lines);
            return Calls.read(client);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                GatewayRig.AUTH,
                "authorization: bearer " + GatewayRig.KEY,
                "x-api-key: " + GatewayRig.KEY,
                "api-key: " + GatewayRig.KEY,
                "X-Goog-Api-Key: " + GatewayRig.KEY,
                "Authorization: Bearer dummy\r\napi-key: " + GatewayRig.KEY,
                "Authorization: Bearer dummy\r\n" + OFFER,
            })
    void every_header_may_carry_the_key(String lines) throws IOException {
        opened(REALTIME, lines);
        Recorded sent = ALPHA.only();
        assertThat(sent.headers("authorization")).containsExactly("Bearer " + RigConfig.keyOf("alpha"));
        assertThat(sent.header("x-api-key")).isEmpty();
        assertThat(sent.header("api-key")).isEmpty();
        assertThat(sent.header("x-goog-api-key")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "/v1/realtime?key=KEY&model=gpt-realtime, /v1/realtime?model=gpt-realtime",
        "/v1/realtime?model=gpt-realtime&key=KEY, /v1/realtime?model=gpt-realtime",
        "/v1/realtime?model=gpt-realtime&k%65y=KEY&key=mine, /v1/realtime?model=gpt-realtime&key=mine",
    })
    void the_query_may_carry_the_key(String target, String sent) throws IOException {
        opened(target.replace("KEY", GatewayRig.KEY));
        assertThat(ALPHA.only().target()).isEqualTo(sent);
    }

    @Test
    void an_alias_is_replaced_in_the_query() throws IOException {
        opened("/v1/realtime?a=%31&model=fast&b", OFFER, "User-Agent: alias");
        assertThat(ALPHA.only().target()).isEqualTo("/v1/realtime?a=%31&model=gpt-realtime-mini&b");
        assertThat(rig.awaitLogLine("\"alias\"")).contains("\"model\":\"fast\"", "\"operation\":\"realtime\"");
    }

    @ParameterizedTest
    @CsvSource({
        "/openai/v1/realtime?model=fast, /openai/v1/realtime?model=gpt-realtime-mini",
        "/openai/realtime?api-version=1&deployment=fast, /openai/realtime?api-version=1&deployment=gpt-realtime-mini",
        "/alpha/openai/realtime?deployment=fast&api-version=1, /openai/realtime?deployment=gpt-realtime-mini&api-version=1",
    })
    void Azures_names_for_it_are_understood(String target, String sent) throws IOException {
        ALPHA.on(r -> r.path().endsWith("/realtime"))
                .reply(Reply.webSocket()
                        .sendText("{\"type\":\"session.created\"}")
                        .expectClose());
        opened(target, "api-key: " + GatewayRig.KEY);
        assertThat(ALPHA.only().target()).isEqualTo(sent);
    }

    @ParameterizedTest(name = "{0} with {1} goes to {2} as {3}")
    @CsvSource({
        "/v1/realtime?model=gpt-realtime, X-None: 1, alpha, /v1/realtime?model=gpt-realtime",
        "/v1/realtime?model=qwen-omni, X-None: 1, beta, /v1/realtime?model=qwen-omni",
        "/v1/realtime?model=gpt-realtime, x-aiproxy-channel: beta, beta, /v1/realtime?model=gpt-realtime",
        "/beta/v1/realtime?model=gpt-realtime, X-None: 1, beta, /v1/realtime?model=gpt-realtime",
        "/alpha/v1/realtime?model=fast, X-None: 1, alpha, /v1/realtime?model=gpt-realtime-mini",
        "/v1/realtime?call_id=rtc_unknown, X-None: 1, alpha, /v1/realtime?call_id=rtc_unknown",
    })
    void a_handshake_finds_its_channel(String target, String line, String channel, String sent) throws IOException {
        RawClient.Answer answer = opened(target, OFFER, line);
        assertThat(answer.header("x-aiproxy-channel")).isEqualTo(channel);
        FakeUpstream there = channel.equals("alpha") ? ALPHA : BETA;
        assertThat(there.only().target()).isEqualTo(sent);
        assertThat(there.only().header("x-aiproxy-channel")).isEmpty();
        assertThat((there == ALPHA ? BETA : ALPHA).requests()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "/v1/realtime?model=gpt-4o, 400, websocket_not_supported",
        "/deaf/v1/realtime?model=gpt-4o, 400, websocket_not_supported",
        "/foreign/v1/realtime?model=gpt-4o, 403, channel_not_allowed",
        "/v1/realtime?model=nobodys, 404, model_not_found",
    })
    void a_handshake_that_no_channel_may_have_is_refused(String target, int status, String code) throws IOException {
        refused(target, OFFER).isFailure(status, code);
        assertThat(ALPHA.requests()).isEmpty();
        assertThat(BETA.requests()).isEmpty();
    }

    @Test
    void a_user_whose_only_channel_takes_no_WebSockets_is_told_so() throws IOException {
        Calls.Result result = refused("/v1/realtime?model=gpt-4o", "api-key: pk_test_lisi");
        result.isFailure(400, "websocket_not_supported");
        assertThat(result.text()).contains("deaf", "supports_websocket");
    }

    @ParameterizedTest
    @CsvSource({
        "gemini, ?key=pk_test_wangwu, X-None: 1, ''",
        "gemini, ?a=1&key=pk_test_wangwu, X-None: 1, ?a=1",
        "gemini, '', x-goog-api-key: pk_test_wangwu, ''",
        "queried, ?key=pk_test_wangwu, X-None: 1, ?key=sk_upstream_queried",
        "queried, ?key=dummy&alt=1, x-goog-api-key: pk_test_wangwu, ?alt=1&key=sk_upstream_queried",
    })
    void Geminis_browsers_have_their_key_in_the_query(String channel, String query, String line, String sent)
            throws IOException {
        ALPHA.reset();
        ALPHA.forbid("pk_test", "dummy");
        ALPHA.onAny()
                .reply(Reply.webSocket()
                        .sendBinary("{}".getBytes(StandardCharsets.UTF_8))
                        .expectClose());
        try (RawWebSocket socket =
                rig.webSocket("/" + channel + GeminiLiveProvider.PATH + query, line, "User-Agent: of-gemini")) {
            assertThat(socket.binary()).isEqualTo("{}".getBytes(StandardCharsets.UTF_8));
        }
        assertThat(ALPHA.only().target()).isEqualTo(GeminiLiveProvider.PATH + sent);
        assertThat(ALPHA.only().header("x-goog-api-key").orElse(""))
                .isEqualTo(channel.equals("gemini") ? RigConfig.keyOf("gemini") : "");
        rig.awaitLogLine("of-gemini");
        assertThat(String.join("\n", rig.accessLog())).doesNotContain("pk_test", "sk_upstream");
    }

    /** Somebody in front of the gateway has taken the upgrade away: then it is no handshake, and no key is read there. */
    @Test
    void a_key_in_a_subprotocol_counts_in_handshakes_only_and_goes_nowhere_else() throws IOException {
        Calls.get(rig, "/v1/models", OFFER).isFailure(401, "missing_api_key");
        ALPHA.on("/v1/models").reply(Calls.ok());
        Calls.Result result = Calls.get(rig, "/alpha/v1/models", OFFER, GatewayRig.AUTH);
        assertThat(result.status()).isEqualTo(200);
        assertThat(ALPHA.only().headers("sec-websocket-protocol")).containsExactly("realtime");
    }
}
