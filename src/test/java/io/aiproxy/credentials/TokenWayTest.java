package io.aiproxy.credentials;

import static org.assertj.core.api.Assertions.assertThat;

import io.aiproxy.config.ChannelConfig;
import io.aiproxy.config.TokenConfig.ClientAuth;
import io.aiproxy.core.FailureException;
import io.aiproxy.core.Origin;
import io.aiproxy.core.Secret;
import io.aiproxy.core.Target;
import io.aiproxy.testing.FakeEgressProxy;
import io.aiproxy.testing.FakeUpstream;
import io.aiproxy.testing.Http2Upstream;
import io.aiproxy.testing.Reply;
import io.aiproxy.testing.TestCa;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How token endpoints are reached: TLS, HTTP/2, and the proxy on the way out. */
class TokenWayTest {
    private static final String TOKEN = "{\"access_token\":\"fake-access\"}";
    private static final String HOST = "login.example.test";

    private static TestCa ca;
    private static TestCa stranger;
    private static TestCa.Identity here;
    private static TestCa.Identity elsewhere;
    private static TestCa.Identity outside;

    @TempDir
    Path directory;

    private TokenKit kit;

    @BeforeAll
    static void authorities() {
        ca = TestCa.create("ours");
        stranger = TestCa.create("stranger");
        here = ca.identity("dns:localhost");
        elsewhere = ca.identity("dns:other.example");
        outside = ca.identity("dns:" + HOST);
    }

    @BeforeEach
    void open() {
        kit = new TokenKit(directory);
    }

    @AfterEach
    void close() {
        kit.close();
    }

    @Test
    void theChannelsCaFileIsTrusted() {
        try (FakeUpstream endpoint = secure(here)) {
            assertThat(fetch(channel(endpoint.baseUrl(), verified(ca.pem())))).isEqualTo("fake-access");
            assertThat(endpoint.only().serverName()).contains("localhost");
        }
    }

    @Test
    void aCertificateThatNobodyKnowsIsNot() {
        try (FakeUpstream endpoint = secure(here)) {
            assertThat(failure(channel(endpoint.baseUrl(), verified(stranger.pem()))))
                    .contains("certificate that is not trusted");
            assertThat(failure(channel(endpoint.baseUrl(), new Target.Tls(true, Optional.empty(), "x"))))
                    .contains("certificate that is not trusted");
            assertThat(endpoint.requests()).isEmpty();
        }
    }

    @Test
    void aCertificateForAnotherNameIsNot() {
        try (FakeUpstream endpoint = secure(elsewhere)) {
            assertThat(failure(channel(endpoint.baseUrl(), verified(ca.pem()))))
                    .contains("certificate that is not trusted");
            assertThat(endpoint.requests()).isEmpty();
        }
    }

    @Test
    void whoeverSwitchesTheCheckOffGetsWhatHeWants() {
        try (FakeUpstream endpoint = secure(elsewhere)) {
            assertThat(fetch(channel(endpoint.baseUrl(), new Target.Tls(false, Optional.empty(), "x"))))
                    .isEqualTo("fake-access");
        }
    }

    @Test
    void aCaFileThatIsNoneIsTheOperatorsMistake() throws Exception {
        Path file = Files.writeString(directory.resolve("not-a.pem"), "-----BEGIN CERTIFICATE-----\nfake\n");
        assertThat(failure(channel("https://localhost:1", verified(file)))).contains("tls.ca_file");
    }

    @Test
    void aChangedCaFileIsReadAgainWithTheNextConfiguration() throws Exception {
        Path file = directory.resolve("ca.pem");
        Files.copy(stranger.pem(), file);
        try (FakeUpstream endpoint = secure(here)) {
            ChannelConfig channel = channel(endpoint.baseUrl(), verified(file));
            Tokens tokens = kit.open();
            TokenKit.failure(tokens.fetch(channel, channel.credentials().get(0)));
            Files.copy(ca.pem(), file, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
            tokens.retain(TokenKit.snapshot(channel));
            assertThat(TokenKit.get(tokens.fetch(channel, channel.credentials().get(0))))
                    .isEqualTo("fake-access");
        }
    }

    @Test
    void speaksHttp2WhereItIsNegotiated() {
        try (Http2Upstream endpoint = Http2Upstream.start(here)) {
            endpoint.always(exchange -> exchange.json(200, TOKEN));
            assertThat(fetch(channel(endpoint.baseUrl(), verified(ca.pem())))).isEqualTo("fake-access");
        }
    }

    @Test
    void plainEndpointsAreAskedThroughTheProxyWithItsLogin() {
        try (FakeUpstream endpoint = FakeUpstream.start();
                FakeEgressProxy proxy =
                        FakeEgressProxy.withLogin("clerk", "fake-pass").route(HOST, endpoint.port())) {
            endpoint.onAny().reply(Reply.json(TOKEN));
            assertThat(failure(through(proxy, "http://" + HOST, "wrong-pass")))
                    .contains("egress proxy refuses the gateway's login");
            assertThat(fetch(through(proxy, "http://" + HOST, "fake-pass"))).isEqualTo("fake-access");
            assertThat(endpoint.only().header("proxy-authorization")).isEmpty();
        }
    }

    @Test
    void secureEndpointsAreAskedThroughATunnel() {
        try (FakeUpstream endpoint = secure(outside);
                FakeEgressProxy proxy = FakeEgressProxy.open().route(HOST, endpoint.port())) {
            assertThat(fetch(through(proxy, "https://" + HOST, ""))).isEqualTo("fake-access");
            assertThat(proxy.seen()).allMatch(head -> head.startLine().startsWith("CONNECT " + HOST + ":443"));
        }
    }

    /** In a JVM of its own: whether the JDK logs in to tunnels is decided once, by whoever uses its client first. */
    @Test
    void tunnelsAreLoggedInTo() throws Exception {
        try (FakeUpstream endpoint = secure(outside);
                FakeEgressProxy proxy =
                        FakeEgressProxy.withLogin("clerk", "fake-pass").route(HOST, endpoint.port())) {
            List<String> printed = probe(proxy, "wrong-pass", "fake-pass");
            assertThat(printed).last().isEqualTo("fake-access");
            assertThat(printed)
                    .anyMatch(line -> line.contains("egress proxy refuses the gateway's login"))
                    .noneMatch(line -> line.contains("wrong-pass"));
            assertThat(endpoint.only().head().text().toLowerCase(java.util.Locale.ROOT))
                    .doesNotContain("proxy-");
        }
    }

    @Test
    void aProxyThatIsNotThereIsNamed() {
        Target.Egress dead =
                new Target.Egress("127.0.0.1", FakeUpstream.refusingPort(), Optional.empty(), Optional.empty());
        assertThat(failure(channel("https://" + HOST, verified(ca.pem()), Optional.of(dead))))
                .contains("through the egress proxy 127.0.0.1:" + dead.port());
    }

    @Test
    void theWayIsDecidedForTheEndpointsOwnHost() {
        try (FakeUpstream endpoint = FakeUpstream.start();
                FakeEgressProxy proxy = FakeEgressProxy.open().route(HOST, endpoint.port())) {
            endpoint.onAny().reply(Reply.json(TOKEN));
            // The channel is inside of the network and has no proxy; its token endpoint is outside.
            Target.Way way =
                    host -> host.host().equals(HOST) ? Optional.of(egress(proxy.port(), "")) : Optional.empty();
            Target target = new Target(new Origin(false, "upstream.example", 80), verified(ca.pem()), way, true);
            assertThat(target.egress()).isEmpty();
            assertThat(fetch(channel("http://" + HOST, target))).isEqualTo("fake-access");
            assertThat(proxy.seen()).hasSize(1);
        }
    }

    private static List<String> probe(FakeEgressProxy proxy, String... passwords) throws Exception {
        String path = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        path + File.pathSeparator + "target/test-classes",
                        TunnelProbe.class.getName(),
                        "https://" + HOST,
                        ca.pem().toString(),
                        Integer.toString(proxy.port()),
                        String.join(",", passwords))
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return output.lines().map(String::strip).filter(line -> !line.isEmpty()).toList();
    }

    private static FakeUpstream secure(TestCa.Identity identity) {
        FakeUpstream endpoint = FakeUpstream.start(identity);
        endpoint.onAny().reply(Reply.json(TOKEN));
        return endpoint;
    }

    static Target.Tls verified(Path file) {
        return new Target.Tls(true, Optional.of(file), "upstream.example");
    }

    static ChannelConfig through(FakeEgressProxy proxy, String url, String password) {
        return channel(url, verified(ca.pem()), Optional.of(egress(proxy.port(), password)));
    }

    static Target.Egress egress(int port, String password) {
        return password.isEmpty()
                ? new Target.Egress("127.0.0.1", port, Optional.empty(), Optional.empty())
                : new Target.Egress("127.0.0.1", port, Optional.of("clerk"), Optional.of(Secret.of(password)));
    }

    private static ChannelConfig channel(String url, Target.Tls tls) {
        return channel(url, tls, Optional.empty());
    }

    static ChannelConfig channel(String url, Target.Tls tls, Optional<Target.Egress> egress) {
        return channel(url, new Target(new Origin(false, "upstream.example", 80), tls, egress, true));
    }

    private static ChannelConfig channel(String url, Target target) {
        return TokenKit.channel(
                "corp",
                TokenKit.client(url + "/token", ClientAuth.POST, TokenKit.TIMING),
                target,
                TokenKit.credential("main", "client_id", "id", "client_secret", "fake-secret", "tenant", "t"));
    }

    private String fetch(ChannelConfig channel) {
        return TokenKit.get(kit.open().fetch(channel, channel.credentials().get(0)));
    }

    private String failure(ChannelConfig channel) {
        FailureException thrown =
                TokenKit.failure(kit.open().fetch(channel, channel.credentials().get(0)));
        assertThat(thrown.getMessage() + kit.log()).doesNotContain("fake-pass", "wrong-pass", "fake-secret");
        return thrown.getMessage();
    }
}
