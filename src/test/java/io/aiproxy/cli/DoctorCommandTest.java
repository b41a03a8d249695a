package io.aiproxy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.aiproxy.telemetry.LogLevel;
import io.aiproxy.testing.FakeEgressProxy;
import io.aiproxy.testing.FakeUpstream;
import io.aiproxy.testing.Reply;
import io.aiproxy.testing.TestCa;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DoctorCommandTest {
    @TempDir
    private Path dir;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final FakeUpstream upstream = FakeUpstream.start();

    @BeforeEach
    void users() throws IOException {
        Files.createDirectories(dir.resolve("config"));
        Files.writeString(
                dir.resolve("config/users.yaml"), "users: {zhangsan: {channels: [one], proxy_key: pk_test_zhangsan}}");
    }

    @AfterEach
    void stop() {
        LogLevel.apply("info");
        upstream.close();
    }

    @Test
    void a_channel_that_is_well() throws IOException {
        upstream.onAny().reply(Reply.json("{\"data\": []}"));
        channels("one: {base_url: \"%s/v1\", api_key: test-credential}".formatted(upstream.baseUrl()));

        assertThat(aiproxy("doctor")).as(out.toString()).isZero();

        assertThat(upstream.only().target()).isEqualTo("/v1/models");
        assertThat(upstream.only().header("authorization")).contains("Bearer test-credential");
        assertThat(out.toString())
                .contains("one  " + upstream.baseUrl() + "/v1", "127.0.0.1 port " + upstream.port())
                .containsPattern("OK +probe default +\\d+ ms  GET /v1/models: 200, the credential is taken")
                .contains("1 channel: all well")
                .doesNotContain("test-credential");
    }

    @ParameterizedTest
    @CsvSource({
        "401, the credential is refused, 1",
        "402, no credit, 1",
        "403, not allowed here, 1",
        "404, base_url may lack a prefix or have one too many, 1",
        "429, throttled, 0",
        "400, set health.probe, 0",
        "500, a problem of its own, 1",
        "302, the channel has moved, 1"
    })
    void every_status_is_told_in_words(int status, String words, int code) throws IOException {
        upstream.onAny().reply(Reply.status(status));
        channels("one: {base_url: \"%s\", api_key: test-credential}".formatted(upstream.baseUrl()));

        assertThat(aiproxy("doctor", "one")).isEqualTo(code);

        assertThat(out.toString()).contains(status + ", ", words);
    }

    @Test
    void every_credential_is_tried_where_its_dialect_wants_it() throws IOException {
        upstream.on(r -> r.header("x-api-key").filter("test-bad"::equals).isPresent())
                .reply(Reply.status(401));
        upstream.on(r -> r.header("x-api-key").filter("test-good"::equals).isPresent())
                .reply(Reply.json("{}"));
        channels(
                "one: {base_url: \"%s\", dialect: anthropic, credentials: [{name: a, api_key: test-bad}, {name: b, api_key: test-good}]}"
                        .formatted(upstream.baseUrl()));

        assertThat(aiproxy("doctor")).isEqualTo(1);

        assertThat(out.toString())
                .containsPattern("BAD +probe a ")
                .containsPattern("OK +probe b ")
                .contains("1 channel: 1 with problems");
        assertThat(upstream.last().header("anthropic-version")).isPresent();
    }

    @Test
    void nobody_listens() throws IOException {
        channels("one: {base_url: \"http://127.0.0.1:%d\", api_key: test-credential}"
                .formatted(FakeUpstream.refusingPort()));

        assertThat(aiproxy("doctor")).isEqualTo(1);

        assertThat(out.toString()).contains("nothing listens there").doesNotContain("probe");
    }

    @Test
    void a_name_that_does_not_exist() throws IOException {
        channels("one: {base_url: \"http://no-such-host.invalid\", api_key: test-credential}");

        assertThat(aiproxy("doctor", "--timeout", "10")).isEqualTo(1);

        assertThat(out.toString()).containsPattern("BAD +name ").contains("no-such-host.invalid", "DNS");
    }

    @Test
    void somebody_who_never_answers_costs_no_more_than_the_limit() throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            channels("one: {base_url: \"http://127.0.0.1:%d\", api_key: test-credential}"
                    .formatted(silent.getLocalPort()));

            assertThat(aiproxy("doctor", "--timeout", "1")).isEqualTo(1);
        }
        assertThat(out.toString()).containsPattern("BAD +probe default").doesNotContain("test-credential");
    }

    @Test
    void something_that_speaks_no_http() throws IOException {
        upstream.onAny().reply(Reply.raw("SSH-2.0-server\r\n"));
        channels("one: {base_url: \"%s\", api_key: test-credential}".formatted(upstream.baseUrl()));

        assertThat(aiproxy("doctor")).isEqualTo(1);

        assertThat(out.toString()).contains("what answers is not HTTP");
    }

    @Test
    void certificates_are_judged_as_the_gateway_does_and_nothing_is_sent_to_a_wrong_one() throws IOException {
        TestCa ca = TestCa.create("Company CA");
        Files.copy(ca.pem(), dir.resolve("config/ca.pem"));
        try (FakeUpstream good = FakeUpstream.start(ca.identity("ip:127.0.0.1"));
                FakeUpstream other = FakeUpstream.start(ca.identity("dns:other.example.com"))) {
            good.onAny().reply(Reply.json("{}"));
            other.onAny().reply(Reply.json("{}"));
            channels("""
                    one: {base_url: "https://127.0.0.1:%d", api_key: test-credential, tls: {ca_file: ca.pem}}
                      two: {base_url: "https://127.0.0.1:%d", api_key: test-credential}
                      three: {base_url: "https://127.0.0.1:%d", api_key: test-credential, tls: {ca_file: ca.pem}}
                      four: {base_url: "https://127.0.0.1:%d", api_key: test-credential, tls: {verify: false}}
                    """.formatted(good.port(), good.port(), other.port(), other.port()));

            assertThat(aiproxy("doctor")).isEqualTo(1);

            assertThat(good.requests()).hasSize(1);
            assertThat(other.requests()).hasSize(1);
        }
        String[] told = out.toString().split("\\R\\R");
        assertThat(told[0]).containsPattern("OK +tls +\\d+ ms  TLSv1\\.[23], certificate for .*127\\.0\\.0\\.1");
        assertThat(told[1]).contains("is signed by Company CA, which is not trusted here", "tls.ca_file");
        assertThat(told[2]).contains("the certificate is for ", "other.example.com", " and not for 127.0.0.1");
        assertThat(told[3]).containsPattern("WARN +tls ").contains("tls.verify is false");
    }

    @Test
    void https_at_a_port_without_tls() throws IOException {
        upstream.onAny().reply(Reply.json("{}"));
        channels("one: {base_url: \"https://127.0.0.1:%d\", api_key: test-credential}".formatted(upstream.port()));

        assertThat(aiproxy("doctor", "--timeout", "3")).isEqualTo(1);

        assertThat(out.toString()).containsPattern("BAD +tls ");
    }

    @Test
    void the_egress_proxy_is_used_and_its_login_told_when_it_is_wrong() throws IOException {
        TestCa ca = TestCa.create("Company CA");
        Files.copy(ca.pem(), dir.resolve("config/ca.pem"));
        try (FakeUpstream secure = FakeUpstream.start(ca.identity("dns:api.example.test"));
                FakeEgressProxy proxy =
                        FakeEgressProxy.withLogin("user", "word").route("api.example.test", secure.port())) {
            secure.onAny().reply(Reply.json("{}"));
            String channel = "{base_url: \"https://api.example.test\", api_key: test-credential,"
                    + " tls: {ca_file: ca.pem}, egress_proxy: \"http://%s@127.0.0.1:" + proxy.port() + "\"}";
            channels("one: " + channel.formatted("user:word") + "\n  two: " + channel.formatted("user:wrong"));

            assertThat(aiproxy("doctor")).isEqualTo(1);

            assertThat(secure.requests()).hasSize(1);
        }
        String[] told = out.toString().split("\\R\\R");
        assertThat(told[0]).contains("lets us through to api.example.test:443").containsPattern("OK +probe");
        assertThat(told[1]).contains("another user name or password (407)").doesNotContain("wrong");
    }

    @Test
    void the_channels_other_hosts_are_reached_as_well() throws IOException {
        TestCa ca = TestCa.create("Company CA");
        Files.copy(ca.pem(), dir.resolve("config/ca.pem"));
        try (FakeUpstream secure = FakeUpstream.start(ca.identity("dns:localhost"));
                FakeUpstream misnamed = FakeUpstream.start(ca.identity("dns:other.example.com"))) {
            secure.onAny().reply(Reply.json("{}"));
            channels("""
                    one: {base_url: "https://localhost:%1$d", api_key: test-credential, tls: {ca_file: ca.pem},
                        websocket_url: "wss://localhost:%2$d",
                        model_hosts: {gone: "no-such-host.invalid", same: "localhost:%1$d", shut: "localhost:%3$d"}}
                      two: {base_url: "https://localhost:%1$d", api_key: test-credential, tls: {ca_file: ca.pem},
                        websocket_url: "wss://localhost:%2$d", supports_websocket: no}
                    """.formatted(secure.port(), misnamed.port(), FakeUpstream.refusingPort()));

            assertThat(aiproxy("doctor")).isEqualTo(1);

            assertThat(secure.requests()).hasSize(2);
            assertThat(misnamed.requests()).isEmpty();
        }
        String[] told = out.toString().split("\\R\\R");
        assertThat(told[0])
                .containsPattern("OK +probe default")
                .containsPattern("OK +connect websocket_url ")
                .containsPattern("BAD +tls websocket_url .*websocket_url or host names another server")
                .containsPattern("BAD +name model_hosts\\.gone .*check model_hosts\\.gone and")
                .containsPattern("BAD +connect model_hosts\\.shut .*nothing listens there")
                .doesNotContain("model_hosts.same", "test-credential");
        assertThat(told[1]).doesNotContain("websocket_url", "BAD");
    }

    @Test
    void other_hosts_are_told_of_even_if_the_first_is_not_there_and_go_through_the_proxy() throws IOException {
        upstream.onAny().reply(Reply.json("{}"));
        try (FakeEgressProxy proxy = FakeEgressProxy.open().route("ws.example.test", upstream.port())) {
            channels("""
                    one: {base_url: "http://no-such-host.invalid", api_key: test-credential,
                        websocket_url: "ws://ws.example.test",
                        egress_proxy: {url: "http://127.0.0.1:%d", no_proxy: [.invalid]}}
                    """.formatted(proxy.port()));

            assertThat(aiproxy("doctor", "--json")).isEqualTo(1);
        }
        JsonNode steps = new JsonMapper().readTree(out.toString()).at("/channels/0/steps");
        assertThat(steps)
                .extracting(step -> step.path("step").asText() + " "
                        + step.path("at").asText() + " " + step.path("verdict").asText())
                .containsExactly("name  bad", "name websocket_url ok", "connect websocket_url ok");
        assertThat(steps.get(2).path("text").asText()).startsWith("the egress proxy ");
    }

    @Test
    void json_for_machines() throws IOException {
        upstream.onAny().reply(Reply.status(401));
        channels(
                "one: {base_url: \"%s\", api_key: test-credential}\n  off: {base_url: \"%s\", auth: none, status: disabled}"
                        .formatted(upstream.baseUrl(), upstream.baseUrl()));

        assertThat(aiproxy("doctor", "--json")).isEqualTo(1);

        JsonNode root = new JsonMapper().readTree(out.toString());
        assertThat(root.get("channels")).hasSize(1);
        JsonNode channel = root.get("channels").get(0);
        assertThat(channel.get("channel").asText()).isEqualTo("one");
        assertThat(channel.get("well").asBoolean()).isFalse();
        JsonNode last = channel.get("steps").get(channel.get("steps").size() - 1);
        assertThat(last.get("step").asText()).isEqualTo("probe");
        assertThat(last.get("verdict").asText()).isEqualTo("bad");
        assertThat(last.get("credential").asText()).isEqualTo("default");
        assertThat(last.get("ms").isIntegralNumber()).isTrue();
    }

    @Test
    void an_unknown_channel_or_no_configuration_is_said() throws IOException {
        channels("one: {base_url: \"%s\", auth: none}".formatted(upstream.baseUrl()));

        assertThat(aiproxy("doctor", "two")).isEqualTo(1);
        assertThat(err.toString()).contains("there is no channel \"two\"; there are: one");

        Files.createDirectories(dir.resolve("empty"));
        assertThat(aiproxy("doctor", "--config", "empty")).isEqualTo(1);
        assertThat(err.toString()).contains("there is no configuration in ");
    }

    private void channels(String text) throws IOException {
        Files.writeString(dir.resolve("config/channels.yaml"), "channels:\n  " + text + "\n");
    }

    private int aiproxy(String... args) {
        Shell shell = new Shell(Map.of(), dir, new PrintWriter(out, true), new PrintWriter(err, true));
        return Cli.execute(args, (settings, properties) -> 99, (channel, credential) -> null, shell);
    }
}
