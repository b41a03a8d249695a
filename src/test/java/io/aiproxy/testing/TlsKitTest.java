package io.aiproxy.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.Test;

class TlsKitTest {
    private static final TestCa CA = TestCa.create("kit");
    private static final TestCa.Identity LOCALHOST = CA.identity("dns:localhost", "ip:127.0.0.1");

    @Test
    void recordsTheServerName() throws IOException {
        try (FakeUpstream upstream = FakeUpstream.start(LOCALHOST);
                RawClient client = RawClient.connectTls(upstream.port(), CA.clientContext(), "localhost")) {
            upstream.onAny().reply(Reply.json("{}"));
            assertThat(client.get("/").answer().text()).isEqualTo("{}");
            assertThat(upstream.only().serverName()).contains("localhost");
        }
    }

    @Test
    void anotherAuthorityIsNotTrusted() {
        TestCa stranger = TestCa.create("stranger");
        try (FakeUpstream upstream = FakeUpstream.start(LOCALHOST)) {
            assertThatThrownBy(() -> RawClient.connectTls(upstream.port(), stranger.clientContext(), "localhost"))
                    .isInstanceOf(SSLException.class);
        }
    }

    @Test
    void writesPem() throws IOException {
        assertThat(LOCALHOST.certificatePem()).contains("-----BEGIN CERTIFICATE-----");
        assertThat(LOCALHOST.keyPem()).startsWith("-----BEGIN PRIVATE KEY-----");
        assertThat(Files.readString(CA.pem())).startsWith("-----BEGIN CERTIFICATE-----");
        assertThat(LOCALHOST.serial()).isNotEmpty();
    }

    @Test
    void aHangUpIsSeenThroughTls() throws IOException {
        try (FakeUpstream upstream = FakeUpstream.start(LOCALHOST)) {
            upstream.onAny().reply(Reply.sse().event("one").stall());
            try (RawClient client = RawClient.connectTls(upstream.port(), CA.clientContext(), "localhost")) {
                client.get("/").answer().body().event();
            }
            upstream.only().awaitHangup();
        }
    }
}
