package io.aiproxy.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import io.aiproxy.cli.ImportRun;
import io.aiproxy.testing.FakeUpstream;
import io.aiproxy.testing.GatewayRig;
import io.aiproxy.testing.NeedsGateway;
import io.aiproxy.testing.Reply;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The YAML form of the OpenResty gateway's configuration, where users have several channels. */
@NeedsGateway
class ImportAiproxyYamlTest {
    private static final String USERS = """
            users:
              user1:
                name: "张三"
                department: "技术部"
                proxy_key: "pk_test_user1"
                status: "active"
                channels: ["aliyun", "openai"]

              user2:
                name: "李四"
                department: "产品部"
                proxy_key: "pk_test_user2"
                status: "active"
                channels: ["aliyun"]

              user3:
                name: "王五"
                proxy_key: "pk_test_user3"
                status: "disabled"
                channels: ["aliyun"]
            """;
    private static final String CHANNELS = """
            channels:
              aliyun:
                name: "阿里云百炼"
                api_key: "sk-test-aliyun"
                base_url: "http://127.0.0.1:%d"
                status: "active"
                timeout: 30
                max_retries: 0
                priority: 1

              openai:
                name: "OpenAI"
                api_key: "sk-test-openai"
                base_url: "http://127.0.0.1:%d"
                status: "active"
                priority: 2
            """;
    private static final String SYSTEM = """
            system:
              config_reload_interval: 300  # seconds
              log_level: "info"
              max_connections: 1000
            """;

    @TempDir
    private Path home;

    private final FakeUpstream aliyun = FakeUpstream.start();
    private final FakeUpstream openai = FakeUpstream.start();

    @AfterEach
    void stop() {
        aliyun.close();
        openai.close();
    }

    /** As one file, and as three. */
    private GatewayRig imported(boolean one) throws IOException {
        Path old = Files.createDirectories(home.resolve("old"));
        String channels = CHANNELS.formatted(aliyun.port(), openai.port());
        if (one) {
            Files.writeString(old.resolve("config.yaml"), USERS + "\n" + channels + "\n" + SYSTEM);
        } else {
            Files.writeString(old.resolve("users.yaml"), USERS);
            Files.writeString(old.resolve("channels.yaml"), channels);
            Files.writeString(old.resolve("system.yaml"), SYSTEM);
        }
        ImportRun.into("aiproxy", old, home.resolve("config"));
        aliyun.expectCredential("Authorization", "Bearer sk-test-aliyun").forbid("pk_test");
        aliyun.onAny().reply(Calls.ok());
        openai.expectCredential("Authorization", "Bearer sk-test-openai").forbid("pk_test");
        openai.onAny().reply(Calls.ok());
        return GatewayRig.over(home.resolve("config"));
    }

    private static int chat(GatewayRig rig, String user) throws IOException {
        return Calls.post(rig, Calls.CHAT, Calls.BODY, "Authorization: Bearer pk_test_" + user)
                .status();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void the_first_channel_serves_as_long_as_it_can(boolean one) throws IOException {
        try (GatewayRig rig = imported(one)) {
            assertThat(chat(rig, "user1")).isEqualTo(200);
            assertThat(chat(rig, "user2")).isEqualTo(200);
            assertThat(chat(rig, "user3")).isEqualTo(403);
            assertThat(aliyun.requests()).hasSize(2);
            assertThat(openai.requests()).isEmpty();
            assertThat(aliyun.leaks()).isEmpty();
        }
    }

    @Test
    void failover_goes_to_a_users_own_channels_and_nowhere_else() throws IOException {
        try (GatewayRig rig = imported(true)) {
            aliyun.onAny().reply(Reply.json(503, "{}"));

            assertThat(chat(rig, "user1")).isEqualTo(200);
            assertThat(openai.requests()).hasSize(1);
            assertThat(chat(rig, "user2")).isEqualTo(503);
            assertThat(openai.requests()).hasSize(1);
            assertThat(openai.leaks()).isEmpty();
        }
    }
}
