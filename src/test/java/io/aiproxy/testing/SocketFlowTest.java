package io.aiproxy.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** Much through the kit's WebSockets, peers that do not read, TLS, and a client that somebody else wrote. */
class SocketFlowTest {
    @AutoClose
    private final FakeUpstream upstream = FakeUpstream.start();

    @Test
    void echoesManySmallMessages() throws Exception {
        int messages = 10_000;
        upstream.onAny().reply(Reply.webSocket().echo());
        try (RawWebSocket socket = RawWebSocket.open(upstream.port(), "/")) {
            CompletableFuture<Void> sending = CompletableFuture.runAsync(() -> {
                try {
                    for (int i = 0; i < messages; i++) {
                        socket.text("message " + i);
                    }
                    socket.close(1000, "");
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            });
            for (int i = 0; i < messages; i++) {
                assertThat(socket.text()).isEqualTo("message " + i);
            }
            assertThat(socket.awaitClose()).isEqualTo(SocketEnd.close(1000, ""));
            sending.get(20, TimeUnit.SECONDS);
        }
        assertThat(upstream.only().socket().count()).isEqualTo(messages + 1);
    }

    @Test
    void echoesLargeMessagesAndFragmentsAndAnswersPingsBetween() throws Exception {
        upstream.onAny().reply(Reply.webSocket().echo());
        byte[] large = Payload.bytes(5, 16 << 20);
        try (RawWebSocket socket = RawWebSocket.open(upstream.port(), "/")) {
            CompletableFuture<Void> sending = CompletableFuture.runAsync(() -> {
                try {
                    socket.binary(large);
                    socket.send(Frame.binary(large).rsv(Frame.COMPRESSED).more());
                    socket.ping("now");
                    socket.send(Frame.continuation("end"));
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            });
            assertThat(socket.frame().equals(Frame.binary(large))).isTrue();
            assertThat(socket.frame()
                            .equals(Frame.binary(large).rsv(Frame.COMPRESSED).more()))
                    .isTrue();
            assertThat(socket.frame()).isEqualTo(Frame.pong("now"));
            assertThat(socket.frame()).isEqualTo(Frame.continuation("end"));
            sending.get(20, TimeUnit.SECONDS);
        }
    }

    @Test
    void halfAFrameDoesNotKeepTheEchoOfTheOneBefore() throws IOException {
        upstream.onAny().reply(Reply.webSocket().echo());
        try (RawWebSocket socket = RawWebSocket.open(upstream.port(), "/")) {
            Frame second = Frame.text("second").masked(1);
            byte[] first = Frame.text("first").masked(2).bytes();
            byte[] both = java.util.Arrays.copyOf(first, first.length + 8);
            System.arraycopy(second.bytes(), 0, both, first.length, 8);
            socket.sendBytes(both);
            assertThat(socket.text()).isEqualTo("first");
            socket.sendPart(second, 8, second.bytes().length);
            assertThat(socket.text()).isEqualTo("second");
        }
    }

    @Test
    void anUpstreamThatDoesNotReadHoldsTheSender() throws Exception {
        Gate gate = Gate.closed();
        try (FakeUpstream slow = FakeUpstream.startWithReceiveBuffer(16_384)) {
            slow.onAny().reply(Reply.webSocket().stopReading().await(gate).resumeReading());
            try (RawWebSocket socket = RawWebSocket.open(slow.port(), "/")) {
                gate.awaitReached();
                CompletableFuture<Void> sending = CompletableFuture.runAsync(() -> {
                    try {
                        socket.binary(new byte[32 << 20]);
                    } catch (IOException e) {
                        throw new IllegalStateException(e);
                    }
                });
                SocketRecord record = slow.only().socket();
                await().during(300, TimeUnit.MILLISECONDS).until(() -> !sending.isDone());
                assertThat(record.receivedBytes()).isLessThan(1 << 20);
                gate.open();
                assertThat(record.awaitFrame(1).length()).isEqualTo(32 << 20);
                sending.get(20, TimeUnit.SECONDS);
            }
        }
    }

    @Test
    void aClientThatDoesNotReadHoldsTheScript() throws IOException {
        upstream.onAny().reply(Reply.webSocket().flood(2000, 32_768));
        try (RawWebSocket socket = RawWebSocket.open(RawClient.connect("127.0.0.1", upstream.port(), 16_384), "/")) {
            socket.frame();
            AtomicLong before = new AtomicLong();
            await("the script to be held")
                    .pollInterval(200, TimeUnit.MILLISECONDS)
                    .until(() -> upstream.only().bytesSent()
                            == before.getAndSet(upstream.only().bytesSent()));
            assertThat(upstream.only().bytesSent()).isLessThan(2000L * 32_768);
            for (int i = 1; i < 2000; i++) {
                assertThat(socket.frame().length()).isEqualTo(32_768);
            }
        }
    }

    @Test
    void worksThroughTls() throws IOException {
        TestCa ca = TestCa.create("kit");
        try (FakeUpstream secure = FakeUpstream.start(ca.identity("dns:localhost"))) {
            secure.onAny().reply(Reply.webSocket().echo());
            try (RawWebSocket socket =
                    RawWebSocket.open(RawClient.connectTls(secure.port(), ca.clientContext(), "localhost"), "/")) {
                assertThat(socket.text("sealed").text()).isEqualTo("sealed");
                socket.close(1000, "");
                assertThat(socket.awaitClose()).isEqualTo(SocketEnd.close(1000, ""));
                assertThat(socket.closedByPeer()).isTrue();
            }
        }
    }

    @Test
    void theJdksClientUnderstandsTheScripts() throws Exception {
        upstream.onAny()
                .reply(Reply.webSocket()
                        .subprotocol("realtime")
                        .sendFragments("one ", "two ", "three")
                        .expectText("answer")
                        .close(4001, "enough"));
        Listener listener = new Listener();
        WebSocket socket = HttpClient.newHttpClient()
                .newWebSocketBuilder()
                .subprotocols("realtime", "other")
                .buildAsync(URI.create("ws://localhost:" + upstream.port() + "/x?y=1"), listener)
                .get(20, TimeUnit.SECONDS);
        assertThat(socket.getSubprotocol()).isEqualTo("realtime");
        assertThat(listener.text.get(20, TimeUnit.SECONDS)).isEqualTo("one two three");
        socket.sendText("ans", false).get(20, TimeUnit.SECONDS);
        socket.sendText("wer", true).get(20, TimeUnit.SECONDS);
        assertThat(listener.closed.get(20, TimeUnit.SECONDS)).isEqualTo("4001 enough");
        SocketRecord record = upstream.only().socket();
        assertThat(record.awaitEnd()).isEqualTo(SocketEnd.close(4001, ""));
        assertThat(record.frames()).allMatch(Frame::masked);
        record.awaitGone();
        assertThat(upstream.only().target()).isEqualTo("/x?y=1");
    }

    @Test
    void theJdksClientIsEchoed() throws Exception {
        upstream.onAny().reply(Reply.webSocket().echo());
        Listener listener = new Listener();
        WebSocket socket = HttpClient.newHttpClient()
                .newWebSocketBuilder()
                .buildAsync(URI.create("ws://localhost:" + upstream.port() + "/"), listener)
                .get(20, TimeUnit.SECONDS);
        String large = "用户".repeat(200_000);
        socket.sendPing(java.nio.ByteBuffer.wrap(new byte[] {1})).get(20, TimeUnit.SECONDS);
        socket.sendText(large, true).get(20, TimeUnit.SECONDS);
        assertThat(listener.text.get(20, TimeUnit.SECONDS).equals(large)).isTrue();
        assertThat(listener.pong.get(20, TimeUnit.SECONDS)).isEqualTo(1);
        socket.sendClose(1000, "done").get(20, TimeUnit.SECONDS);
        assertThat(listener.closed.get(20, TimeUnit.SECONDS)).isEqualTo("1000 done");
    }

    private static final class Listener implements WebSocket.Listener {
        private final StringBuilder pieces = new StringBuilder();
        private final CompletableFuture<String> text = new CompletableFuture<>();
        private final CompletableFuture<Integer> pong = new CompletableFuture<>();
        private final CompletableFuture<String> closed = new CompletableFuture<>();

        @Override
        public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
            pieces.append(data);
            if (last) {
                text.complete(pieces.toString());
            }
            socket.request(1);
            return null;
        }

        @Override
        public @Nullable CompletionStage<?> onPong(WebSocket socket, java.nio.ByteBuffer message) {
            pong.complete((int) message.get());
            socket.request(1);
            return null;
        }

        @Override
        public @Nullable CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
            closed.complete(code + " " + reason);
            return null;
        }
    }
}
