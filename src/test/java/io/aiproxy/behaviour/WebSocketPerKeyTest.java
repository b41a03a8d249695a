package io.aiproxy.behaviour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.aiproxy.testing.FakeUpstream;
import io.aiproxy.testing.Gate;
import io.aiproxy.testing.GatewayRig;
import io.aiproxy.testing.NeedsGateway;
import io.aiproxy.testing.RawClient;
import io.aiproxy.testing.RawWebSocket;
import io.aiproxy.testing.Reply;
import io.aiproxy.testing.RigConfig;
import io.aiproxy.testing.SocketEnd;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A key has no more WebSockets open at a channel than it may have; whatever becomes of one, its place is free again. Every
 * test has a channel and a user of its own.
 */
@NeedsGateway
class WebSocketPerKeyTest {
    private static final FakeUpstream UPSTREAM = FakeUpstream.start();
    private static final FakeUpstream OTHER = FakeUpstream.start();
    private static final List<String> CASES = List.of(
            "dialect",
            "keys",
            "close",
            "channel-close",
            "cut",
            "channel-cut",
            "s401",
            "s404",
            "s503",
            "leaving",
            "broken",
            "early");
    private static final String ONE = "websocket: {max_per_key: 1}";
    private static GatewayRig rig;

    @BeforeAll
    static void start() {
        RigConfig config = RigConfig.empty();
        for (String name : CASES) {
            config.channel(name, UPSTREAM, ONE).user(name, "pk_test_" + name, name);
        }
        config.channel("first", UPSTREAM, ONE)
                .channel("second", OTHER, ONE)
                .user("failover", "pk_test_failover", "first", "second")
                .channel("refused", "http://127.0.0.1:" + FakeUpstream.refusingPort(), ONE)
                .user("refused", "pk_test_refused", "refused")
                .userLines(
                        "keys",
                        "channels: [keys]",
                        "keys:\n  - {proxy_key: pk_test_keys, name: laptop}\n  - {proxy_key: pk_test_keys_2, name: desk}");
        rig = GatewayRig.start(config);
    }

    @AfterAll
    static void stop() {
        rig.close();
        UPSTREAM.close();
        OTHER.close();
    }

    @BeforeEach
    void reset() {
        UPSTREAM.reset();
        OTHER.reset();
        UPSTREAM.onAny().reply(Reply.webSocket().echo());
        OTHER.onAny().reply(Reply.webSocket().echo());
    }

    private static RawWebSocket open(String who) throws IOException {
        return RawWebSocket.open(rig.port(), "/v1/realtime", key(who));
    }

    private static String key(String who) {
        return "Authorization: Bearer pk_test_" + who;
    }

    private static Calls.Result refused(String who) throws IOException {
        try (RawClient client = rig.client()) {
            RawWebSocket.on(client).sendHandshake("/v1/realtime", key(who));
            return Calls.read(client);
        }
    }

    private static void works(RawWebSocket socket) throws IOException {
        assertThat(socket.text("there?").text()).isEqualTo("there?");
    }

    /** Blocks until there is a place, and takes it. */
    private static void hasAPlace(String who) {
        await().until(() -> {
            try (RawClient client = rig.client()) {
                RawWebSocket socket = RawWebSocket.on(client);
                int status = socket.handshake("/v1/realtime", key(who)).status();
                assertThat(status).isIn(101, 429);
                return status == 101;
            }
        });
    }

    @Test
    void theNextIsRefusedInTheCallersDialectAndNothingReachesTheChannel() throws IOException {
        try (RawWebSocket socket = open("dialect")) {
            works(socket);
            JsonNode error = refused("dialect")
                    .isFailure(429, "socket_limit_exceeded")
                    .json()
                    .path("error");
            assertThat(error.path("code").asText()).isEqualTo("socket_limit_exceeded");
            assertThat(error.path("type").asText()).isNotEmpty();
            assertThat(error.path("message").asText()).contains("1 WebSockets open");
            assertThat(UPSTREAM.requests()).hasSize(1);
            works(socket);
        }
    }

    @Test
    void everyKeyHasItsOwnPlaces() throws IOException {
        try (RawWebSocket laptop = open("keys");
                RawWebSocket desk = open("keys_2")) {
            works(laptop);
            works(desk);
            refused("keys").isFailure(429, "socket_limit_exceeded");
        }
    }

    @Test
    void theNextChannelTakesTheNextSocket() throws IOException {
        try (RawWebSocket one = open("failover");
                RawWebSocket two = open("failover")) {
            works(one);
            works(two);
            assertThat(UPSTREAM.requests()).hasSize(1);
            assertThat(OTHER.requests()).hasSize(1);
            refused("failover").isFailure(429, "socket_limit_exceeded");
            one.close(1000, "");
            assertThat(one.awaitClose().code()).isEqualTo(1000);
            assertThat(one.closedByPeer()).isTrue();
            hasAPlace("failover");
            works(two);
        }
    }

    @Test
    void afterACloseFrameOfTheCaller() throws IOException {
        try (RawWebSocket socket = open("close")) {
            refused("close").isFailure(429, "socket_limit_exceeded");
            socket.close(1000, "");
            assertThat(socket.awaitClose()).isEqualTo(SocketEnd.close(1000, ""));
        }
        hasAPlace("close");
    }

    @Test
    void afterACloseFrameOfTheChannel() throws IOException {
        UPSTREAM.onAny().reply(Reply.webSocket().close(1011, "tired").expectClose());
        try (RawWebSocket socket = open("channel-close")) {
            socket.close(socket.awaitClose().code(), "");
            assertThat(socket.closedByPeer()).isTrue();
        }
        hasAPlace("channel-close");
    }

    @Test
    void afterACut() throws IOException {
        try (RawWebSocket socket = open("cut")) {
            works(socket);
            socket.abort();
        }
        hasAPlace("cut");
    }

    @Test
    void afterACutByTheChannel() throws IOException {
        UPSTREAM.onAny().reply(Reply.webSocket().cut());
        try (RawWebSocket socket = open("channel-cut")) {
            assertThat(socket.awaitClose()).isEqualTo(SocketEnd.CUT);
        }
        hasAPlace("channel-cut");
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 404, 503})
    void afterAHandshakeThatTheChannelRefuses(int status) throws IOException {
        UPSTREAM.reset();
        UPSTREAM.onAny().reply(Reply.json(status, "{}")).reply(Reply.webSocket().echo());
        assertThat(refused("s" + status).status()).isEqualTo(status == 401 ? 502 : status);
        try (RawWebSocket socket = open("s" + status)) {
            works(socket);
            socket.close(1000, "");
            assertThat(socket.awaitClose().code()).isEqualTo(1000);
        }
        hasAPlace("s" + status);
    }

    @Test
    void afterABrokenHandshake() throws IOException {
        UPSTREAM.reset();
        UPSTREAM.onAny()
                .reply(Reply.webSocket().accept("wrong"))
                .reply(Reply.hangUp())
                .reply(Reply.webSocket().echo());
        refused("broken").isFailure(502, "upstream_protocol_error");
        refused("broken").isFailure(502, "upstream_disconnected");
        hasAPlace("broken");
    }

    @Test
    void afterARefusedConnection() throws IOException {
        for (int i = 0; i < 3; i++) {
            refused("refused").isFailure(502, "upstream_unreachable");
        }
    }

    @Test
    void afterTheCallerHasLeftDuringTheHandshake() throws IOException {
        Gate gate = Gate.closed();
        UPSTREAM.reset();
        UPSTREAM.onAny()
                .reply(Reply.webSocket().await(gate).echo())
                .reply(Reply.webSocket().echo());
        try (RawClient client = rig.client()) {
            RawWebSocket.on(client).sendHandshake("/v1/realtime", key("leaving"));
            gate.awaitReached();
            refused("leaving").isFailure(429, "socket_limit_exceeded");
        }
        hasAPlace("leaving");
        UPSTREAM.requests().get(0).socket().awaitGone();
    }

    @Test
    void afterACallerThatSpokeTooEarly() throws IOException {
        try (RawClient client = rig.client()) {
            client.send("GET /v1/realtime HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                    + key("early") + "\r\nSec-WebSocket-Key: " + RawWebSocket.KEY
                    + "\r\nSec-WebSocket-Version: 13\r\n\r\nearly");
            Calls.read(client).isFailure(400, "invalid_request");
        }
        hasAPlace("early");
    }
}
