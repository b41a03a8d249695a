package io.aiproxy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckCommandTest {
    @TempDir
    private Path dir;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final Map<String, String> environment = new LinkedHashMap<>();

    @BeforeEach
    void configuration() throws IOException {
        Files.createDirectories(dir.resolve("config"));
        Files.writeString(dir.resolve("config/channels.yaml"), """
                channels:
                  openai: {base_url: "https://api.openai.com/v1", api_key: test-credential}
                  off: {base_url: "https://api.example.com", credentials: [test-a, test-b], status: disabled}
                """);
        Files.writeString(dir.resolve("config/users.yaml"), """
                users:
                  zhangsan: {channels: [openai], proxy_key: pk_test_zhangsan}
                """);
    }

    @Test
    void a_good_configuration_is_counted() {
        assertThat(aiproxy("check")).as(err.toString()).isZero();

        assertThat(out.toString())
                .contains("  1 user with 1 key", "  2 channels (1 disabled) with 3 credentials", "Routes: built-in")
                .containsPattern("  \\d+ routes\\RAll is well\\.");
    }

    @Test
    void prices_that_cannot_be_used_are_told_and_all_is_well() throws IOException {
        Files.writeString(dir.resolve("config/prices.yaml"), """
                prices:
                  good: {model: "gpt-*", input: 2.5}
                  bad: {model: "qwen-*", input: free}
                """);

        assertThat(aiproxy("check")).as(err.toString()).isZero();
        assertThat(out.toString())
                .contains("  1 price", "    not used: prices.yaml:3:33 prices.bad.input: \"free\" is not allowed");
    }

    @Test
    void nothing_is_written_and_a_port_in_use_does_not_matter() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            environment.put("AIPROXY_HOST", "127.0.0.1");
            environment.put("AIPROXY_PORT", Integer.toString(taken.getLocalPort()));

            assertThat(aiproxy("check")).as(err.toString()).isZero();
        }
        try (Stream<Path> files = Files.list(dir)) {
            assertThat(files).containsExactly(dir.resolve("config"));
        }
    }

    @Test
    void all_problems_are_told_with_their_places() throws IOException {
        Files.writeString(dir.resolve("config/users.yaml"), """
                users:
                  zhangsan: {channels: [nowhere], proxy_key: short, colour: red}
                """);

        assertThat(aiproxy("check", "--config", "config")).isEqualTo(1);

        assertThat(out.toString()).isEmpty();
        assertThat(err.toString())
                .startsWith("aiproxy: 3 problems; the configuration in ")
                .contains("users.yaml:2:25 users.zhangsan.channels[0]: ", "unknown key \"colour\"")
                .doesNotContain("\tat ");
    }

    @Test
    void routes_are_built_as_for_a_start() throws IOException {
        Files.createDirectories(dir.resolve("mine"));
        Files.writeString(dir.resolve("mine/broken.camel.yaml"), """
                - route:
                    id: broken
                    from:
                      uri: "netty-http:http://0.0.0.0:{{aiproxy.port}}/x?nettySharedHttpServer=#gateway"
                      steps:
                        - process: {ref: "#no-such-step"}
                """);

        assertThat(aiproxy("check", "--routes", "mine")).isEqualTo(1);

        assertThat(err.toString())
                .startsWith("aiproxy: the gateway could not start: ")
                .contains("broken", "no-such-step")
                .doesNotContain("\tat ");
    }

    @Test
    void without_a_configuration_the_demo_would_start() throws IOException {
        Files.delete(dir.resolve("config/users.yaml"));
        Files.delete(dir.resolve("config/channels.yaml"));

        assertThat(aiproxy("check")).as(err.toString()).isZero();

        assertThat(out.toString()).contains("the start would be the demo");
    }

    @Test
    void a_configuration_that_was_named_must_be_there() throws IOException {
        Files.delete(dir.resolve("config/users.yaml"));
        Files.delete(dir.resolve("config/channels.yaml"));

        assertThat(aiproxy("check", "--config", "config")).isEqualTo(1);

        assertThat(err.toString()).contains("users.yaml: does not exist");
    }

    private int aiproxy(String... args) {
        Shell shell = new Shell(environment, dir, new PrintWriter(out, true), new PrintWriter(err, true));
        return Cli.execute(args, (settings, properties) -> 99, (channel, credential) -> null, shell);
    }
}
