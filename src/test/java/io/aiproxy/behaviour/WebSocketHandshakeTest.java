package io.aiproxy.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.aiproxy.testing.FakeUpstream;
import io.aiproxy.testing.Frame;
import io.aiproxy.testing.Gate;
import io.aiproxy.testing.GatewayRig;
import io.aiproxy.testing.NeedsGateway;
import io.aiproxy.testing.RawClient;
import io.aiproxy.testing.RawWebSocket;
import io.aiproxy.testing.Reply;
import io.aiproxy.testing.RigConfig;
import io.aiproxy.testing.SocketEnd;
import io.aiproxy.testing.SocketReply;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Until the channel has accepted a WebSocket nothing is promised to the caller: what goes wrong before is told as for any
 * other call, or tried at the next channel. Every test has channels of its own, because a channel that failed is remembered.
 */
@NeedsGateway
class WebSocketHandshakeTest {
    private static final String PATH = "/v1/realtime?model=gpt-realtime";
    private static final FakeUpstream FIRST = FakeUpstream.start();
    private static final FakeUpstream SECOND = FakeUpstream.start();
    private static final List<String> PAIRS =
            List.of("s401", "s402", "s403", "s429", "s500", "s503", "s404", "bad", "fin");
    private static ServerSocket mute;
    private static GatewayRig rig;

    @BeforeAll
    static void start() throws IOException {
        mute = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
        RigConfig config = RigConfig.empty();
        for (String name : PAIRS) {
            config.channel(name + "-a", FIRST)
                    .channel(name + "-b", SECOND)
                    .user(name, "pk_test_" + name, name + "-a", name + "-b");
        }
        config.channel("refused-a", "http://127.0.0.1:" + FakeUpstream.refusingPort())
                .channel("refused-b", SECOND)
                .user("refused", "pk_test_refused", "refused-a", "refused-b")
                .channel("slow-a", FIRST, "timeouts: {head: 200ms}")
                .channel("slow-b", SECOND)
                .user("slow", "pk_test_slow", "slow-a", "slow-b")
                .channel("mute", "https://localhost:" + mute.getLocalPort(), "timeouts: {connect: 300ms}")
                .user("mute", "pk_test_mute", "mute")
                .channel("late", FIRST, "timeouts: {head: 200ms}")
                .user("late", "pk_test_late", "late")
                .channel("single", FIRST)
                .user("single", "pk_test_single", "single");
        rig = GatewayRig.start(config);
    }

    @AfterAll
    static void stop() throws IOException {
        rig.close();
        FIRST.close();
        SECOND.close();
        mute.close();
    }

    @BeforeEach
    void reset() {
        FIRST.reset();
        SECOND.reset();
        SECOND.onAny().reply(Reply.webSocket().echo());
    }

    private static String key(String who) {
        return "Authorization: Bearer pk_test_" + who;
    }

    private static Calls.Result refused(String who) throws IOException {
        try (RawClient client = rig.client()) {
            RawWebSocket.on(client).sendHandshake(PATH, key(who));
            return Calls.read(client);
        }
    }

    private static void servedBySecond(String who) throws IOException {
        try (RawClient client = rig.client()) {
            RawWebSocket socket = RawWebSocket.on(client);
            RawClient.Answer answer = socket.handshake(PATH, key(who));
            assertThat(answer.status()).isEqualTo(101);
            assertThat(answer.header("x-aiproxy-channel")).isEqualTo(who + "-b");
            assertThat(answer.header("x-aiproxy-attempts")).isEqualTo("2");
            assertThat(socket.text("hello").text()).isEqualTo("hello");
            assertThat(SECOND.only().header("authorization")).contains("Bearer " + RigConfig.keyOf(who + "-b"));
            assertThat(SECOND.only().target()).isEqualTo(PATH);
        }
    }

    static Stream<SocketReply> notAccepted() {
        return Stream.of(
                Reply.webSocket().accept("d3Jvbmc="),
                Reply.webSocket().accept(""),
                Reply.webSocket().without("Sec-WebSocket-Accept"),
                Reply.webSocket().without("Upgrade"),
                Reply.webSocket().without("Upgrade").header("Upgrade", "h2c"),
                Reply.webSocket().without("Connection"));
    }

    @ParameterizedTest
    @MethodSource("notAccepted")
    void aBroken101IsNotPassedOn(SocketReply reply) throws IOException {
        FIRST.onAny().reply(reply.sendText("never seen").stall());
        Calls.Result result = refused("single").isFailure(502, "upstream_protocol_error");
        JsonNode error = result.json().path("error");
        assertThat(error.path("code").asText()).isEqualTo("upstream_protocol_error");
        assertThat(result.header("upgrade")).isEmpty();
        assertThat(result.header("sec-websocket-accept")).isEmpty();
        FIRST.only().socket().awaitGone();
    }

    @Test
    void aBroken101IsTriedAtTheNextChannel() throws IOException {
        FIRST.onAny().reply(Reply.webSocket().accept("d3Jvbmc=").stall());
        servedBySecond("bad");
        FIRST.only().socket().awaitGone();
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 402, 403, 429, 500, 503})
    void theNextChannelAcceptsWhenTheFirstRefuses(int status) throws IOException {
        FIRST.onAny().reply(Reply.json(status, "{\"error\":{\"message\":\"no\",\"code\":\"no\"}}"));
        servedBySecond("s" + status);
    }

    @Test
    void theNextChannelAcceptsWhenTheFirstCannotBeReached() throws IOException {
        servedBySecond("refused");
    }

    @Test
    void theNextChannelAcceptsWhenTheFirstHangsUp() throws IOException {
        FIRST.onAny().reply(Reply.hangUp());
        servedBySecond("fin");
    }

    @Test
    void theNextChannelAcceptsWhenTheFirstSaysNothing() throws IOException {
        FIRST.onAny().reply(Reply.silent());
        servedBySecond("slow");
        FIRST.only().awaitHangup();
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 403, 404, 426, 429, 500, 503})
    void theOnlyChannelsRefusalReachesTheCaller(int status) throws IOException {
        String body = "{\"error\":{\"message\":\"no " + status + "\",\"code\":\"no\"}}";
        FIRST.onAny().reply(Reply.json(status, body).header("x-of-channel", "seven"));
        Calls.Result result = refused("single");
        assertThat(result.status()).isEqualTo(status);
        assertThat(result.text()).isEqualTo(body);
        assertThat(result.header("x-of-channel")).isEqualTo("seven");
        assertThat(result.header("x-aiproxy-channel")).isEqualTo("single");
    }

    @Test
    void aMistakeOfTheCallerIsNotTriedElsewhere() throws IOException {
        FIRST.onAny().reply(Reply.json(404, "{}"));
        assertThat(refused("s404").status()).isEqualTo(404);
        assertThat(SECOND.requests()).isEmpty();
    }

    @Test
    void aRefusedCredentialIsNotTheCallersKeyBeingWrong() throws IOException {
        FIRST.onAny().reply(Reply.json(401, "{\"error\":{\"message\":\"bad key sk_upstream_single\"}}"));
        assertThat(refused("single")
                        .isFailure(502, "upstream_credentials_exhausted")
                        .text())
                .doesNotContain("sk_upstream");
    }

    @Test
    void anAnswerThatIsNoUpgradeIsRelayedAndTheConnectionLivesOn() throws IOException {
        FIRST.onAny()
                .reply(Calls.ok())
                .reply(Reply.status(200).chunked().write("no ").write("socket"))
                .reply(Reply.webSocket().echo());
        try (RawClient client = rig.client()) {
            RawWebSocket socket = RawWebSocket.on(client);
            assertThat(socket.handshake(PATH, key("single")).text()).isEqualTo(Calls.ANSWER);
            assertThat(socket.handshake(PATH, key("single")).text()).isEqualTo("no socket");
            assertThat(socket.handshake(PATH, key("single")).status()).isEqualTo(101);
            assertThat(socket.text("at last").text()).isEqualTo("at last");
        }
    }

    @Test
    void aConnectionThatServedCallsBecomesAWebSocket() throws IOException {
        FIRST.on(Calls.CHAT).reply(Calls.ok());
        FIRST.on("/v1/realtime").reply(Reply.webSocket().sendText("hello").echo());
        try (RawClient client = rig.client()) {
            for (int i = 0; i < 3; i++) {
                client.post(Calls.CHAT, Calls.BODY, key("single"));
                assertThat(Calls.read(client).text()).isEqualTo(Calls.ANSWER);
            }
            RawWebSocket socket = RawWebSocket.on(client);
            assertThat(socket.handshake(PATH, key("single")).status()).isEqualTo(101);
            assertThat(socket.text()).isEqualTo("hello");
            assertThat(socket.text("hi").text()).isEqualTo("hi");
        }
    }

    @Test
    void aChannelThatDoesNotAnswerInTimeIsTold() throws IOException {
        FIRST.onAny().reply(Reply.silent());
        refused("late").isFailure(504, "upstream_timeout");
        FIRST.only().awaitHangup();
    }

    @Test
    void aChannelThatCannotBeConnectedToInTimeIsTold() throws IOException {
        refused("mute").isFailure(502, "upstream_unreachable");
    }

    @Test
    void aCallerThatLeavesStopsTheHandshake() throws IOException {
        Gate gate = Gate.closed();
        FIRST.onAny().reply(Reply.webSocket().await(gate));
        try (RawClient client = rig.client()) {
            RawWebSocket.on(client).sendHandshake("/v1/leaving", key("single"));
            gate.awaitReached();
        }
        FIRST.only().socket().awaitGone();
        assertThat(rig.awaitLogLine("\"/v1/leaving\"")).contains("\"status\":499", "\"ending\":\"cancelled\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"early", "with\r\n\r\nlines", "", "GET /v1/models HTTP/1.1\r\nHost: localhost\r\n\r\n"})
    void aCallerThatSendsOnBeforeItsAnswerIsRefused(String early) throws IOException {
        FIRST.onAny().reply(Reply.webSocket().echo());
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(
                ("GET " + PATH + " HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                                + key("single") + "\r\nSec-WebSocket-Key: " + RawWebSocket.KEY
                                + "\r\nSec-WebSocket-Version: 13\r\n\r\n")
                        .getBytes(StandardCharsets.ISO_8859_1));
        bytes.writeBytes(
                early.startsWith("GET")
                        ? early.getBytes(StandardCharsets.ISO_8859_1)
                        : Frame.text(early).masked(0x7a7b7c7d).bytes());
        try (RawClient client = rig.client()) {
            client.send(bytes.toByteArray());
            Calls.Result result = Calls.read(client).isFailure(400, "invalid_request");
            assertThat(result.text()).contains("before its answer");
            assertThat(result.header("upgrade")).isEmpty();
            assertThat(client.closedByPeer())
                    .as("nobody knows what the bytes were")
                    .isTrue();
        }
        assertThat(FIRST.only().socket().awaitEnd()).isEqualTo(SocketEnd.CUT);
        assertThat(FIRST.only().socket().frames()).isEmpty();
    }

    @Test
    void aRequestBehindARefusedHandshakeIsServed() throws IOException {
        FIRST.on("/v1/realtime").reply(Reply.json(404, "{}"));
        FIRST.on(Calls.CHAT).reply(Calls.ok());
        try (RawClient client = rig.client()) {
            RawWebSocket.on(client).sendHandshake(PATH, key("single"));
            client.post(Calls.CHAT, Calls.BODY, key("single"));
            assertThat(Calls.read(client).status()).isEqualTo(404);
            assertThat(Calls.read(client).text()).isEqualTo(Calls.ANSWER);
        }
    }
}
