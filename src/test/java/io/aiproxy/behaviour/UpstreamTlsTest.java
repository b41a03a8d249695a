package io.aiproxy.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import io.aiproxy.testing.FakeUpstream;
import io.aiproxy.testing.GatewayRig;
import io.aiproxy.testing.NeedsGateway;
import io.aiproxy.testing.RigConfig;
import io.aiproxy.testing.TestCa;
import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A channel's certificate is believed only if it is signed by somebody trusted and carries the right name. */
@NeedsGateway
class UpstreamTlsTest {
    private static TestCa ca;
    private static FakeUpstream upstream;
    private static FakeUpstream misnamed;
    private static GatewayRig rig;

    @BeforeAll
    static void start() {
        ca = TestCa.create("company");
        TestCa stranger = TestCa.create("stranger");
        upstream = FakeUpstream.start(ca.identity("dns:localhost"));
        misnamed = FakeUpstream.start(ca.identity("dns:other.example.test"));
        String trusted = "ca_file: \"" + ca.pem() + "\"";
        rig = GatewayRig.start(RigConfig.empty()
                .channel("trusted", upstream, "tls: {" + trusted + "}")
                .channel("unknown", upstream)
                .channel("stranger", upstream, "tls: {ca_file: \"" + stranger.pem() + "\"}")
                .channel("unverified", upstream, "tls: {verify: false}")
                .channel("misnamed", misnamed, "tls: {" + trusted + "}")
                .channel("renamed", misnamed, "host: other.example.test", "tls: {" + trusted + "}")
                .user("trusted", "pk_test_trusted", "trusted")
                .user("unknown", "pk_test_unknown", "unknown")
                .user("stranger", "pk_test_stranger", "stranger")
                .user("unverified", "pk_test_unverified", "unverified")
                .user("misnamed", "pk_test_misnamed", "misnamed")
                .user("renamed", "pk_test_renamed", "renamed")
                .user("both", "pk_test_both", "unknown", "trusted"));
    }

    @AfterAll
    static void stop() {
        rig.close();
        upstream.close();
        misnamed.close();
    }

    @BeforeEach
    void reset() {
        upstream.reset();
        misnamed.reset();
        upstream.onAny().reply(Calls.ok());
        misnamed.onAny().reply(Calls.ok());
    }

    private static Calls.Result chat(String who) throws IOException {
        return Calls.post(rig, Calls.CHAT, Calls.BODY, "Authorization: Bearer pk_test_" + who);
    }

    @ParameterizedTest
    @ValueSource(strings = {"trusted", "unverified", "renamed"})
    void whatIsTrustedIsServed(String who) throws IOException {
        Calls.Result result = chat(who);
        assertThat(result.status()).as(result.text()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"unknown", "stranger", "misnamed"})
    void whatIsNotTrustedGetsNothing(String who) throws IOException {
        chat(who).isFailure(502, "upstream_tls_error");
        assertThat(upstream.requests()).isEmpty();
        assertThat(misnamed.requests()).isEmpty();
    }

    @Test
    void theServerNameIsAskedFor() throws IOException {
        chat("renamed");
        assertThat(misnamed.only().serverName()).contains("other.example.test");
    }

    @Test
    void theNextChannelServesInstead() throws IOException {
        Calls.Result result = chat("both");
        assertThat(result.status()).isEqualTo(200);
        assertThat(result.header("x-aiproxy-channel")).isEqualTo("trusted");
    }

    @Test
    void connectionsAreKept() throws IOException {
        int before = upstream.connections();
        for (int i = 0; i < 5; i++) {
            try (var client = rig.client()) {
                client.post(Calls.CHAT, Calls.BODY, "Authorization: Bearer pk_test_trusted");
                client.answer().text();
            }
        }
        assertThat(upstream.connections() - before)
                .as("one per event loop at most")
                .isLessThanOrEqualTo(Runtime.getRuntime().availableProcessors());
    }

    @Test
    void theRequestIsTheSameAsWithoutTls() throws IOException {
        chat("trusted");
        assertThat(upstream.only().header("authorization")).contains("Bearer " + RigConfig.keyOf("trusted"));
        assertThat(upstream.only().text()).isEqualTo(Calls.BODY);
    }
}
