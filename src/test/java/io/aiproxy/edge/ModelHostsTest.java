package io.aiproxy.edge;

import static org.assertj.core.api.Assertions.assertThat;

import io.aiproxy.core.Origin;
import io.aiproxy.core.Target;
import io.aiproxy.credentials.TokenSource;
import io.aiproxy.testing.FakeEgressProxy;
import io.aiproxy.testing.FakeUpstream;
import io.aiproxy.testing.RawClient;
import io.aiproxy.testing.RawWebSocket;
import io.aiproxy.testing.Recorded;
import io.aiproxy.testing.Reply;
import io.aiproxy.testing.TestCa;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Models that are not at their channel's host. Over real sockets, with TLS. */
class ModelHostsTest {
    private static final TestCa CA = TestCa.create("models");
    private static final FakeUpstream UPSTREAM = FakeUpstream.start(CA.identity("dns:*.example.test"));
    private static final FakeEgressProxy EGRESS = FakeEgressProxy.open()
            .route("region.example.test", UPSTREAM.port())
            .route("global.example.test", UPSTREAM.port());

    @TempDir
    static Path directory;

    private static EdgeRig rig;

    @BeforeAll
    static void start() throws Exception {
        String channels = """
                channels:
                  alpha:
                    base_url: https://region.example.test:8443/v1
                    api_key: sk_fake_alpha
                    tls: {ca_file: "%s"}
                    egress_proxy: "http://127.0.0.1:%d"
                    model_aliases: {fast: gemini-3-pro-preview}
                """.formatted(CA.pem(), EGRESS.port());
        rig = new EdgeRig(
                directory,
                channels,
                TokenSource.NONE,
                plain -> id -> Channels.of(plain, id).modelHost("gemini-3-pro-preview", "Global.Example.test"));
    }

    @AfterAll
    static void stop() throws Exception {
        rig.close();
        EGRESS.close();
        UPSTREAM.close();
    }

    @BeforeEach
    void reset() {
        UPSTREAM.reset();
        UPSTREAM.onAny().reply(Reply.json("{}"));
    }

    private static RawClient.Answer chat(String model) throws IOException {
        try (RawClient client = rig.client()) {
            RawClient.Answer answer = client.post("/v1/chat/completions", "{\"model\":\"" + model + "\"}", EdgeRig.AUTH)
                    .answer();
            answer.text();
            return answer;
        }
    }

    @ParameterizedTest
    @CsvSource({"gemini-3-pro-preview", "fast"})
    void suchAModelIsCalledAtItsOwnHost(String model) throws IOException {
        assertThat(chat(model).status()).isEqualTo(200);
        Recorded seen = UPSTREAM.only();
        assertThat(seen.header("host")).contains("global.example.test:8443");
        assertThat(seen.serverName()).contains("global.example.test");
        assertThat(seen.target()).isEqualTo("/v1/chat/completions");
        assertThat(seen.header("authorization")).contains("Bearer sk_fake_alpha");
    }

    @ParameterizedTest
    @CsvSource({
        "Models.example.test, models.example.test, 8443, models.example.test:8443",
        "models.example.test:443, models.example.test, 443, models.example.test",
        "[2001:DB8::1], 2001:db8::1, 8443, [2001:db8::1]:8443",
        "[2001:db8::1]:9443, 2001:db8::1, 9443, [2001:db8::1]:9443"
    })
    void theHostMayHaveAPortAndBeAnAddress(String host, String name, int port, String header) {
        Target base = new Target(
                new Origin(true, "region.example.test", 8443),
                new Target.Tls(true, Optional.empty(), "own.example.test"),
                Optional.empty(),
                true);
        ChannelEdits.Place place = new ChannelEdits.Place(base, "own.example.test").at(host);
        assertThat(place.target().origin()).isEqualTo(new Origin(true, name, port));
        assertThat(place.target().tls().serverName()).isEqualTo(name);
        assertThat(place.target().http2()).isTrue();
        assertThat(place.host()).isEqualTo(header);
    }

    @Test
    void otherModelsAreCalledAtTheChannels() throws IOException {
        assertThat(chat("gemini-2.5-flash").status()).isEqualTo(200);
        Recorded seen = UPSTREAM.only();
        assertThat(seen.header("host")).contains("region.example.test:8443");
        assertThat(seen.serverName()).contains("region.example.test");
    }

    @Test
    void aWebSocketGoesThereToo() throws IOException {
        UPSTREAM.on("/v1/realtime").reply(Reply.webSocket().echo());
        try (RawWebSocket socket = rig.webSocket("/v1/realtime?model=fast", EdgeRig.AUTH)) {
            assertThat(socket.text("hello").text()).isEqualTo("hello");
        }
        Recorded seen = UPSTREAM.requests().get(0);
        assertThat(seen.header("host")).contains("global.example.test:8443");
        assertThat(seen.serverName()).contains("global.example.test");
        assertThat(seen.target()).isEqualTo("/v1/realtime?model=gemini-3-pro-preview");
    }
}
