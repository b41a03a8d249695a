package io.aiproxy.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.aiproxy.config.ConfigException;
import io.aiproxy.config.DemoConfig;
import io.aiproxy.store.Author;
import io.aiproxy.store.Change;
import io.aiproxy.store.ConfigStore;
import io.aiproxy.store.Kind;
import io.aiproxy.store.StoreException;
import io.aiproxy.store.Version;
import io.aiproxy.testing.FakeUpstream;
import io.aiproxy.testing.RawClient;
import io.aiproxy.testing.RawWebSocket;
import io.aiproxy.testing.Reply;
import io.aiproxy.testing.SocketEnd;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A change through the gateway counts when it is answered; the files are the configuration, and their versions its history. */
class ConfigurationTest {
    private static final Author ANNA = new Author("anna", "127.0.0.1");
    private static final String AUTH = "Authorization: Bearer pk_test_zhangsan";

    @AutoClose
    private final FakeUpstream upstream = FakeUpstream.start();

    @TempDir
    Path home;

    private Path config;

    private Settings settings(boolean given) {
        config = home.resolve("config");
        return new Settings(
                "127.0.0.1",
                0,
                Optional.empty(),
                "127.0.0.1",
                Optional.empty(),
                Optional.empty(),
                config,
                given,
                Optional.of(Path.of("routes")),
                home.resolve("data"),
                Duration.ofSeconds(5),
                Optional.empty(),
                Optional.empty());
    }

    private void write() throws IOException {
        upstream.on("/v1/models").reply(Reply.json("{}"));
        upstream.on("/v1/realtime").reply(Reply.webSocket().echo());
        Files.createDirectories(config);
        Files.writeString(
                config.resolve("channels.yaml"),
                "channels:\n  alpha:\n    base_url: " + upstream.baseUrl() + "\n    api_key: fake-channel-key\n");
        Files.writeString(
                config.resolve("users.yaml"),
                "users:\n  zhangsan: {channels: [alpha], proxy_key: pk_test_zhangsan}\n"
                        + "  lisi: {channels: [alpha], proxy_key: pk_test_lisi}\n");
    }

    private static Version keep(Gateway gateway, Change... changes) throws ConfigException, StoreException {
        ConfigStore store = gateway.configuration().store();
        return store.apply(store.state().tag(), List.of(changes), ANNA, "");
    }

    private static Version apply(Gateway gateway, Change... changes) throws ConfigException, StoreException {
        Version made = keep(gateway, changes);
        assertThat(gateway.configuration().reload(made.number())).isEmpty();
        return made;
    }

    private static Change user(String id, String json) throws IOException {
        return new Change(Kind.USER, id, Optional.of(new ObjectMapper().readTree(json)));
    }

    private static RawClient.Answer ask(Gateway gateway, String header) throws IOException {
        try (RawClient client = RawClient.connect(gateway.port())) {
            RawClient.Answer answer = client.get("/v1/models", header).answer();
            answer.text();
            return answer;
        }
    }

    @Test
    void aChangeCountsForNewCallsAndOpenSocketsWhenItIsAnswered() throws Exception {
        Settings settings = settings(true);
        write();
        try (Gateway gateway = Gateway.start(settings)) {
            assertThat(gateway.snapshot().version()).isEqualTo(1);
            String wangwu = "Authorization: Bearer pk_test_wangwu";
            assertThat(ask(gateway, wangwu).status()).isEqualTo(401);
            assertThat(apply(gateway, user("wangwu", "{\"channels\":[\"alpha\"],\"proxy_key\":\"pk_test_wangwu\"}"))
                            .number())
                    .isEqualTo(2);
            assertThat(gateway.snapshot().version()).isEqualTo(2);
            RawClient.Answer answer = ask(gateway, wangwu);
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.header("x-aiproxy-config-version")).contains("2");

            try (RawWebSocket socket = RawWebSocket.open(gateway.port(), "/v1/realtime?model=m", AUTH)) {
                apply(gateway, new Change(Kind.USER, "zhangsan", Optional.empty()));
                assertThat(ask(gateway, AUTH).status()).isEqualTo(401);
                assertThat(socket.awaitClose()).isEqualTo(SocketEnd.close(1008, "user_removed"));
            }
        }
        try (Gateway gateway = Gateway.start(settings)) {
            assertThat(gateway.snapshot().version()).isEqualTo(3);
            assertThat(gateway.snapshot().users()).containsOnlyKeys("lisi", "wangwu");
        }
    }

    @Test
    void aRefusedChangeChangesNothing() throws Exception {
        Settings settings = settings(true);
        write();
        try (Gateway gateway = Gateway.start(settings)) {
            assertThatThrownBy(() -> apply(gateway, user("wangwu", "{\"channels\":[\"nowhere\"]}")))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("nowhere");
            assertThat(gateway.snapshot().version()).isEqualTo(1);
            assertThat(gateway.configuration().problem()).isNull();
        }
    }

    @Test
    void aChangeThatIsKeptAndCannotBeTakenIsTold() throws Exception {
        Settings settings = settings(true);
        write();
        try (Gateway gateway = Gateway.start(settings)) {
            String good = Files.readString(config.resolve("channels.yaml"));
            Version made = keep(gateway, user("wangwu", "{\"channels\":[\"alpha\"],\"proxy_key\":\"pk_test_wangwu\"}"));
            Files.writeString(config.resolve("channels.yaml"), good + "  beta: broken\n");
            assertThat(gateway.configuration().reload(made.number()).orElseThrow())
                    .contains("channels.yaml", "beta");
            assertThat(gateway.snapshot().version()).isEqualTo(1);
            Files.writeString(config.resolve("channels.yaml"), good);
            assertThat(gateway.configuration().reload(made.number())).isEmpty();
            assertThat(gateway.snapshot().users()).containsKey("wangwu");
            assertThat(gateway.configuration().reload(made.number() + 1).orElseThrow())
                    .contains("version 3");
        }
    }

    @Test
    void theDemoGoesOnUntilThereAreFiles() throws Exception {
        Settings settings = settings(false);
        try (Gateway gateway = Gateway.start(settings)) {
            assertThat(gateway.snapshot().demo()).isTrue();
            assertThat(home.resolve("data/backups")).doesNotExist();
            write();
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> !gateway.snapshot().demo());
            assertThat(gateway.snapshot().version()).isEqualTo(1);
            assertThat(ask(gateway, AUTH).status()).isEqualTo(200);
            assertThat(ask(gateway, "Authorization: Bearer " + DemoConfig.PROXY_KEY)
                            .status())
                    .isEqualTo(401);
        }
    }

    @Test
    void aCheckWritesNothing() throws Exception {
        Settings settings = settings(true);
        write();
        List<Path> before = files();
        assertThat(Check.run(settings, new Properties()).snapshot().users()).hasSize(2);
        assertThat(files()).isEqualTo(before);
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.walk(home)) {
            return files.sorted().toList();
        }
    }
}
