package io.aiproxy.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import io.aiproxy.testing.FakeUpstream;
import io.aiproxy.testing.Frame;
import io.aiproxy.testing.Gate;
import io.aiproxy.testing.GatewayRig;
import io.aiproxy.testing.NeedsGateway;
import io.aiproxy.testing.Payload;
import io.aiproxy.testing.RawClient;
import io.aiproxy.testing.RawWebSocket;
import io.aiproxy.testing.Reply;
import io.aiproxy.testing.RigConfig;
import io.aiproxy.testing.SocketEnd;
import io.aiproxy.testing.SocketRecord;
import java.io.IOException;
import java.util.Arrays;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** However a socket ends on one side, it ends in the same way on the other, and what came before the end arrives. */
@NeedsGateway
class WebSocketEndTest {
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

    private static RawWebSocket open(String path) throws IOException {
        return RawWebSocket.open(rig.port(), path, GatewayRig.AUTH);
    }

    private static SocketRecord atTheChannel() {
        return UPSTREAM.awaitRequest(1).socket();
    }

    private static void ended(String path, String ending) {
        assertThat(rig.awaitLogLine('"' + path + '"')).contains("\"status\":101", "\"ending\":\"" + ending + '"');
    }

    @Test
    void aCallerThatHalfClosesIsGone() throws IOException {
        UPSTREAM.onAny().reply(Reply.webSocket().stall());
        try (RawWebSocket socket = open("/half-close")) {
            socket.text("last words").halfClose();
            assertThat(atTheChannel().awaitEnd()).isEqualTo(SocketEnd.CUT);
            assertThat(atTheChannel().texts()).containsExactly("last words");
            assertThat(socket.closedByPeer()).isTrue();
        }
        ended("/half-close", "cancelled");
    }

    @Test
    void aCallerThatHalfClosesBehindItsCloseFrameGetsTheAnswer() throws IOException {
        Gate gate = Gate.closed();
        UPSTREAM.onAny()
                .reply(Reply.webSocket()
                        .expectClose()
                        .await(gate)
                        .sendText("one more")
                        .close(1000, "yes"));
        try (RawWebSocket socket = open("/close-and-half")) {
            socket.close(1000, "enough").halfClose();
            assertThat(atTheChannel().awaitEnd()).isEqualTo(SocketEnd.close(1000, "enough"));
            gate.open();
            assertThat(socket.text()).isEqualTo("one more");
            assertThat(socket.awaitClose()).isEqualTo(SocketEnd.close(1000, "yes"));
            assertThat(socket.closedByPeer()).isTrue();
        }
        ended("/close-and-half", "ok");
    }

    @Test
    void aChannelThatResetsIsGoneForTheCaller() throws IOException {
        UPSTREAM.onAny()
                .reply(Reply.webSocket().sendText("last words").expectText().reset());
        try (RawWebSocket socket = open("/channel-reset")) {
            assertThat(socket.text()).isEqualTo("last words");
            socket.text("go");
            assertThat(socket.awaitClose().how()).isNotEqualTo(SocketEnd.How.CLOSE);
        }
        ended("/channel-reset", "truncated");
    }

    @Test
    void aCallerThatResetsIsGoneForTheChannel() throws IOException {
        UPSTREAM.onAny().reply(Reply.webSocket().sendText("hello").stall());
        try (RawWebSocket socket = open("/caller-reset")) {
            assertThat(socket.text()).isEqualTo("hello");
            socket.abort();
        }
        assertThat(atTheChannel().awaitEnd().how()).isNotEqualTo(SocketEnd.How.CLOSE);
        atTheChannel().awaitGone();
        ended("/caller-reset", "cancelled");
    }

    @Test
    void aCallerThatLeavesRightBehindItsCloseFrame() throws IOException {
        UPSTREAM.onAny().reply(Reply.webSocket().expectText("last words").expectClose());
        try (RawWebSocket socket = open("/close-and-leave")) {
            socket.sendTogether(Frame.text("last words"), Frame.close(4002, "bye"));
        }
        assertThat(atTheChannel().awaitEnd()).isEqualTo(SocketEnd.close(4002, "bye"));
        atTheChannel().awaitGone();
        ended("/close-and-leave", "ok");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aChannelThatLeavesRightBehindItsCloseFrame(boolean inOneSegmentWithIts101) throws IOException {
        UPSTREAM.onAny()
                .reply(
                        inOneSegmentWithIts101
                                ? Reply.webSocket()
                                        .cork()
                                        .sendText("last words")
                                        .close(4001, "bye")
                                        .uncork()
                                        .cut()
                                : Reply.webSocket()
                                        .sendText("last words")
                                        .close(4001, "bye")
                                        .cut());
        for (int i = 0; i < 20; i++) {
            try (RawWebSocket socket = open("/left" + i)) {
                assertThat(socket.text()).isEqualTo("last words");
                assertThat(socket.awaitClose()).isEqualTo(SocketEnd.close(4001, "bye"));
                socket.close(4001, "bye");
                assertThat(socket.closedByPeer()).isTrue();
            }
        }
        ended("/left19", "ok");
    }

    @Test
    void aChannelThatLeavesRightBehindIts101() throws IOException {
        UPSTREAM.onAny().reply(Reply.webSocket().cut());
        try (RawWebSocket socket = open("/gone-at-once")) {
            assertThat(socket.awaitClose()).isEqualTo(SocketEnd.CUT);
        }
        ended("/gone-at-once", "truncated");
    }

    @Test
    void framesRightBehindThe101Arrive() throws IOException {
        byte[] large = Payload.bytes(3, 300_000);
        UPSTREAM.onAny()
                .reply(Reply.webSocket()
                        .cork()
                        .sendText("one")
                        .sendFragments("two ", "three")
                        .sendBinary(large)
                        .uncork()
                        .echo());
        try (RawWebSocket socket = open("/behind-101")) {
            assertThat(socket.text()).isEqualTo("one");
            assertThat(socket.frame()).isEqualTo(Frame.text("two ").more());
            assertThat(socket.frame()).isEqualTo(Frame.continuation("three"));
            assertThat(socket.binary()).isEqualTo(large);
            socket.text("four");
            assertThat(socket.text()).isEqualTo("four");
        }
    }

    @Test
    void closeFramesMayCross() throws IOException {
        Gate gate = Gate.closed();
        UPSTREAM.onAny()
                .reply(Reply.webSocket()
                        .flushHead()
                        .await(gate)
                        .close(4001, "mine")
                        .expectClose());
        for (int i = 0; i < 20; i++) {
            try (RawWebSocket socket = open("/crossing")) {
                gate.open();
                socket.close(4002, "yours");
                assertThat(socket.awaitClose()).isEqualTo(SocketEnd.close(4001, "mine"));
                assertThat(socket.closedByPeer()).isTrue();
            }
            SocketRecord record = UPSTREAM.awaitRequest(i + 1).socket();
            assertThat(record.awaitEnd()).isEqualTo(SocketEnd.close(4002, "yours"));
            record.awaitGone();
        }
        ended("/crossing", "ok");
    }

    @Test
    void nothingPassesBehindTheCallersCloseFrame() throws IOException {
        UPSTREAM.onAny().reply(Reply.webSocket().expectClose().close(1000, "yes"));
        try (RawWebSocket socket = open("/behind-close")) {
            socket.sendTogether(Frame.close(1000, "no more"), Frame.text("but"), Frame.close(1000, "again"));
            assertThat(socket.awaitClose()).isEqualTo(SocketEnd.close(1000, "yes"));
            assertThat(atTheChannel().awaitEnd()).isEqualTo(SocketEnd.close(1000, "no more"));
            atTheChannel().awaitGone();
            assertThat(atTheChannel().count()).isEqualTo(1);
        }
    }

    @Test
    void nothingPassesBehindTheChannelsCloseFrame() throws IOException {
        UPSTREAM.onAny()
                .reply(Reply.webSocket()
                        .cork()
                        .close(1000, "no more")
                        .sendText("but")
                        .close(1000, "again")
                        .uncork()
                        .expectClose());
        try (RawWebSocket socket = open("/behind-channels-close")) {
            assertThat(socket.awaitClose()).isEqualTo(SocketEnd.close(1000, "no more"));
            socket.close(1000, "");
            assertThat(socket.closedByPeer()).as("closed without another byte").isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 125})
    void aCloseFramePassesWhateverItSays(int length) throws IOException {
        byte[] payload = length == 1 ? new byte[] {3} : Arrays.copyOf(new byte[] {3, (byte) 0xe8}, length);
        Frame close = Frame.of(Frame.CLOSE, payload);
        UPSTREAM.onAny().reply(Reply.webSocket().expectFrame(close).send(close));
        try (RawWebSocket socket = open("/close-of-" + length)) {
            socket.send(close);
            assertThat(socket.frame()).isEqualTo(close);
            assertThat(socket.closedByPeer()).isTrue();
        }
        ended("/close-of-" + length, "ok");
        atTheChannel().awaitGone();
        assertThat(UPSTREAM.troubles()).isEmpty();
    }

    @Test
    void everythingMayComeInSingleBytes() throws IOException {
        UPSTREAM.onAny()
                .reply(Reply.webSocket()
                        .splitEvery(1)
                        .sendText("hello")
                        .expectText("hi")
                        .ping("there?")
                        .sendBinary(Payload.bytes(1, 300))
                        .close(1000, "done")
                        .expectClose());
        try (RawWebSocket socket = open("/single-bytes")) {
            assertThat(socket.text()).isEqualTo("hello");
            oneByOne(socket, Frame.text("hi"));
            assertThat(socket.frame()).isEqualTo(Frame.ping("there?"));
            assertThat(socket.binary()).isEqualTo(Payload.bytes(1, 300));
            assertThat(socket.awaitClose()).isEqualTo(SocketEnd.close(1000, "done"));
            oneByOne(socket, Frame.close(1000, "done"));
            assertThat(socket.closedByPeer()).isTrue();
        }
        assertThat(atTheChannel().awaitEnd()).isEqualTo(SocketEnd.close(1000, "done"));
    }

    private static void oneByOne(RawWebSocket socket, Frame frame) throws IOException {
        Frame masked = frame.masked(0x0a0b0c0d);
        for (int i = 0; i < masked.bytes().length; i++) {
            socket.sendPart(masked, i, i + 1);
        }
    }

    @Test
    void allThatWasOnItsWayArrivesThoughTheReaderGoesOnSending() throws IOException {
        int frames = 20;
        int size = 30_000;
        UPSTREAM.onAny().reply(Reply.webSocket().flood(frames, size).cut());
        try (RawWebSocket socket = RawWebSocket.open(
                RawClient.connect("127.0.0.1", rig.port(), 16_384), "/slow-reader", GatewayRig.AUTH)) {
            atTheChannel().awaitGone();
            for (int i = 0; i < 20; i++) {
                socket.binary(new byte[50_000]);
            }
            for (int i = 0; i < frames; i++) {
                assertThat(socket.binary()).isEqualTo(Payload.bytes((long) i * size, size));
            }
            assertThat(socket.awaitClose()).isEqualTo(SocketEnd.CUT);
        }
        ended("/slow-reader", "truncated");
    }
}
