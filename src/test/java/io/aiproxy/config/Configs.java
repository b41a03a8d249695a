package io.aiproxy.config;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;

/** Small configurations for tests. */
final class Configs {
    static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    static final String USERS = "users:\n  zhangsan:\n    channels: [bailian]\n    proxy_key: pk_test_zhangsan\n";
    static final String CHANNELS =
            "channels:\n  bailian:\n    base_url: https://dashscope.example\n    api_key: fake-bailian-key\n";

    /** What the environment must hold for {@code config/examples/everything}. */
    static final Map<String, String> EVERYTHING_ENVIRONMENT = Map.of(
            "ZHANGSAN_SERVER_KEY", "pk_test_zhangsan_server",
            "BAILIAN_API_KEY", "fake-bailian-key",
            "BAILIAN_SPARE_KEY", "fake-bailian-spare");

    private Configs() {}

    static void write(Path directory, String users, String channels) {
        write(directory.resolve("users.yaml"), users);
        write(directory.resolve("channels.yaml"), channels);
    }

    static void write(Path file, String content) {
        try {
            Files.writeString(file, content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Snapshot load(Path directory) throws ConfigException {
        return ConfigLoader.load(directory, name -> null, 1, NOW);
    }

    static Snapshot everything() throws ConfigException {
        return ConfigLoader.load(Path.of("config/examples/everything"), EVERYTHING_ENVIRONMENT::get, 1, NOW);
    }
}
