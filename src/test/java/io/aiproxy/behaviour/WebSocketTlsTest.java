package io.aiproxy.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import io.aiproxy.app.Settings;
import io.aiproxy.testing.FakeEgressProxy;
import io.aiproxy.testing.FakeUpstream;
import io.aiproxy.testing.Frame;
import io.aiproxy.testing.GatewayRig;
import io.aiproxy.testing.NeedsGateway;
import io.aiproxy.testing.Payload;
import io.aiproxy.testing.RawClient;
import io.aiproxy.testing.RawWebSocket;
import io.aiproxy.testing.Reply;
import io.aiproxy.testing.RigConfig;
import io.aiproxy.testing.SocketEnd;
import io.aiproxy.testing.TestCa;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** WebSockets with TLS on either side, on both and on none, and out through the company's proxy: always by CONNECT. */
@NeedsGateway
class WebSocketTlsTest {
    private static final String HOST = "api.example.test";
    private static final String PLAIN_HOST = "plain.example.test";
    private static TestCa ca;
    private static FakeUpstream plain;
    private static FakeUpstream secure;
    private static FakeEgressProxy proxy;
    private static GatewayRig open;
    private static GatewayRig sealed;

    @BeforeAll
    static void start() {
        ca = TestCa.create("sockets");
        plain = FakeUpstream.start();
        secure = FakeUpstream.start(ca.identity("dns:localhost", "dns:" + HOST));
        proxy = FakeEgressProxy.withLogin("clerk", "p@ss:word")
                .route(HOST, secure.port())
                .route(PLAIN_HOST, plain.port());
        open = GatewayRig.start(config());
        TestCa.Identity identity = ca.identity("dns:localhost");
        sealed = GatewayRig.prepare(config(), WebSocketTlsTest::withTls);
        sealed.write("config/gateway-key.pem", identity.keyPem());
        sealed.write("config/gateway.pem", identity.certificatePem());
        sealed.boot();
    }

    private static RigConfig config() {
        String trusted = "tls: {ca_file: \"" + ca.pem() + "\"}";
        String egress = "egress_proxy: \"http://clerk:p%40ss%3Aword@127.0.0.1:" + proxy.port() + "\"";
        String wrong = "egress_proxy: \"http://clerk:guess@127.0.0.1:" + proxy.port() + "\"";
        return RigConfig.empty()
                .channel("plain", plain)
                .channel("secure", secure, trusted)
                .channel("untrusted", secure)
                .channel("split", plain, "websocket_url: \"wss://localhost:" + secure.port() + "/sockets\"", trusted)
                .channel("out-plain", "http://" + PLAIN_HOST, egress)
                .channel("out-secure", "https://" + HOST, trusted, egress)
                .channel("out-wrong", "http://" + PLAIN_HOST, wrong)
                .user("plain", "pk_test_plain", "plain")
                .user("secure", "pk_test_secure", "secure")
                .user("untrusted", "pk_test_untrusted", "untrusted")
                .user("split", "pk_test_split", "split")
                .user("out-plain", "pk_test_out-plain", "out-plain")
                .user("out-secure", "pk_test_out-secure", "out-secure")
                .user("out-wrong", "pk_test_out-wrong", "out-wrong");
    }

    private static Settings withTls(Settings s) {
        return s.withTls(s.configDir().resolve("gateway.pem"), s.configDir().resolve("gateway-key.pem"));
    }

    @AfterAll
    static void stop() {
        open.close();
        sealed.close();
        proxy.close();
        plain.close();
        secure.close();
    }

    @BeforeEach
    void reset() {
        plain.reset();
        secure.reset();
    }

    private static RawClient connect(boolean tls) throws IOException {
        return tls ? RawClient.connectTls(sealed.port(), ca.clientContext(), "localhost") : open.client();
    }

    private static String key(String who) {
        return "Authorization: Bearer pk_test_" + who;
    }

    private static RawWebSocket open(boolean tls, String who) throws IOException {
        return RawWebSocket.open(connect(tls), "/v1/realtime", key(who));
    }

    @ParameterizedTest
    @CsvSource({
        "false, plain",
        "false, secure",
        "true, plain",
        "true, secure",
        "true, split",
        "false, out-plain",
        "false, out-secure"
    })
    void aConversationAndItsEnd(boolean tls, String who) throws Exception {
        FakeUpstream upstream = who.endsWith("plain") ? plain : secure;
        upstream.onAny()
                .reply(Reply.webSocket().cork().sendText("hello").uncork().echo());
        byte[] large = Payload.bytes(2, 3 << 20);
        try (RawWebSocket socket = open(tls, who)) {
            assertThat(socket.text()).isEqualTo("hello");
            CompletableFuture<Void> sending = CompletableFuture.runAsync(() -> {
                try {
                    socket.text("small").binary(large).ping("now");
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            });
            assertThat(socket.text()).isEqualTo("small");
            assertThat(Arrays.equals(socket.binary(), large)).isTrue();
            assertThat(socket.frame()).isEqualTo(Frame.pong("now"));
            sending.get(20, TimeUnit.SECONDS);
            socket.close(1000, "done");
            assertThat(socket.awaitClose()).isEqualTo(SocketEnd.close(1000, "done"));
            assertThat(socket.closedByPeer()).isTrue();
        }
        assertThat(upstream.only().socket().awaitEnd()).isEqualTo(SocketEnd.close(1000, "done"));
        upstream.only().socket().awaitGone();
        if (who.equals("split")) {
            assertThat(upstream.only().target()).isEqualTo("/sockets/v1/realtime");
        }
    }

    @ParameterizedTest
    @CsvSource({"false, secure", "true, plain", "true, secure"})
    void aCutIsACut(boolean tls, String who) throws IOException {
        FakeUpstream upstream = who.equals("plain") ? plain : secure;
        upstream.onAny()
                .reply(Reply.webSocket().sendText("last words").expectText().cut());
        try (RawWebSocket socket = open(tls, who)) {
            assertThat(socket.text()).isEqualTo("last words");
            socket.text("go");
            assertThat(socket.awaitClose().how()).isNotEqualTo(SocketEnd.How.CLOSE);
        }
    }

    @ParameterizedTest
    @CsvSource({"false, secure", "true, plain", "true, secure"})
    void aCallerThatLeavesIsGoneForTheChannel(boolean tls, String who) throws IOException {
        FakeUpstream upstream = who.equals("plain") ? plain : secure;
        upstream.onAny().reply(Reply.webSocket().sendText("hello").stall());
        try (RawWebSocket socket = open(tls, who)) {
            assertThat(socket.text()).isEqualTo("hello");
        }
        assertThat(upstream.only().socket().awaitEnd().how()).isNotEqualTo(SocketEnd.How.CLOSE);
        upstream.only().socket().awaitGone();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aWrongFrameIsToldThroughTls(boolean fromChannel) throws IOException {
        secure.onAny()
                .reply(
                        fromChannel
                                ? Reply.webSocket()
                                        .send(Frame.text("x").masked(3))
                                        .expectClose()
                                : Reply.webSocket().expectClose());
        try (RawWebSocket socket = open(true, "secure")) {
            if (!fromChannel) {
                socket.sendExactly(Frame.text("bare")).sendBytes(new byte[1 << 20]);
            }
            assertThat(socket.awaitClose().code()).isEqualTo(1002);
            if (fromChannel) {
                socket.close(1002, "");
            }
            assertThat(socket.closedByPeer()).isTrue();
            assertThat(secure.only().socket().awaitEnd().code()).isEqualTo(1002);
        }
        secure.only().socket().awaitGone();
    }

    @Test
    void aChannelThatIsNotTrustedGetsNothing() throws IOException {
        try (RawClient client = connect(false)) {
            RawWebSocket.on(client).sendHandshake("/v1/realtime", key("untrusted"));
            Calls.read(client).isFailure(502, "upstream_tls_error");
        }
        assertThat(secure.requests()).isEmpty();
    }

    @Test
    void theProxySeesNothingButWhereTo() throws IOException {
        plain.onAny().reply(Reply.webSocket().echo());
        secure.onAny().reply(Reply.webSocket().echo());
        for (String who : new String[] {"out-plain", "out-secure"}) {
            try (RawWebSocket socket = open(false, who)) {
                assertThat(socket.text("hello").text()).isEqualTo("hello");
            }
        }
        assertThat(proxy.seen())
                .anySatisfy(head -> assertThat(head.startLine()).startsWith("CONNECT " + PLAIN_HOST + ":80 "))
                .anySatisfy(head -> assertThat(head.startLine()).startsWith("CONNECT " + HOST + ":443 "))
                .allSatisfy(head -> assertThat(head.startLine()).startsWith("CONNECT "));
        assertThat(proxy.seen().toString()).doesNotContain("sk_upstream", "pk_test");
        assertThat(plain.only().header("proxy-authorization")).isEmpty();
        assertThat(plain.only().target()).isEqualTo("/v1/realtime");
    }

    @Test
    void aProxyThatLetsNobodyThroughIsAnUnreachableChannel() throws IOException {
        try (RawClient client = connect(false)) {
            RawWebSocket.on(client).sendHandshake("/v1/realtime", key("out-wrong"));
            Calls.read(client).isFailure(502, "upstream_unreachable");
        }
        assertThat(plain.requests()).isEmpty();
    }

    @Test
    void aProxyThatSaysNothingIsNotWaitedForLongerThanAConnectionMayTake() throws IOException {
        try (ServerSocket mute = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
                GatewayRig rig = GatewayRig.start(RigConfig.empty()
                        .channel(
                                "mute",
                                plain,
                                "egress_proxy: \"http://127.0.0.1:" + mute.getLocalPort() + "\"",
                                "timeouts: {connect: 300ms}")
                        .user("zhangsan", GatewayRig.KEY, "mute"));
                RawClient client = rig.client()) {
            RawWebSocket.on(client).sendHandshake("/v1/realtime", GatewayRig.AUTH);
            Calls.read(client).isFailure(502, "upstream_unreachable");
        }
    }
}
