package io.aiproxy.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.util.Optional;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class SocketKitTest {
    @AutoClose
    private final FakeUpstream upstream = FakeUpstream.start();

    private RawWebSocket open(String... headerLines) throws IOException {
        return RawWebSocket.open(upstream.port(), "/socket", headerLines);
    }

    @Test
    void playsAScriptAndRecordsFrames() throws IOException {
        upstream.onAny()
                .reply(Reply.webSocket()
                        .subprotocol("realtime")
                        .header("X-Extra", "1")
                        .sendText("hello")
                        .expectText("question")
                        .sendFragments("用", "户", "!")
                        .expectBinary(new byte[] {1, 2})
                        .ping("?")
                        .close(1000, "bye"));
        try (RawWebSocket socket = RawWebSocket.on(RawClient.connect(upstream.port()))) {
            RawClient.Answer answer = socket.handshake("/socket", "Sec-WebSocket-Protocol: realtime");
            assertThat(answer.header("sec-websocket-protocol")).isEqualTo("realtime");
            assertThat(answer.header("x-extra")).isEqualTo("1");
            assertThat(socket.text()).isEqualTo("hello");
            socket.text("question");
            assertThat(socket.frame()).isEqualTo(Frame.text("用").more());
            assertThat(socket.frame()).isEqualTo(Frame.continuation("户").more());
            assertThat(socket.frame()).isEqualTo(Frame.continuation("!"));
            socket.binary(new byte[] {1, 2});
            assertThat(socket.frame()).isEqualTo(Frame.ping("?"));
            socket.close(1001, "leaving");
            assertThat(socket.awaitClose()).isEqualTo(SocketEnd.close(1000, "bye"));
            assertThat(socket.closedByPeer()).isTrue();
        }
        SocketRecord record = upstream.only().socket();
        record.awaitGone();
        assertThat(record.awaitEnd()).isEqualTo(SocketEnd.close(1001, "leaving"));
        assertThat(record.frames()).hasSize(3).allMatch(Frame::masked);
        assertThat(record.texts()).containsExactly("question");
        assertThat(upstream.only().hungUp()).isFalse();
    }

    @Test
    void fragmentsOfTheClientAreOneMessageToTheScriptAndFramesInTheRecord() throws IOException {
        upstream.onAny().reply(Reply.webSocket().expectText("abc").sendText("ok"));
        try (RawWebSocket socket = open()) {
            socket.send(Frame.text("a").more()).ping("between");
            socket.send(Frame.continuation("b").more()).send(Frame.continuation("c"));
            assertThat(socket.text()).isEqualTo("ok");
        }
        assertThat(upstream.only().socket().frames())
                .containsExactly(
                        Frame.text("a").more(),
                        Frame.ping("between"),
                        Frame.continuation("b").more(),
                        Frame.continuation("c"));
        assertThat(upstream.only().socket().awaitEnd()).isEqualTo(SocketEnd.CUT);
        upstream.only().awaitHangup();
    }

    @Test
    void aScriptThatRunsOutAnswersTheCloseFrame() throws IOException {
        upstream.onAny().reply(Reply.webSocket());
        try (RawWebSocket socket = open()) {
            socket.close(3999, "mine");
            assertThat(socket.awaitClose()).isEqualTo(SocketEnd.close(3999, "mine"));
            assertThat(socket.closedByPeer()).isTrue();
        }
        try (RawWebSocket socket = open()) {
            socket.send(Frame.close());
            assertThat(socket.frame()).isEqualTo(Frame.close());
        }
        await().until(() -> upstream.openConnections() == 0);
    }

    @Test
    void anUnexpectedFrameIsTheTestsFailure() throws IOException {
        upstream.onAny().reply(Reply.webSocket().expectText("this"));
        try (RawWebSocket socket = open()) {
            socket.text("that");
            assertThat(socket.awaitClose()).isIn(SocketEnd.CUT, SocketEnd.RESET);
        }
        SocketRecord record = upstream.only().socket();
        assertThatThrownBy(() -> record.awaitFrame(2))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("expected the text this, there came text (4) \"that\"");
    }

    @Test
    void showsUnsoundFramesAsTheyCame() throws IOException {
        upstream.onAny()
                .reply(Reply.webSocket()
                        .send(Frame.text("masked").masked(0x01020304))
                        .send(Frame.text("long").lengthIn(8))
                        .send(Frame.of(11, new byte[0]).rsv(3))
                        .send(Frame.ping("part").more())
                        .sendBytes(new byte[] {(byte) 0x81, 5, 'h'})
                        .cut());
        try (RawWebSocket socket = open()) {
            socket.sendExactly(Frame.text("bare").lengthIn(2));
            Frame first = socket.frame();
            assertThat(first.masked()).isTrue();
            assertThat(first.maskKey()).isEqualTo(0x01020304);
            assertThat(first.text()).isEqualTo("masked");
            assertThat(socket.frame().lengthBytes()).isEqualTo(8);
            assertThat(socket.frame()).isEqualTo(Frame.of(11, new byte[0]).rsv(3));
            assertThat(socket.frame().fin()).isFalse();
            assertThat(socket.next()).isEmpty();
            assertThat(socket.end()).isEqualTo(Optional.of(SocketEnd.CUT));
        }
    }

    @Test
    void recordsUnsoundFramesAsTheyCame() throws IOException {
        upstream.onAny().reply(Reply.webSocket().stall());
        try (RawWebSocket socket = open()) {
            Frame odd = Frame.text("odd").masked(7).lengthIn(8);
            socket.sendExactly(Frame.text("bare").lengthIn(2)).sendExactly(odd);
            SocketRecord record = upstream.only().socket();
            assertThat(record.awaitFrame(1).masked()).isFalse();
            assertThat(record.awaitFrame(1).lengthBytes()).isEqualTo(2);
            assertThat(record.awaitFrame(2).bytes()).isEqualTo(odd.bytes());
            socket.sendPart(odd, 0, 15);
            await().until(() -> record.receivedBytes() == 4 + 3 + 1);
            assertThat(record.count()).isEqualTo(2);
            socket.sendPart(odd, 15, odd.bytes().length);
            assertThat(record.awaitFrame(3)).isEqualTo(odd);
            socket.abort();
            assertThat(record.awaitEnd()).isEqualTo(SocketEnd.RESET);
        }
    }

    @Test
    void compressedFramesKeepTheirBit() throws IOException {
        String text = "again and again ".repeat(5000);
        upstream.onAny().reply(Reply.webSocket().send(Frame.text(text).deflated()));
        try (RawWebSocket socket = open()) {
            Frame frame = socket.frame();
            assertThat(frame.rsv()).isEqualTo(Frame.COMPRESSED);
            assertThat(frame.length()).isLessThan(2000);
            assertThat(new String(frame.inflated(), java.nio.charset.StandardCharsets.UTF_8))
                    .isEqualTo(text);
        }
    }

    @Test
    void aGateHoldsTheHandshakeOrTheNextFrame() throws IOException {
        Gate first = Gate.closed();
        Gate second = Gate.closed();
        upstream.onAny()
                .reply(Reply.webSocket().await(first).flushHead().await(second).sendText("late"));
        try (RawWebSocket socket = RawWebSocket.on(RawClient.connect(upstream.port()))) {
            socket.sendHandshake("/");
            first.awaitReached();
            assertThat(upstream.only().bytesSent()).isZero();
            first.open();
            assertThat(socket.client().answer().status()).isEqualTo(101);
            second.awaitReached();
            second.open();
            assertThat(socket.text()).isEqualTo("late");
        }
    }

    @Test
    void endsInEveryWay() throws IOException {
        Gate gate = Gate.closed();
        upstream.on("/cut").reply(Reply.webSocket().sendText("x").cut());
        upstream.on("/reset").reply(Reply.webSocket().flushHead().await(gate).reset());
        upstream.on("/close")
                .reply(Reply.webSocket().close(4000, "why").expectClose().cut());
        try (RawWebSocket socket = RawWebSocket.open(upstream.port(), "/cut")) {
            assertThat(socket.awaitClose()).isEqualTo(SocketEnd.CUT);
        }
        try (RawWebSocket socket = RawWebSocket.open(upstream.port(), "/reset")) {
            gate.open();
            assertThat(socket.awaitClose()).isEqualTo(SocketEnd.RESET);
        }
        try (RawWebSocket socket = RawWebSocket.open(upstream.port(), "/close")) {
            assertThat(socket.awaitClose()).isEqualTo(SocketEnd.close(4000, "why"));
            assertThat(socket.close(4000, "").closedByPeer()).isTrue();
        }
    }

    @Test
    void theFirstFrameMayShareTheSegmentOfThe101AndEveryByteMayTravelAlone() throws IOException {
        upstream.on("/together")
                .reply(Reply.webSocket().cork().sendText("one").sendText("two").uncork());
        upstream.on("/apart").reply(Reply.webSocket().splitEvery(1).sendText("用户"));
        try (RawWebSocket socket = RawWebSocket.open(upstream.port(), "/together")) {
            assertThat(socket.text()).isEqualTo("one");
            assertThat(socket.text()).isEqualTo("two");
        }
        try (RawWebSocket socket = RawWebSocket.open(upstream.port(), "/apart")) {
            assertThat(socket.text()).isEqualTo("用户");
        }
    }

    @Test
    void aHandshakeThatIsNoneIsToldSo() throws IOException {
        upstream.onAny().reply(Reply.webSocket());
        try (RawClient client = RawClient.connect(upstream.port())) {
            RawClient.Answer answer = client.get("/").answer();
            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.text()).contains("Upgrade has to be websocket");
        }
        assertThat(upstream.troubles()).hasSize(1);
    }

    @Test
    void aRefusalIsAnOrdinaryAnswerAndAWrongAcceptIsNoticed() throws IOException {
        upstream.on("/refused").reply(Reply.json(403, "{\"no\":1}"));
        upstream.on("/wrong").reply(Reply.webSocket().accept("wrong").flushHead());
        try (RawWebSocket socket = RawWebSocket.on(RawClient.connect(upstream.port()))) {
            RawClient.Answer answer = socket.handshake("/refused");
            assertThat(answer.status()).isEqualTo(403);
            assertThat(answer.text()).isEqualTo("{\"no\":1}");
        }
        assertThatThrownBy(() -> RawWebSocket.open(upstream.port(), "/wrong"))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("does not fit");
    }

    @Test
    void leaksAreFoundInFramesToo() throws IOException {
        upstream.forbid("pk_test_zhangsan");
        upstream.onAny().reply(Reply.webSocket().expectText().sendText("seen"));
        try (RawWebSocket socket = open()) {
            socket.text("my key is pk_test_zhangsan");
            socket.text();
        }
        assertThat(upstream.leaks()).hasSize(1);
    }
}
