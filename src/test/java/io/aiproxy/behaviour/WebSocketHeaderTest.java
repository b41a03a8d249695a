package io.aiproxy.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import io.aiproxy.testing.FakeUpstream;
import io.aiproxy.testing.GatewayRig;
import io.aiproxy.testing.NeedsGateway;
import io.aiproxy.testing.RawClient;
import io.aiproxy.testing.RawWebSocket;
import io.aiproxy.testing.Recorded;
import io.aiproxy.testing.Reply;
import io.aiproxy.testing.RigConfig;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A handshake reaches the channel as the caller has sent it, but for the credential and what belongs to one connection. */
@NeedsGateway
class WebSocketHeaderTest {
    private static final FakeUpstream UPSTREAM = FakeUpstream.start();
    private static GatewayRig rig;

    @BeforeAll
    static void start() {
        String nowhere = "http://127.0.0.1:" + FakeUpstream.refusingPort();
        rig = GatewayRig.start(RigConfig.empty()
                .channel("alpha", UPSTREAM)
                .channel(
                        "moved",
                        nowhere,
                        "websocket_url: \"ws://localhost:" + UPSTREAM.port() + "/sockets/v1\"",
                        "websocket_endpoints: {/v1/realtime: \"/live?flavour=own\", /api-ws/v1/inference: /ws/inference}")
                .channel("named", UPSTREAM, "host: sockets.example.test")
                .channel("edited", UPSTREAM, "headers: {set: {X-Team: ai}, remove: [x-private]}")
                .user("zhangsan", GatewayRig.KEY, "alpha")
                .user("moved", "pk_test_moved", "moved")
                .user("named", "pk_test_named", "named")
                .user("edited", "pk_test_edited", "edited"));
    }

    @AfterAll
    static void stop() {
        rig.close();
        UPSTREAM.close();
    }

    @BeforeEach
    void reset() {
        UPSTREAM.reset();
        UPSTREAM.onAny().reply(Reply.webSocket().echo());
    }

    private static Recorded atTheChannel(String target, String... headers) throws IOException {
        try (RawWebSocket socket = RawWebSocket.open(rig.port(), target, headers)) {
            assertThat(socket.text("hello").text()).isEqualTo("hello");
        }
        return UPSTREAM.only();
    }

    @Test
    void headersArriveAsTheyWereSent() throws IOException {
        List<String> sent = List.of(
                "OpenAI-Beta: realtime=v1",
                "X-DashScope-DataInspection: enable",
                "x-dashscope-WorkSpace: llm-1",
                "User-Agent: Own/1.0 (a; b)  c",
                "Origin: https://app.example.test",
                "Cookie: a=1; b=2",
                "Accept-Language: de, en;q=0.5",
                "X-Empty:",
                "X-Twice: one",
                "X-Twice: two",
                "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits, x-own; a=\"b, c\"",
                "Sec-WebSocket-Protocol: realtime, openai-beta.realtime-v1");
        String[] all = java.util.stream.Stream.concat(sent.stream(), java.util.stream.Stream.of(GatewayRig.AUTH))
                .toArray(String[]::new);
        Recorded request = atTheChannel("/v1/realtime", all);
        List<String> lines = request.head().text().lines().map(String::strip).toList();
        assertThat(lines).containsAll(sent);
        assertThat(request.headers("x-twice")).containsExactly("one", "two");
        assertThat(request.headers("host")).containsExactly(UPSTREAM.authority());
        assertThat(request.headers("sec-websocket-key")).containsExactly(RawWebSocket.KEY);
        assertThat(request.headers("sec-websocket-version")).containsExactly("13");
        assertThat(request.headers("authorization")).containsExactly("Bearer " + RigConfig.keyOf("alpha"));
    }

    @Test
    void whatBelongsToOneConnectionDoesNot() throws IOException {
        Recorded request = atTheChannel(
                "/v1/realtime",
                GatewayRig.AUTH,
                "Connection: keep-alive, Upgrade, X-Mine",
                "X-Mine: stays here",
                "Keep-Alive: timeout=5",
                "TE: trailers",
                "Proxy-Authorization: Basic eA==",
                "Proxy-Connection: keep-alive");
        assertThat(request.headers("connection")).hasSize(1).first().asString().isEqualToIgnoringCase("upgrade");
        assertThat(request.headers("upgrade")).containsExactly("websocket");
        for (String name : List.of("x-mine", "keep-alive", "te", "proxy-authorization", "proxy-connection")) {
            assertThat(request.headers(name)).as(name).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v1/realtime?model=gpt%2Drealtime&&x=%2F+%20&y",
                "/v1/realtime?",
                "/v1/realtime?model=a&model=b",
                "/a//b/%7Euser/;p=1?q=?&r=/../",
            })
    void theTargetArrivesByteForByte(String target) throws IOException {
        assertThat(atTheChannel(target, GatewayRig.AUTH).target()).isEqualTo(target);
    }

    @ParameterizedTest
    @CsvSource({
        "/v1/realtime?model=m, /sockets/v1/live?flavour=own&model=m",
        "/v1/realtime, /sockets/v1/live?flavour=own",
        "/api-ws/v1/inference?a=b, /sockets/v1/ws/inference?a=b",
        "/v1/other?a=b, /sockets/v1/other?a=b",
        "/sockets/v1/other, /sockets/v1/other",
    })
    void aChannelMayHaveItsWebSocketsElsewhere(String target, String arrives) throws IOException {
        Recorded request = atTheChannel(target, "Authorization: Bearer pk_test_moved");
        assertThat(request.target()).isEqualTo(arrives);
        assertThat(request.headers("host")).containsExactly(UPSTREAM.authority());
    }

    @Test
    void aChannelMayHaveANameOfItsOwn() throws IOException {
        assertThat(atTheChannel("/v1/realtime", "Authorization: Bearer pk_test_named")
                        .headers("host"))
                .containsExactly("sockets.example.test");
    }

    @Test
    void theChannelsHeaderRulesHold() throws IOException {
        Recorded request = atTheChannel(
                "/v1/realtime", "Authorization: Bearer pk_test_edited", "X-Private: secret", "X-Team: mine");
        assertThat(request.headers("x-team")).containsExactly("ai");
        assertThat(request.headers("x-private")).isEmpty();
    }

    @Test
    void the101ReachesTheCallerWithTheGatewaysWords() throws IOException {
        UPSTREAM.onAny()
                .reply(Reply.webSocket()
                        .subprotocol("realtime")
                        .extensions("permessage-deflate; server_no_context_takeover")
                        .header("OpenAI-Version", "2020-10-01")
                        .header("Set-Cookie", "a=1")
                        .header("Set-Cookie", "b=2")
                        .header("Keep-Alive", "timeout=5")
                        .header("Content-Length", "0")
                        .sendText("hello"));
        try (RawClient client = rig.client()) {
            RawWebSocket socket = RawWebSocket.on(client);
            RawClient.Answer answer =
                    socket.handshake("/v1/realtime", GatewayRig.AUTH, "Sec-WebSocket-Protocol: realtime");
            assertThat(answer.head().startLine()).isEqualTo("HTTP/1.1 101 Switching Protocols");
            assertThat(answer.head().headers("sec-websocket-protocol")).containsExactly("realtime");
            assertThat(answer.head().headers("sec-websocket-extensions"))
                    .containsExactly("permessage-deflate; server_no_context_takeover");
            assertThat(answer.header("openai-version")).isEqualTo("2020-10-01");
            assertThat(answer.head().headers("set-cookie")).containsExactly("a=1", "b=2");
            assertThat(answer.head().headers("connection")).hasSize(1);
            assertThat(answer.head().headers("upgrade")).hasSize(1);
            for (String name : List.of("keep-alive", "content-length", "transfer-encoding")) {
                assertThat(answer.head().headers(name)).as(name).isEmpty();
            }
            assertThat(answer.header("x-aiproxy-request-id")).isNotEmpty();
            assertThat(answer.header("x-aiproxy-channel")).isEqualTo("alpha");
            assertThat(answer.header("x-aiproxy-attempts")).isEqualTo("1");
            assertThat(socket.text()).isEqualTo("hello");
        }
    }
}
