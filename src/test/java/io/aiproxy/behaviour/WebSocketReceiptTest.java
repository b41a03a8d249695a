package io.aiproxy.behaviour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.aiproxy.testing.FakeUpstream;
import io.aiproxy.testing.Frame;
import io.aiproxy.testing.Gate;
import io.aiproxy.testing.GatewayRig;
import io.aiproxy.testing.NeedsGateway;
import io.aiproxy.testing.RawClient;
import io.aiproxy.testing.RawWebSocket;
import io.aiproxy.testing.Reply;
import io.aiproxy.testing.RigConfig;
import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A WebSocket leaves one line, when it is over, that says what it carried and how it ended. */
@NeedsGateway
class WebSocketReceiptTest {
    private static final FakeUpstream UPSTREAM = FakeUpstream.start();
    private static GatewayRig rig;

    @BeforeAll
    static void start() {
        rig = GatewayRig.start(RigConfig.empty()
                .channel("alpha", UPSTREAM, "websocket: {max_frame: 1KiB, max_message: 2KiB}")
                .channel("short", UPSTREAM, "websocket: {max_age: 300ms}")
                .channel("quiet", UPSTREAM, "websocket: {idle: 300ms}")
                .channel("refused", "http://127.0.0.1:" + FakeUpstream.refusingPort())
                .user("zhangsan", GatewayRig.KEY, "alpha")
                .user("short", "pk_test_short", "short")
                .user("quiet", "pk_test_quiet", "quiet")
                .user("refused", "pk_test_refused", "refused")
                .system("client: {stall_timeout: 500ms}"));
    }

    @AfterAll
    static void stop() {
        rig.close();
        UPSTREAM.close();
    }

    @BeforeEach
    void reset() {
        UPSTREAM.reset();
    }

    private static RawWebSocket open(String path) throws IOException {
        return RawWebSocket.open(rig.port(), path, GatewayRig.AUTH);
    }

    private static RawWebSocket open(String path, String who) throws IOException {
        return RawWebSocket.open(rig.port(), path, "Authorization: Bearer pk_test_" + who);
    }

    private static JsonNode line(String path) {
        try {
            return new ObjectMapper().readTree(rig.awaitLogLine("\"path\":\"" + path + '"'));
        } catch (JsonProcessingException e) {
            throw new AssertionError(e);
        }
    }

    private static void says(JsonNode line, String ending, int code, String by, String reason) {
        assertThat(line.path("status").asInt()).as(line.toString()).isEqualTo(101);
        assertThat(line.path("ending").asText()).as(line.toString()).isEqualTo(ending);
        assertThat(line.path("close_code").asInt()).as(line.toString()).isEqualTo(code);
        assertThat(line.path("closed_by").asText()).as(line.toString()).isEqualTo(by);
        assertThat(line.path("close_reason").asText()).as(line.toString()).isEqualTo(reason);
        assertThat(line.path("duration_ms").asDouble()).isPositive();
    }

    private static void carried(JsonNode line, long framesIn, long bytesIn, long framesOut, long bytesOut) {
        assertThat(line.path("frames_in").asLong()).as(line.toString()).isEqualTo(framesIn);
        assertThat(line.path("bytes_in").asLong()).as(line.toString()).isEqualTo(bytesIn);
        assertThat(line.path("frames_out").asLong()).as(line.toString()).isEqualTo(framesOut);
        assertThat(line.path("bytes_out").asLong()).as(line.toString()).isEqualTo(bytesOut);
    }

    @Test
    void whatBothSidesHaveSent() throws IOException {
        UPSTREAM.onAny()
                .reply(Reply.webSocket()
                        .cork()
                        .sendText("hello")
                        .sendBinary(new byte[300])
                        .uncork()
                        .expectText("in pieces")
                        .ping("p")
                        .expectClose());
        try (RawWebSocket socket = open("/carried")) {
            assertThat(socket.text()).isEqualTo("hello");
            assertThat(socket.binary()).hasSize(300);
            socket.send(Frame.text("in ").more()).send(Frame.continuation("pieces"));
            assertThat(socket.frame()).isEqualTo(Frame.ping("p"));
            socket.pong("p").close(1000, "");
            assertThat(socket.awaitClose().code()).isEqualTo(1000);
            assertThat(rig.accessLog()).as("not before its end").noneMatch(l -> l.contains("/carried"));
        }
        JsonNode line = line("/carried");
        says(line, "ok", 1000, "caller", "");
        carried(line, 4, 6 + 3 + 6 + 6 + 6 + 1 + 6 + 2, 4, 2 + 5 + 4 + 300 + 2 + 1 + 2 + 2);
        assertThat(line.path("user").asText()).isEqualTo("zhangsan");
        assertThat(line.path("channel").asText()).isEqualTo("alpha");
    }

    @Test
    void theChannelsClose() throws IOException {
        UPSTREAM.onAny().reply(Reply.webSocket().close(4001, "enough").expectClose());
        try (RawWebSocket socket = open("/channel-close")) {
            socket.awaitClose();
            socket.close(4001, "");
            assertThat(socket.closedByPeer()).isTrue();
        }
        JsonNode line = line("/channel-close");
        says(line, "ok", 4001, "channel", "");
        carried(line, 1, 8, 1, 10);
    }

    @Test
    void aCloseOfTheChannelThatTellsOfAFailure() throws IOException {
        UPSTREAM.onAny().reply(Reply.webSocket().close(1011, "internal error").expectClose());
        try (RawWebSocket socket = open("/channel-failure")) {
            socket.awaitClose();
            socket.close(1011, "");
            assertThat(socket.closedByPeer()).isTrue();
        }
        says(line("/channel-failure"), "channel_error", 1011, "channel", "");
    }

    @Test
    void aCloseWithoutACode() throws IOException {
        UPSTREAM.onAny().reply(Reply.webSocket().expectClose());
        try (RawWebSocket socket = open("/no-code")) {
            socket.send(Frame.close());
            assertThat(socket.awaitClose().code()).isEqualTo(1005);
        }
        says(line("/no-code"), "ok", 1005, "caller", "");
    }

    @Test
    void aCutByTheCaller() throws IOException {
        UPSTREAM.onAny().reply(Reply.webSocket().echo());
        try (RawWebSocket socket = open("/caller-cut")) {
            socket.text("a").text();
        }
        JsonNode line = line("/caller-cut");
        says(line, "cancelled", 1006, "caller", "");
        carried(line, 1, 7, 1, 3);
    }

    @Test
    void aCutByTheChannel() throws IOException {
        UPSTREAM.onAny().reply(Reply.webSocket().sendText("a").cut());
        try (RawWebSocket socket = open("/channel-cut")) {
            socket.awaitClose();
        }
        JsonNode line = line("/channel-cut");
        says(line, "truncated", 1006, "channel", "");
        carried(line, 0, 0, 1, 3);
    }

    @Test
    void silence() throws IOException {
        UPSTREAM.onAny().reply(Reply.webSocket().expectClose());
        try (RawWebSocket socket = open("/silence", "quiet")) {
            socket.awaitClose();
            socket.close(1001, "");
            assertThat(socket.closedByPeer()).isTrue();
        }
        JsonNode line = line("/silence");
        says(line, "timed_out", 1001, "gateway", "idle");
        assertThat(line.path("bytes_in").asLong()).as("nothing was passed on").isZero();
        assertThat(line.path("bytes_out").asLong()).isZero();
    }

    @Test
    void age() throws IOException {
        UPSTREAM.onAny().reply(Reply.webSocket().expectClose());
        try (RawWebSocket socket = open("/age", "short")) {
            socket.awaitClose();
        }
        says(line("/age"), "timed_out", 1001, "gateway", "too_old");
    }

    @Test
    void wrongFrames() throws IOException {
        UPSTREAM.onAny().reply(Reply.webSocket().expectClose());
        try (RawWebSocket socket = open("/unmasked")) {
            socket.sendExactly(Frame.text("bare")).awaitClose();
        }
        says(line("/unmasked"), "caller_error", 1002, "gateway", "protocol_error");
        try (RawWebSocket socket = open("/large")) {
            socket.send(Frame.text("before")).binary(new byte[1025]).awaitClose();
        }
        JsonNode large = line("/large");
        says(large, "caller_error", 1009, "gateway", "frame_too_large");
        assertThat(large.path("bytes_in").asLong()).isEqualTo(12);
        try (RawWebSocket socket = open("/large-message")) {
            socket.send(Frame.binary(new byte[1024]).more())
                    .send(Frame.continuation(new byte[1024]).more())
                    .send(Frame.continuation(new byte[1]))
                    .awaitClose();
        }
        says(line("/large-message"), "caller_error", 1009, "gateway", "message_too_large");
    }

    @Test
    void wrongFramesOfTheChannel() throws IOException {
        UPSTREAM.onAny().reply(Reply.webSocket().sendBinary(new byte[1025]).expectClose());
        try (RawWebSocket socket = open("/large-out")) {
            socket.awaitClose();
        }
        JsonNode line = line("/large-out");
        says(line, "channel_error", 1009, "gateway", "frame_too_large");
        assertThat(line.path("bytes_out").asLong()).isZero();
    }

    @Test
    void aHandshakeThatLedToNothing() throws IOException {
        UPSTREAM.onAny().reply(Reply.json(404, "{}"));
        try (RawClient client = rig.client()) {
            RawWebSocket.on(client).sendHandshake("/not-found", GatewayRig.AUTH);
            assertThat(Calls.read(client).status()).isEqualTo(404);
        }
        JsonNode line = line("/not-found");
        assertThat(line.path("status").asInt()).isEqualTo(404);
        assertThat(line.path("ending").asText()).isEqualTo("caller_error");
        assertThat(line.has("closed_by")).isFalse();
        assertThat(line.has("frames_in")).isFalse();
        try (RawClient client = rig.client()) {
            RawWebSocket.on(client).sendHandshake("/nowhere", "Authorization: Bearer pk_test_refused");
            assertThat(Calls.read(client).status()).isEqualTo(502);
        }
        assertThat(line("/nowhere").path("failure").asText()).isEqualTo("upstream_unreachable");
    }

    @Test
    void openSocketsAreCounted() throws IOException {
        Gate gate = Gate.closed();
        UPSTREAM.onAny().reply(Reply.webSocket().await(gate).echo());
        try (RawClient client = rig.client()) {
            RawWebSocket socket = RawWebSocket.on(client).sendHandshake("/counted", GatewayRig.AUTH);
            gate.awaitReached();
            assertThat(open()).isZero();
            gate.open();
            assertThat(client.answer().status()).isEqualTo(101);
            socket.text("a").text();
            assertThat(open()).isEqualTo(1);
        }
        await().until(() -> open() == 0);
    }

    private static double open() throws IOException {
        return Calls.get(rig, "/metrics")
                .text()
                .lines()
                .filter(l -> l.startsWith("aiproxy_websocket_open{") && l.contains("\"alpha\""))
                .mapToDouble(l -> Double.parseDouble(l.substring(l.lastIndexOf(' ') + 1)))
                .sum();
    }
}
