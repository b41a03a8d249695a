package io.aiproxy.behaviour;

import static io.aiproxy.behaviour.Calls.BODY;
import static io.aiproxy.behaviour.Calls.CHAT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.aiproxy.app.Settings;
import io.aiproxy.testing.BodyStream;
import io.aiproxy.testing.FakeUpstream;
import io.aiproxy.testing.Gate;
import io.aiproxy.testing.GatewayRig;
import io.aiproxy.testing.NeedsGateway;
import io.aiproxy.testing.RawClient;
import io.aiproxy.testing.Reply;
import io.aiproxy.testing.RigConfig;
import io.aiproxy.testing.TestCa;
import java.io.IOException;
import java.time.Duration;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The gateway's own TLS: a PEM pair, streams through it, and a new pair without a restart. */
@NeedsGateway
class TlsTest {
    private static final FakeUpstream UPSTREAM = FakeUpstream.start();
    private static TestCa ca;
    private static TestCa.Identity first;
    private static TestCa.Identity second;
    private static GatewayRig rig;

    @BeforeAll
    static void start() {
        ca = TestCa.create("gateway");
        first = ca.identity("dns:localhost", "ip:127.0.0.1");
        second = ca.identity("dns:localhost", "ip:127.0.0.1");
        rig = GatewayRig.prepare(
                RigConfig.empty().channel("alpha", UPSTREAM).user("zhangsan", GatewayRig.KEY, "alpha"),
                TlsTest::secure);
        write(first);
        rig.boot();
    }

    @AfterAll
    static void stop() {
        rig.close();
        UPSTREAM.close();
    }

    private static Settings secure(Settings s) {
        return s.withTls(s.configDir().resolve("gateway.pem"), s.configDir().resolve("gateway-key.pem"));
    }

    private static void write(TestCa.Identity identity) {
        rig.write("config/gateway-key.pem", identity.keyPem());
        rig.write("config/gateway.pem", identity.certificatePem());
    }

    private static RawClient connect() throws IOException {
        return RawClient.connectTls(rig.port(), ca.clientContext(), "localhost");
    }

    private static String serial() throws IOException {
        try (RawClient client = connect()) {
            return TestCa.serialOf(((SSLSocket) client.socket()).getSession().getPeerCertificates()[0]);
        }
    }

    @Test
    void callsAndStreamsPass() throws IOException {
        Gate gate = Gate.closed();
        UPSTREAM.reset();
        UPSTREAM.on(CHAT).reply(Reply.sse().event("one").await(gate).event("two"));
        try (RawClient client = connect()) {
            BodyStream body = client.post(CHAT, BODY, GatewayRig.AUTH).answer().body();
            assertThat(body.event()).isEqualTo("data: one");
            gate.open();
            assertThat(body.events()).containsExactly("data: two");
        }
    }

    @Test
    void plainTextGetsNoHttpAnswer() throws IOException {
        try (RawClient client = RawClient.connect(rig.port())) {
            client.get("/health");
            assertThatThrownBy(client::readHead).isInstanceOf(IOException.class);
        }
    }

    @Test
    void aNewPairServesNewConnectionsWithoutARestart() throws IOException {
        write(first);
        await().atMost(Duration.ofSeconds(20)).until(() -> serial().equals(first.serial()));
        UPSTREAM.reset();
        UPSTREAM.on(CHAT).reply(Calls.ok());
        try (RawClient before = connect()) {
            assertThat(before.post(CHAT, BODY, GatewayRig.AUTH).answer().text()).isEqualTo(Calls.ANSWER);
            write(second);
            await().atMost(Duration.ofSeconds(20)).until(() -> serial().equals(second.serial()));
            assertThat(before.post(CHAT, BODY, GatewayRig.AUTH).answer().text()).isEqualTo(Calls.ANSWER);
        }
    }
}
