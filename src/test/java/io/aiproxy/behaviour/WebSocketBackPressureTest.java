package io.aiproxy.behaviour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.aiproxy.testing.FakeUpstream;
import io.aiproxy.testing.Frame;
import io.aiproxy.testing.Gate;
import io.aiproxy.testing.GatewayRig;
import io.aiproxy.testing.NeedsGateway;
import io.aiproxy.testing.Payload;
import io.aiproxy.testing.RawClient;
import io.aiproxy.testing.RawWebSocket;
import io.aiproxy.testing.Recorded;
import io.aiproxy.testing.Reply;
import io.aiproxy.testing.RigConfig;
import io.netty.buffer.PooledByteBufAllocator;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** Whoever does not read on a WebSocket makes the other end wait, and nothing is lost or piled up in the gateway. */
@NeedsGateway
class WebSocketBackPressureTest {
    private static final int FRAMES = 1900;
    private static final int SIZE = 32 << 10;
    /**
     * What the kernel's buffers of both connections and two water marks may hold, which is the kernel's to decide: measured
     * are 5 to 19 MiB, of 59 that are sent in all. What the gateway holds is looked at separately.
     */
    private static final long ON_THE_WAY = 40L << 20;
    /** What the gateway itself may hold for one socket, generously: water marks and a few reads. */
    private static final long IN_THE_GATEWAY = 8L << 20;

    @AutoClose
    private final FakeUpstream upstream = FakeUpstream.startWithReceiveBuffer(16 << 10);

    @AutoClose
    private final GatewayRig rig =
            GatewayRig.start(RigConfig.empty().channel("alpha", upstream).user("zhangsan", GatewayRig.KEY, "alpha"));

    /** Blocks until the count has begun and stands still over several looks. */
    private static long standstill(LongSupplier count) {
        AtomicLong last = new AtomicLong(-1);
        await().atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(300))
                .until(() -> count.getAsLong() > 0 && last.getAndSet(count.getAsLong()) == count.getAsLong());
        return last.get();
    }

    private static long nettyMemory() {
        var metric = PooledByteBufAllocator.DEFAULT.metric();
        return metric.usedDirectMemory() + metric.usedHeapMemory();
    }

    @Test
    void aCallerThatDoesNotReadHoldsTheChannel() throws IOException {
        upstream.onAny().reply(Reply.webSocket().flood(FRAMES, SIZE).close(1000, "all"));
        long before = nettyMemory();
        try (RawWebSocket socket = RawWebSocket.open(
                RawClient.connect("127.0.0.1", rig.port(), 16 << 10), "/slow-caller", GatewayRig.AUTH)) {
            Recorded request = upstream.awaitRequest(1);
            assertThat(standstill(request::bytesSent)).isLessThan(ON_THE_WAY);
            assertThat(nettyMemory() - before).isLessThan(IN_THE_GATEWAY);
            for (int i = 0; i < FRAMES; i++) {
                assertThat(Arrays.equals(socket.binary(), Payload.bytes((long) i * SIZE, SIZE)))
                        .isTrue();
            }
            assertThat(socket.awaitClose().code()).isEqualTo(1000);
        }
    }

    @Test
    void aChannelThatDoesNotReadHoldsTheCaller() throws Exception {
        Gate gate = Gate.closed();
        upstream.onAny().reply(Reply.webSocket().stopReading().await(gate).resumeReading());
        long before = nettyMemory();
        AtomicLong sent = new AtomicLong();
        try (RawWebSocket socket = RawWebSocket.open(rig.port(), "/slow-channel", GatewayRig.AUTH)) {
            gate.awaitReached();
            CompletableFuture<Void> sending = CompletableFuture.runAsync(() -> {
                try {
                    for (int i = 0; i < FRAMES; i++) {
                        socket.binary(Payload.bytes((long) i * SIZE, SIZE));
                        sent.addAndGet(SIZE);
                    }
                    socket.close(1000, "all");
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            });
            assertThat(standstill(sent::get)).isLessThan(ON_THE_WAY);
            assertThat(nettyMemory() - before).isLessThan(IN_THE_GATEWAY);
            gate.open();
            sending.get(20, TimeUnit.SECONDS);
            assertThat(upstream.only().socket().awaitEnd().code()).isEqualTo(1000);
        }
        assertThat(upstream.only().socket().count()).isEqualTo(FRAMES + 1);
        for (int i = 0; i < FRAMES; i++) {
            Frame frame = upstream.only().socket().awaitFrame(i + 1);
            assertThat(Arrays.equals(frame.payload(), Payload.bytes((long) i * SIZE, SIZE)))
                    .isTrue();
        }
    }

    @Test
    void aCallerThatDoesNotReadCanStillSpeak() throws IOException {
        upstream.onAny()
                .reply(Reply.webSocket().flood(FRAMES, SIZE).expectText("stop").close(1000, "stopped"));
        try (RawWebSocket socket =
                RawWebSocket.open(RawClient.connect("127.0.0.1", rig.port(), 16 << 10), "/speaks", GatewayRig.AUTH)) {
            standstill(upstream.awaitRequest(1)::bytesSent);
            socket.text("stop");
            assertThat(upstream.only().socket().awaitFrame(1).text()).isEqualTo("stop");
            for (int i = 0; i < FRAMES; i++) {
                assertThat(socket.frame().length()).isEqualTo(SIZE);
            }
            assertThat(socket.awaitClose().reason()).isEqualTo("stopped");
        }
    }

    @Test
    void manySmallFramesForACallerThatDoesNotReadDoNotPileUp() throws IOException {
        int frames = 2_000_000;
        upstream.onAny().reply(Reply.webSocket().flood(frames, 20));
        long before = nettyMemory();
        try (RawWebSocket socket =
                RawWebSocket.open(RawClient.connect("127.0.0.1", rig.port(), 16 << 10), "/small", GatewayRig.AUTH)) {
            Recorded request = upstream.awaitRequest(1);
            assertThat(standstill(request::bytesSent)).isLessThan(ON_THE_WAY);
            assertThat(nettyMemory() - before).isLessThan(IN_THE_GATEWAY);
            assertThat(socket.binary()).isEqualTo(Payload.bytes(0, 20));
        }
        upstream.only().socket().awaitGone();
    }

    @Test
    void aSocketThatDoesNotReadDoesNotHoldOthers() throws IOException {
        upstream.on("/stuck").reply(Reply.webSocket().flood(FRAMES, SIZE));
        upstream.on("/echo").reply(Reply.webSocket().echo());
        try (RawWebSocket stuck =
                RawWebSocket.open(RawClient.connect("127.0.0.1", rig.port(), 16 << 10), "/stuck", GatewayRig.AUTH)) {
            standstill(upstream.awaitRequest(1)::bytesSent);
            for (int i = 0; i < 10; i++) {
                try (RawWebSocket socket = RawWebSocket.open(rig.port(), "/echo", GatewayRig.AUTH)) {
                    socket.text("hello");
                    assertThat(socket.text()).isEqualTo("hello");
                }
            }
            assertThat(stuck.frame().length()).isEqualTo(SIZE);
        }
    }
}
