package io.aiproxy.behaviour;

import static io.aiproxy.behaviour.Calls.BODY;
import static io.aiproxy.behaviour.Calls.CHAT;
import static org.assertj.core.api.Assertions.assertThat;

import io.aiproxy.testing.BodyStream;
import io.aiproxy.testing.FakeEgressProxy;
import io.aiproxy.testing.FakeUpstream;
import io.aiproxy.testing.Gate;
import io.aiproxy.testing.GatewayRig;
import io.aiproxy.testing.NeedsGateway;
import io.aiproxy.testing.RawClient;
import io.aiproxy.testing.Reply;
import io.aiproxy.testing.RigConfig;
import io.aiproxy.testing.TestCa;
import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The way out of the company's network: CONNECT for TLS, absolute targets for plain HTTP, with a login if asked for. */
@NeedsGateway
class EgressProxyTest {
    private static final String HOST = "api.example.test";
    private static TestCa ca;
    private static FakeUpstream plain;
    private static FakeUpstream secure;
    private static FakeEgressProxy open;
    private static FakeEgressProxy login;
    private static GatewayRig rig;

    @BeforeAll
    static void start() {
        ca = TestCa.create("egress");
        plain = FakeUpstream.start();
        secure = FakeUpstream.start(ca.identity("dns:" + HOST));
        open = FakeEgressProxy.open().route(HOST, secure.port()).route("plain.example.test", plain.port());
        login = FakeEgressProxy.withLogin("clerk", "p@ss:word")
                .route(HOST, secure.port())
                .route("plain.example.test", plain.port());
        String trusted = "tls: {ca_file: \"" + ca.pem() + "\"}";
        String opened = "egress_proxy: \"http://127.0.0.1:" + open.port() + "\"";
        String locked = "egress_proxy: \"http://clerk:p%40ss%3Aword@127.0.0.1:" + login.port() + "\"";
        String wrong = "egress_proxy: \"http://clerk:guess@127.0.0.1:" + login.port() + "\"";
        rig = GatewayRig.start(RigConfig.empty()
                .channel("tls", "https://" + HOST, trusted, opened)
                .channel("tls-login", "https://" + HOST, trusted, locked)
                .channel("tls-wrong", "https://" + HOST, trusted, wrong)
                .channel("plain", "http://plain.example.test", opened)
                .channel("plain-login", "http://plain.example.test", locked)
                .channel(
                        "dead",
                        "https://" + HOST,
                        "egress_proxy: \"http://127.0.0.1:" + FakeUpstream.refusingPort() + "\"")
                .user("tls", "pk_test_tls", "tls")
                .user("tls-login", "pk_test_tls-login", "tls-login")
                .user("tls-wrong", "pk_test_tls-wrong", "tls-wrong")
                .user("plain", "pk_test_plain", "plain")
                .user("plain-login", "pk_test_plain-login", "plain-login")
                .user("dead", "pk_test_dead", "dead"));
    }

    @AfterAll
    static void stop() {
        rig.close();
        open.close();
        login.close();
        plain.close();
        secure.close();
    }

    @BeforeEach
    void reset() {
        plain.reset();
        secure.reset();
        plain.onAny().reply(Calls.ok());
        secure.onAny().reply(Calls.ok());
    }

    private static Calls.Result chat(String who) throws IOException {
        return Calls.post(rig, CHAT, BODY, "Authorization: Bearer pk_test_" + who);
    }

    @Test
    void tlsGoesThroughATunnelAndTheProxySeesNothingOfIt() throws IOException {
        assertThat(chat("tls").status()).isEqualTo(200);
        assertThat(secure.only().serverName()).contains(HOST);
        assertThat(secure.only().headers("host")).containsExactly(HOST);
        assertThat(open.seen())
                .anySatisfy(head -> assertThat(head.startLine()).startsWith("CONNECT " + HOST + ":443 "));
        assertThat(open.seen().toString()).doesNotContain("sk_upstream", "pk_test");
    }

    @Test
    void theTunnelMayAskForALogin() throws IOException {
        assertThat(chat("tls-login").status()).isEqualTo(200);
        assertThat(secure.only().header("proxy-authorization")).isEmpty();
    }

    @Test
    void aWrongLoginIsNoWayOut() throws IOException {
        chat("tls-wrong").isFailure(502, "upstream_unreachable");
        assertThat(secure.requests()).isEmpty();
    }

    @Test
    void plainHttpIsAskedForByItsAbsoluteTarget() throws IOException {
        assertThat(chat("plain").status()).isEqualTo(200);
        assertThat(open.seen()).anySatisfy(head -> assertThat(head.startLine())
                .isEqualTo("POST http://plain.example.test" + CHAT + " HTTP/1.1"));
        assertThat(plain.only().target()).isEqualTo(CHAT);
        assertThat(plain.only().text()).isEqualTo(BODY);
    }

    @Test
    void plainHttpMayNeedALogin() throws IOException {
        assertThat(chat("plain-login").status()).isEqualTo(200);
        assertThat(plain.only().header("proxy-authorization")).isEmpty();
    }

    @Test
    void aDeadProxyIsAnUnreachableChannel() throws IOException {
        chat("dead").isFailure(502, "upstream_unreachable");
    }

    @Test
    void streamsPassUnbuffered() throws IOException {
        Gate gate = Gate.closed();
        secure.reset();
        secure.onAny().reply(Reply.sse().event("one").await(gate).event("two"));
        try (RawClient client = rig.client().post(CHAT, BODY, "Authorization: Bearer pk_test_tls")) {
            BodyStream body = client.answer().body();
            assertThat(body.event()).isEqualTo("data: one");
            gate.open();
            assertThat(body.events()).containsExactly("data: two");
        }
    }
}
