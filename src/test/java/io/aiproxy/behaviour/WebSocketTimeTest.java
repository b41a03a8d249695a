package io.aiproxy.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import io.aiproxy.testing.FakeUpstream;
import io.aiproxy.testing.Frame;
import io.aiproxy.testing.Gate;
import io.aiproxy.testing.GatewayRig;
import io.aiproxy.testing.NeedsGateway;
import io.aiproxy.testing.RawWebSocket;
import io.aiproxy.testing.Reply;
import io.aiproxy.testing.RigConfig;
import io.aiproxy.testing.SocketEnd;
import io.aiproxy.testing.SocketRecord;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A socket on which nothing moves, and one that is too old, is closed with a reason, but never by a Close frame inside
 * another frame; and an end that does not finish is cut off.
 */
@NeedsGateway
class WebSocketTimeTest {
    private static final Duration IDLE = Duration.ofSeconds(2);
    private static final Frame WHOLE = Frame.text("the whole of it");
    private static final int HALF = 9;
    private static final FakeUpstream UPSTREAM = FakeUpstream.start();
    private static GatewayRig rig;

    @BeforeAll
    static void start() {
        rig = GatewayRig.start(RigConfig.empty()
                .channel("idle", UPSTREAM, "websocket: {idle: 2s}")
                .channel("age", UPSTREAM, "websocket: {max_age: 500ms}")
                .channel("none", UPSTREAM, "websocket: {idle: 0s, max_age: 0s}")
                .user("idle", "pk_test_idle", "idle")
                .user("age", "pk_test_age", "age")
                .user("none", "pk_test_none", "none")
                .system("client: {stall_timeout: 700ms}"));
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

    private static RawWebSocket open(String who, String path) throws IOException {
        return RawWebSocket.open(rig.port(), path, "Authorization: Bearer pk_test_" + who);
    }

    private static SocketRecord atTheChannel() {
        return UPSTREAM.awaitRequest(1).socket();
    }

    private static byte[] half() {
        return Arrays.copyOf(WHOLE.bytes(), HALF);
    }

    private static byte[] rest() {
        return Arrays.copyOfRange(WHOLE.bytes(), HALF, WHOLE.bytes().length);
    }

    private static void isTold(SocketEnd end, String reason) {
        assertThat(end.how()).isEqualTo(SocketEnd.How.CLOSE);
        assertThat(end.code()).isEqualTo(1001);
        assertThat(end.reason()).contains(reason);
    }

    @Test
    void aSilentSocketIsClosedOnBothEnds() throws IOException {
        UPSTREAM.onAny().reply(Reply.webSocket().expectClose());
        try (RawWebSocket socket = open("idle", "/silent")) {
            isTold(socket.awaitClose(), "no frame for too long");
            isTold(atTheChannel().awaitEnd(), "no frame for too long");
            socket.close(1001, "");
            assertThat(socket.closedByPeer()).isTrue();
        }
        assertThat(rig.awaitLogLine("\"/silent\"")).contains("\"status\":101", "\"ending\":\"timed_out\"");
    }

    @Test
    void aPingNowAndThenKeepsItOpen() throws IOException {
        UPSTREAM.onAny().reply(Reply.webSocket().answerPings());
        ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
        try (RawWebSocket socket = open("idle", "/pings")) {
            long opened = System.nanoTime();
            ScheduledFuture<?> pinging = clock.scheduleAtFixedRate(() -> ping(socket), 0, 100, TimeUnit.MILLISECONDS);
            while (System.nanoTime() - opened < 2 * IDLE.toNanos()) {
                assertThat(socket.frame()).isEqualTo(Frame.pong("alive"));
            }
            pinging.cancel(false);
            isTold(socket.awaitClose(), "no frame for too long");
        } finally {
            clock.shutdownNow();
        }
    }

    private static void ping(RawWebSocket socket) {
        try {
            socket.ping("alive");
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void anOldSocketIsClosedThoughFramesFlow() throws IOException {
        UPSTREAM.onAny().reply(Reply.webSocket().echo());
        try (RawWebSocket socket = open("age", "/old")) {
            while (socket.end().isEmpty()) {
                socket.text("still here");
                socket.next();
            }
            isTold(socket.awaitClose(), "open for longer");
            isTold(atTheChannel().awaitEnd(), "open for longer");
        }
        assertThat(rig.awaitLogLine("\"/old\"")).contains("\"ending\":\"timed_out\"");
    }

    @Test
    void anOldSocketIsClosedBetweenTheFramesOfAFlood() throws Exception {
        Gate flooding = Gate.closed();
        UPSTREAM.onAny()
                .reply(Reply.webSocket().await(flooding).flood(1_000_000, 5000).expectClose());
        flooding.open();
        try (RawWebSocket socket = open("age", "/flood")) {
            long frames = 0;
            while (socket.end().isEmpty()) {
                if (socket.next().filter(f -> f.length() == 5000).isPresent()) {
                    frames++;
                }
            }
            isTold(socket.awaitClose(), "open for longer");
            assertThat(frames).isPositive();
            isTold(atTheChannel().awaitEnd(), "open for longer");
        }
    }

    @Test
    void theCloseFrameWaitsForTheEndOfAFrameOfTheChannel() throws IOException {
        Gate gate = Gate.closed();
        UPSTREAM.onAny()
                .reply(Reply.webSocket()
                        .sendBytes(half())
                        .expectClose()
                        .await(gate)
                        .cork()
                        .sendBytes(rest())
                        .sendText("too late")
                        .close(4000, "too late as well")
                        .uncork());
        try (RawWebSocket socket = open("age", "/behind-the-channels-frame")) {
            isTold(atTheChannel().awaitEnd(), "open for longer");
            gate.open();
            assertThat(socket.frame()).isEqualTo(WHOLE);
            isTold(socket.frame().closing(), "open for longer");
            assertThat(socket.closedByPeer())
                    .as("nothing behind the Close frame")
                    .isTrue();
        }
    }

    @Test
    void theCloseFrameWaitsForTheEndOfAFrameOfTheCaller() throws IOException {
        UPSTREAM.onAny().reply(Reply.webSocket().expectText(WHOLE.text()).expectClose());
        Frame masked = WHOLE.masked(0x21436587);
        try (RawWebSocket socket = open("age", "/behind-the-callers-frame")) {
            socket.sendPart(masked, 0, 11);
            isTold(socket.awaitClose(), "open for longer");
            byte[] behind = Frame.text("too late").masked(1).bytes();
            byte[] rest = Arrays.copyOfRange(masked.bytes(), 11, masked.bytes().length);
            byte[] both = Arrays.copyOf(rest, rest.length + behind.length);
            System.arraycopy(behind, 0, both, rest.length, behind.length);
            socket.sendBytes(both);
            isTold(atTheChannel().awaitEnd(), "open for longer");
            assertThat(atTheChannel().texts()).containsExactly(WHOLE.text());
        }
    }

    @Test
    void halfAFrameOfTheChannelIsCutOffWithoutACloseFrameInIt() throws IOException {
        UPSTREAM.onAny().reply(Reply.webSocket().sendBytes(half()).stall());
        try (RawWebSocket socket = open("age", "/half-out")) {
            assertThat(socket.next()).isEmpty();
            assertThat(socket.awaitClose().how()).isNotEqualTo(SocketEnd.How.CLOSE);
            isTold(atTheChannel().awaitEnd(), "open for longer");
            atTheChannel().awaitGone();
        }
        assertThat(rig.awaitLogLine("\"/half-out\"")).contains("\"ending\":\"timed_out\"");
    }

    @Test
    void halfAFrameOfTheCallerIsCutOffWithoutACloseFrameInIt() throws IOException {
        UPSTREAM.onAny().reply(Reply.webSocket().expectClose());
        try (RawWebSocket socket = open("age", "/half-in")) {
            socket.sendPart(WHOLE.masked(5), 0, 11);
            isTold(socket.awaitClose(), "open for longer");
            assertThat(atTheChannel().awaitEnd().how()).isNotEqualTo(SocketEnd.How.CLOSE);
            assertThat(socket.closedByPeer()).isTrue();
        }
    }

    @Test
    void aCallerThatDoesNotAnswerACloseFrameIsCutOff() throws IOException {
        UPSTREAM.onAny().reply(Reply.webSocket().close(1000, "that is all").expectClose());
        try (RawWebSocket socket = open("none", "/caller-mute")) {
            assertThat(socket.awaitClose()).isEqualTo(SocketEnd.close(1000, "that is all"));
            assertThat(socket.closedByPeer()).isTrue();
            assertThat(atTheChannel().awaitEnd().how()).isNotEqualTo(SocketEnd.How.CLOSE);
            atTheChannel().awaitGone();
        }
        assertThat(rig.awaitLogLine("\"/caller-mute\"")).contains("\"ending\":\"ok\"");
    }

    @Test
    void aChannelThatDoesNotAnswerACloseFrameIsCutOff() throws IOException {
        UPSTREAM.onAny().reply(Reply.webSocket().stall());
        try (RawWebSocket socket = open("none", "/channel-mute")) {
            socket.close(1000, "that is all");
            assertThat(atTheChannel().awaitEnd()).isEqualTo(SocketEnd.close(1000, "that is all"));
            assertThat(socket.closedByPeer()).isTrue();
            atTheChannel().awaitGone();
        }
        assertThat(rig.awaitLogLine("\"/channel-mute\"")).contains("\"ending\":\"ok\"");
    }

    @Test
    void aChannelThatReadsNothingMoreIsCutOff() throws IOException {
        try (FakeUpstream stuck = FakeUpstream.startWithReceiveBuffer(4096);
                GatewayRig narrow = GatewayRig.start(RigConfig.empty()
                        .channel("stuck", stuck, "websocket: {idle: 500ms}")
                        .user("zhangsan", GatewayRig.KEY, "stuck")
                        .system("client: {stall_timeout: 700ms}"))) {
            stuck.onAny().reply(Reply.webSocket().stopReading().stall());
            try (RawWebSocket socket = RawWebSocket.open(narrow.port(), "/stuck", GatewayRig.AUTH)) {
                ScheduledExecutorService sender = Executors.newSingleThreadScheduledExecutor();
                sender.execute(() -> flood(socket));
                isTold(socket.awaitClose(), "no frame for too long");
                assertThat(narrow.awaitLogLine("\"/stuck\"")).contains("\"ending\":\"timed_out\"");
                sender.shutdownNow();
            }
        }
    }

    private static void flood(RawWebSocket socket) {
        try {
            while (true) {
                socket.binary(new byte[1000]);
            }
        } catch (IOException e) {
            Thread.currentThread().interrupt(); // cut off, as it has to be
        }
    }
}
