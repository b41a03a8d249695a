package io.aiproxy.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import io.aiproxy.testing.FakeUpstream;
import io.aiproxy.testing.Frame;
import io.aiproxy.testing.Gate;
import io.aiproxy.testing.GatewayRig;
import io.aiproxy.testing.NeedsGateway;
import io.aiproxy.testing.Payload;
import io.aiproxy.testing.RawWebSocket;
import io.aiproxy.testing.Reply;
import io.aiproxy.testing.RigConfig;
import io.aiproxy.testing.SocketEnd;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Frames pass through the gateway as they are, both ways, in order, and a socket ends on one side as it ended on the other. */
@NeedsGateway
class WebSocketTest {
    private static final FakeUpstream UPSTREAM = FakeUpstream.start();
    private static GatewayRig rig;

    @BeforeAll
    static void start() {
        rig = GatewayRig.start(RigConfig.empty().channel("alpha", UPSTREAM).user("zhangsan", GatewayRig.KEY, "alpha"));
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

    private static RawWebSocket open(String target) throws IOException {
        return RawWebSocket.open(rig.port(), target, GatewayRig.AUTH);
    }

    @Test
    void aConversation() throws IOException {
        UPSTREAM.expectCredential("authorization", "Bearer " + RigConfig.keyOf("alpha"))
                .forbid(GatewayRig.KEY);
        UPSTREAM.onAny()
                .reply(Reply.webSocket()
                        .sendText("hello")
                        .expectText("hi")
                        .sendBinary(Payload.bytes(1, 70_000))
                        .close(1000, "done")
                        .expectClose());
        try (RawWebSocket socket = open("/v1/realtime?model=gpt-realtime")) {
            assertThat(socket.text()).isEqualTo("hello");
            socket.text("hi");
            assertThat(socket.binary()).isEqualTo(Payload.bytes(1, 70_000));
            assertThat(socket.awaitClose()).isEqualTo(SocketEnd.close(1000, "done"));
        }
        assertThat(UPSTREAM.only().path()).isEqualTo("/v1/realtime");
        assertThat(UPSTREAM.leaks()).isEmpty();
    }

    @Test
    void manyMessagesEachWayInOrder() throws Exception {
        UPSTREAM.onAny().reply(Reply.webSocket().echo());
        int messages = 10_000;
        try (RawWebSocket socket = open("/many")) {
            CompletableFuture<Void> sending = CompletableFuture.runAsync(() -> {
                try {
                    for (int i = 0; i < messages; i++) {
                        socket.send(i % 2 == 0 ? Frame.text("message " + i) : Frame.binary(Payload.bytes(i, i % 300)));
                    }
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            });
            for (int i = 0; i < messages; i++) {
                assertThat(socket.frame())
                        .isEqualTo(i % 2 == 0 ? Frame.text("message " + i) : Frame.binary(Payload.bytes(i, i % 300)));
            }
            sending.get(20, TimeUnit.SECONDS);
            socket.close(1000, "");
            assertThat(socket.awaitClose()).isEqualTo(SocketEnd.close(1000, ""));
        }
        String line = rig.awaitLogLine("\"path\":\"/many\"");
        assertThat(line).contains("\"status\":101").contains("\"ending\":\"ok\"");
    }

    @Test
    void aMessageOf16MiBAndFragmentsWithAPingBetween() throws Exception {
        UPSTREAM.onAny().reply(Reply.webSocket().echo());
        byte[] large = Payload.bytes(5, 16 << 20);
        try (RawWebSocket socket = open("/large")) {
            CompletableFuture<Void> sending = CompletableFuture.runAsync(() -> {
                try {
                    socket.binary(large);
                    socket.send(Frame.text("one ").more());
                    socket.ping("now");
                    socket.send(Frame.continuation("two"));
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            });
            assertThat(socket.frame().equals(Frame.binary(large))).isTrue();
            assertThat(socket.frame()).isEqualTo(Frame.text("one ").more());
            assertThat(socket.frame()).isEqualTo(Frame.pong("now"));
            assertThat(socket.frame()).isEqualTo(Frame.continuation("two"));
            sending.get(20, TimeUnit.SECONDS);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 4001, 4999})
    void theChannelsCloseCodeReachesTheCaller(int code) throws IOException {
        UPSTREAM.onAny().reply(Reply.webSocket().close(code, "because " + code).expectClose());
        try (RawWebSocket socket = open("/close")) {
            assertThat(socket.awaitClose()).isEqualTo(SocketEnd.close(code, "because " + code));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1000, 1001, 1003, 1011, 3000, 4001})
    void theCallersCloseCodeReachesTheChannel(int code) throws IOException {
        UPSTREAM.onAny().reply(Reply.webSocket().expectClose());
        try (RawWebSocket socket = open("/close")) {
            socket.close(code, "because " + code);
            assertThat(UPSTREAM.awaitRequest(1).socket().awaitEnd())
                    .isEqualTo(SocketEnd.close(code, "because " + code));
        }
    }

    @Test
    void aConnectionThatTheChannelCutsIsCutForTheCaller() throws IOException {
        UPSTREAM.onAny().reply(Reply.webSocket().sendText("last words").cut());
        try (RawWebSocket socket = open("/cut-by-channel")) {
            assertThat(socket.text()).isEqualTo("last words");
            assertThat(socket.awaitClose()).isEqualTo(SocketEnd.CUT);
        }
        assertThat(rig.awaitLogLine("/cut-by-channel")).contains("\"ending\":\"truncated\"");
    }

    @Test
    void aConnectionThatTheCallerCutsIsCutForTheChannel() throws IOException {
        Gate gate = Gate.closed();
        UPSTREAM.onAny().reply(Reply.webSocket().flushHead().await(gate).expectClose());
        try (RawWebSocket socket = open("/cut-by-caller")) {
            gate.awaitReached();
            gate.open();
            socket.abort();
            SocketEnd end = UPSTREAM.only().socket().awaitEnd();
            assertThat(end.how()).isIn(SocketEnd.How.CUT, SocketEnd.How.RESET);
        }
        assertThat(rig.awaitLogLine("/cut-by-caller")).contains("\"ending\":\"cancelled\"");
    }
}
