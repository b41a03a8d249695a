package io.aiproxy.sdk;

import static org.assertj.core.api.Assertions.assertThat;

import io.aiproxy.app.Settings;
import io.aiproxy.testing.FakeUpstream;
import io.aiproxy.testing.Frame;
import io.aiproxy.testing.Gate;
import io.aiproxy.testing.GatewayRig;
import io.aiproxy.testing.NeedsGateway;
import io.aiproxy.testing.Recorded;
import io.aiproxy.testing.RigConfig;
import io.aiproxy.testing.TestCa;
import io.aiproxy.testing.providers.GeminiLiveProvider;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** google-genai's Live client, over the {@code wss} that it insists on. */
@NeedsGateway
class GoogleLiveTest {
    private static final String MODEL = "gemini-live-2.5-flash";

    @TempDir
    private static Path directory;

    private static TestCa ca;
    private static FakeUpstream secure;
    private static FakeUpstream upstream;
    private static GatewayRig rig;

    @BeforeAll
    static void start() throws Exception {
        ca = TestCa.create("live");
        secure = FakeUpstream.start(ca.identity("dns:localhost"));
        upstream = FakeUpstream.start();
        TestCa.Identity identity = ca.identity("dns:localhost");
        rig = GatewayRig.prepare(
                RigConfig.empty()
                        .channel("gemini", upstream, "dialect: google")
                        .user("zhangsan", GatewayRig.KEY, "gemini"),
                GoogleLiveTest::withTls);
        rig.write("config/gateway.pem", identity.certificatePem());
        rig.write("config/gateway-key.pem", identity.keyPem());
        rig.boot();
    }

    private static Settings withTls(Settings s) {
        return s.withTls(s.configDir().resolve("gateway.pem"), s.configDir().resolve("gateway-key.pem"));
    }

    @AfterAll
    static void stop() {
        rig.close();
        upstream.close();
        secure.close();
    }

    @BeforeEach
    void play() {
        Gate gate = Gate.closed();
        gate.open();
        for (FakeUpstream provider : new FakeUpstream[] {upstream, secure}) {
            provider.reset();
            provider.expectCredential("x-goog-api-key", RigConfig.keyOf("gemini"))
                    .forbid("pk_test");
            GeminiLiveProvider.on(provider, gate);
        }
    }

    @AfterEach
    void nothingLeaked() {
        assertThat(upstream.leaks()).isEmpty();
    }

    private static String run(int port, String key) throws IOException, InterruptedException {
        Path output = directory.resolve("output.txt");
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(ca.trustOptions());
        command.addAll(List.of("-Dstdout.encoding=UTF-8", "-Dfile.encoding=UTF-8"));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), GoogleLiveClient.class.getName()));
        command.addAll(List.of("https://localhost:" + port, key, MODEL));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            assertThat(process.waitFor(60, TimeUnit.SECONDS))
                    .as("the program has ended")
                    .isTrue();
        } finally {
            process.destroyForcibly();
        }
        return Files.readString(output, StandardCharsets.UTF_8);
    }

    private static void twoTurns(String said, FakeUpstream provider) {
        assertThat(said).contains("heard 你好！ for 15", "heard 你好！ for 23", "closed");
        Recorded request = provider.only();
        assertThat(request.path()).endsWith(GeminiLiveProvider.PATH);
        assertThat(request.socket().texts()).hasSize(3).first().asString().contains("models/" + MODEL);
        assertThat(request.socket().frames()).allMatch(Frame::masked);
    }

    @Test
    void directly() throws Exception {
        twoTurns(run(secure.port(), RigConfig.keyOf("gemini")), secure);
    }

    @Test
    void through_the_gateway() throws Exception {
        twoTurns(run(rig.port(), GatewayRig.KEY), upstream);
        assertThat(rig.awaitLogLine("\"status\":101"))
                .contains(
                        "\"model\":\"" + MODEL + "\"",
                        "\"operation\":\"live\"",
                        "\"usage\":{\"input_tokens\":24,\"output_tokens\":14,\"reasoning_tokens\":4}",
                        "\"close_code\":1000");
    }

    @Test
    void a_wrong_key_is_the_SDKs_own_exception() throws Exception {
        assertThat(run(rig.port(), "pk_test_nobody")).contains("failed").doesNotContain("heard", "pk_test");
        assertThat(upstream.requests()).isEmpty();
    }
}
