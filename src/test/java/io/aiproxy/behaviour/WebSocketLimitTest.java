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
import io.aiproxy.testing.SocketRecord;
import java.io.IOException;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A frame that is larger than allowed, or no frame at all, does not pass: both ends are told why by a Close frame, whoever
 * of them has sent it.
 */
@NeedsGateway
class WebSocketLimitTest {
    private static final int FRAME = 64 << 10;
    private static final int MESSAGE = 96 << 10;
    private static final FakeUpstream UPSTREAM = FakeUpstream.start();
    private static GatewayRig rig;

    @BeforeAll
    static void start() {
        rig = GatewayRig.start(RigConfig.empty()
                .channel("alpha", UPSTREAM, "websocket: {max_frame: 64KiB, max_message: 96KiB}")
                .user("zhangsan", GatewayRig.KEY, "alpha"));
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

    private static void isTold(SocketEnd end, int code, String reason) {
        assertThat(end.how()).isEqualTo(SocketEnd.How.CLOSE);
        assertThat(end.code()).isEqualTo(code);
        assertThat(end.reason()).contains(reason);
    }

    /** The end of the connection as the caller's system sees it: no reset. */
    private static void endsWithoutReset(RawWebSocket socket) throws IOException {
        assertThat(socket.client().socket().getInputStream().read()).isEqualTo(-1);
    }

    private static byte[] bytes(int size) {
        return Payload.bytes(7, size);
    }

    @Test
    void whatIsJustWithinTheLimitsPasses() throws IOException {
        UPSTREAM.onAny().reply(Reply.webSocket().echo());
        Frame first = Frame.binary(bytes(FRAME)).more();
        Frame second = Frame.continuation(bytes(MESSAGE - FRAME));
        try (RawWebSocket socket = open("/within")) {
            for (int i = 0; i < 3; i++) {
                socket.send(first).ping("between").send(second);
                assertThat(socket.frame()).isEqualTo(first);
                assertThat(socket.frame()).isEqualTo(Frame.pong("between"));
                assertThat(socket.frame()).isEqualTo(second);
            }
        }
    }

    @Test
    void aFrameOfTheCallerThatIsTooLargeIsStoppedBeforeItsFirstByte() throws IOException {
        UPSTREAM.onAny().reply(Reply.webSocket().expectText("before").expectClose());
        try (RawWebSocket socket = open("/frame-in")) {
            socket.text("before").sendPart(Frame.binary(bytes(FRAME + 1)).masked(0x01020304), 0, 100);
            isTold(socket.awaitClose(), 1009, "frame is larger");
            isTold(atTheChannel().awaitEnd(), 1009, "frame is larger");
            assertThat(atTheChannel().frames())
                    .first()
                    .isEqualTo(Frame.text("before").masked(0));
            assertThat(atTheChannel().count()).isEqualTo(2);
        }
        assertThat(rig.awaitLogLine("\"/frame-in\"")).contains("\"status\":101", "\"ending\":\"caller_error\"");
    }

    @Test
    void aCallerThatGoesOnSendingCanReadWhy() throws IOException {
        UPSTREAM.onAny().reply(Reply.webSocket().expectClose());
        try (RawWebSocket socket = open("/goes-on")) {
            socket.binary(new byte[64 << 20]);
            isTold(socket.awaitClose(), 1009, "frame is larger");
            socket.close(1009, "");
            endsWithoutReset(socket);
        }
        assertThat(atTheChannel().awaitEnd().code()).isEqualTo(1009);
        assertThat(atTheChannel().receivedBytes()).isLessThan(200);
    }

    @Test
    void aFrameOfTheChannelThatIsTooLargeIsStoppedBeforeItsFirstByte() throws IOException {
        UPSTREAM.onAny()
                .reply(Reply.webSocket()
                        .sendText("before")
                        .sendBinary(bytes(32 << 20))
                        .expectClose());
        try (RawWebSocket socket = open("/frame-out")) {
            assertThat(socket.text()).isEqualTo("before");
            isTold(socket.awaitClose(), 1009, "frame is larger");
            isTold(atTheChannel().awaitEnd(), 1009, "frame is larger");
            socket.close(1009, "");
            endsWithoutReset(socket);
        }
        atTheChannel().awaitGone();
        assertThat(rig.awaitLogLine("\"/frame-out\"")).contains("\"ending\":\"channel_error\"");
    }

    @Test
    void aMessageOfTheCallerThatIsTooLargeIsStoppedAtTheFragmentThatIsTooMuch() throws IOException {
        UPSTREAM.onAny().reply(Reply.webSocket().expectClose());
        Frame first = Frame.binary(bytes(FRAME)).more();
        try (RawWebSocket socket = open("/message-in")) {
            socket.send(first).send(Frame.continuation(bytes(FRAME)).more());
            isTold(socket.awaitClose(), 1009, "message is larger");
            isTold(atTheChannel().awaitEnd(), 1009, "message is larger");
            assertThat(atTheChannel().awaitFrame(1)).isEqualTo(first);
            assertThat(atTheChannel().count()).isEqualTo(2);
        }
        assertThat(rig.awaitLogLine("\"/message-in\"")).contains("\"ending\":\"caller_error\"");
    }

    @Test
    void aMessageOfTheChannelThatIsTooLargeIsStoppedAtTheFragmentThatIsTooMuch() throws IOException {
        Frame first = Frame.binary(bytes(FRAME)).more();
        UPSTREAM.onAny()
                .reply(Reply.webSocket()
                        .send(first)
                        .ping("between")
                        .send(Frame.continuation(bytes(FRAME)))
                        .expectClose());
        try (RawWebSocket socket = open("/message-out")) {
            assertThat(socket.frame()).isEqualTo(first);
            assertThat(socket.frame()).isEqualTo(Frame.ping("between"));
            isTold(socket.awaitClose(), 1009, "message is larger");
            isTold(atTheChannel().awaitEnd(), 1009, "message is larger");
        }
        assertThat(rig.awaitLogLine("\"/message-out\"")).contains("\"ending\":\"channel_error\"");
    }

    static Stream<Frame> notAllowedFromAnybody() {
        return Stream.of(
                Frame.ping("x").more(),
                Frame.close(1000, "").more(),
                Frame.ping("x".repeat(126)),
                Frame.close(1000, "x".repeat(124)),
                Frame.binary(bytes(10)).lengthIn(8).claiming(Long.MIN_VALUE),
                Frame.text("").lengthIn(8).claiming(-1));
    }

    @ParameterizedTest
    @MethodSource("notAllowedFromAnybody")
    void whatIsNoFrameOfTheCallerIsNotPassedOn(Frame frame) throws IOException {
        UPSTREAM.onAny().reply(Reply.webSocket().expectText("before").expectClose());
        try (RawWebSocket socket = open("/protocol-in")) {
            socket.sendTogether(Frame.text("before"), frame, Frame.text("behind"));
            isTold(socket.awaitClose(), 1002, "not well-formed");
            isTold(atTheChannel().awaitEnd(), 1002, "not well-formed");
            assertThat(atTheChannel().texts()).containsExactly("before");
        }
        assertThat(rig.awaitLogLine("\"/protocol-in\"")).contains("\"ending\":\"caller_error\"");
    }

    @ParameterizedTest
    @MethodSource("notAllowedFromAnybody")
    void whatIsNoFrameOfTheChannelIsNotPassedOn(Frame frame) throws IOException {
        UPSTREAM.onAny()
                .reply(Reply.webSocket()
                        .cork()
                        .sendText("before")
                        .sendBytes(frame.bytes())
                        .sendText("behind")
                        .uncork()
                        .expectClose());
        try (RawWebSocket socket = open("/protocol-out")) {
            assertThat(socket.text()).isEqualTo("before");
            isTold(socket.awaitClose(), 1002, "not well-formed");
            isTold(atTheChannel().awaitEnd(), 1002, "not well-formed");
        }
        assertThat(rig.awaitLogLine("\"/protocol-out\"")).contains("\"ending\":\"channel_error\"");
    }

    @Test
    void aFrameOfTheCallerWithoutAMaskIsNotPassedOn() throws IOException {
        UPSTREAM.onAny().reply(Reply.webSocket().expectClose());
        try (RawWebSocket socket = open("/unmasked")) {
            socket.sendExactly(Frame.text("bare"));
            isTold(socket.awaitClose(), 1002, "not well-formed");
            isTold(atTheChannel().awaitEnd(), 1002, "not well-formed");
            assertThat(atTheChannel().texts()).isEmpty();
        }
    }

    @Test
    void aFrameOfTheChannelWithAMaskIsNotPassedOn() throws IOException {
        UPSTREAM.onAny()
                .reply(Reply.webSocket()
                        .send(Frame.text("hidden").masked(0x11223344))
                        .expectClose());
        try (RawWebSocket socket = open("/masked")) {
            isTold(socket.awaitClose(), 1002, "not well-formed");
            isTold(atTheChannel().awaitEnd(), 1002, "not well-formed");
        }
    }

    @Test
    void aCallerThatGoesOnSendingWhatIsNoFrameCanReadWhy() throws IOException {
        UPSTREAM.onAny().reply(Reply.webSocket().expectClose());
        try (RawWebSocket socket = open("/nonsense")) {
            socket.sendExactly(Frame.text("bare")).sendBytes(new byte[64 << 20]);
            isTold(socket.awaitClose(), 1002, "not well-formed");
            socket.halfClose();
            endsWithoutReset(socket);
        }
    }

    @Test
    void nonsenseInTheMiddleOfAFrameTheOtherWayIsToldBehindThatFrame() throws IOException {
        Frame answer = Frame.text("an answer that takes its time");
        Gate gate = Gate.closed();
        UPSTREAM.onAny()
                .reply(Reply.webSocket()
                        .cork()
                        .sendText("first")
                        .sendBytes(Arrays.copyOf(answer.bytes(), 10))
                        .uncork()
                        .expectClose()
                        .await(gate)
                        .sendBytes(Arrays.copyOfRange(answer.bytes(), 10, answer.bytes().length)));
        try (RawWebSocket socket = open("/nonsense-in-between")) {
            assertThat(socket.text()).isEqualTo("first");
            socket.sendExactly(Frame.text("bare"));
            isTold(atTheChannel().awaitEnd(), 1002, "not well-formed");
            gate.open();
            assertThat(socket.frame()).isEqualTo(answer);
            isTold(socket.awaitClose(), 1002, "not well-formed");
        }
    }
}
