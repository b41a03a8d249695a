package io.aiproxy.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aiproxy.config.ConfigException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Properties;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What keeps a gateway from starting, although its parts start beside one another. */
class GatewayStartTest {
    private static final String USERS = "users:\n  zhangsan:\n    proxy_key: pk_test_zhangsan\n    channels: [local]\n";
    private static final String CHANNELS =
            "channels:\n  local:\n    base_url: http://127.0.0.1:9\n    api_key: YOUR_KEY_HERE_1\n";

    @TempDir
    private Path home;

    private final Properties camel = new Properties();

    @BeforeEach
    void configure() throws IOException {
        Files.createDirectories(home.resolve("config"));
        write("users.yaml", USERS);
        write("channels.yaml", CHANNELS);
    }

    private void write(String name, String text) throws IOException {
        Files.writeString(home.resolve("config").resolve(name), text);
    }

    private Settings settings() {
        return new Settings(
                "127.0.0.1",
                0,
                Optional.empty(),
                "127.0.0.1",
                Optional.empty(),
                Optional.empty(),
                home.resolve("config"),
                true,
                Optional.of(Path.of("routes").toAbsolutePath()),
                home.resolve("data"),
                Duration.ofSeconds(1),
                Optional.empty(),
                Optional.empty());
    }

    @Test
    void a_property_that_camel_does_not_know() throws Exception {
        camel.setProperty("camel.main.noSuchThing", "1");
        assertThatThrownBy(() -> Gateway.start(settings(), camel)).hasStackTraceContaining("noSuchThing");
        assertThatThrownBy(() -> Gateway.check(settings(), camel)).hasStackTraceContaining("noSuchThing");
        camel.clear();
        try (Gateway gateway = Gateway.start(settings(), camel)) {
            assertThat(gateway.port()).isPositive();
        }
    }

    @Test
    void the_configuration_comes_first() throws IOException {
        camel.setProperty("camel.main.noSuchThing", "1");
        write("channels.yaml", CHANNELS + "    colour: red\n");
        write(
                "users.yaml",
                USERS + "  # a remark\n".repeat(10_000) + "   lisi: [\n"); // so long that it is read beside the others
        assertThatThrownBy(() -> Gateway.start(settings(), camel))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("channels.yaml:5:")
                .hasMessageContaining("colour")
                .hasMessageContaining("users.yaml:10005:");
    }
}
