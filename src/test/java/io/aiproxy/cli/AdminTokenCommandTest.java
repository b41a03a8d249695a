package io.aiproxy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.aiproxy.app.Settings;
import io.aiproxy.core.KeyDigest;
import io.aiproxy.store.ConfigStore;
import io.aiproxy.store.Entries;
import io.aiproxy.store.Kind;
import io.aiproxy.testing.InMemoryStore;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tokens for the admin API, made at the command line. */
class AdminTokenCommandTest {
    @TempDir
    private Path dir;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final Map<String, String> environment = new HashMap<>();
    private InMemoryStore store;
    private Settings settings;

    @BeforeEach
    void open() throws Exception {
        ObjectMapper mapper = new ObjectMapper();
        JsonNode user = mapper.readTree("{\"channels\": [\"alpha\"], \"proxy_key\": \"pk_test_zhangsan\"}");
        JsonNode channel = mapper.readTree("{\"base_url\": \"https://alpha.example.com\", \"auth\": \"none\"}");
        store = new InMemoryStore(
                dir, new Entries(Map.of(Kind.USER, Map.of("zhangsan", user), Kind.CHANNEL, Map.of("alpha", channel))));
    }

    private int run(String... args) {
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        Shell shell = new Shell(environment, dir, new PrintWriter(out, true), new PrintWriter(err, true));
        return Cli.execute(args, (settings, properties) -> 99, (c, k) -> null, this::opened, shell);
    }

    private ConfigStore opened(Settings of) {
        settings = of;
        return store;
    }

    @Test
    void a_token_is_made_listed_and_withdrawn() throws Exception {
        assertThat(run("admin", "token", "new", "--name", "ops", "--role", "admin", "--expires", "90d"))
                .isZero();
        String token = out.toString().lines().findFirst().orElseThrow();
        assertThat(token).matches("aat_[0-9A-Za-z]{33}");
        JsonNode kept = store.state().entries().of(Kind.ADMIN_TOKEN).get("ops");
        assertThat(kept.path("sha256").asText()).isEqualTo(KeyDigest.of(token).hex());
        assertThat(kept.toString()).doesNotContain(token).contains("expires_at");
        assertThat(run("admin", "token", "list")).isZero();
        assertThat(out.toString())
                .contains("ops", "admin", token.substring(0, 8))
                .doesNotContain(token);
        assertThat(run("admin", "token", "revoke", "ops")).isZero();
        assertThat(store.load().adminTokens()).isEmpty();
    }

    @Test
    void the_database_is_found_as_the_gateway_finds_it() throws Exception {
        String url = "jdbc:sqlite:" + dir.resolve("own.db");
        Files.createDirectories(dir.resolve("config"));
        Files.createFile(dir.resolve("own.db"));
        asked("--database", url, "--database-user", "zhangsan", "--data", "elsewhere");
        assertThat(settings.database()).hasValueSatisfying(database -> {
            assertThat(database.url()).isEqualTo(url);
            assertThat(database.user()).isEqualTo("zhangsan");
        });
        assertThat(settings.dataDir()).isEqualTo(dir.resolve("elsewhere"));

        environment.put("AIPROXY_DATABASE", url);
        asked();
        assertThat(settings.database().orElseThrow().url()).isEqualTo(url);

        environment.clear();
        Files.writeString(dir.resolve("config/application.properties"), "aiproxy.database=" + url + "\n");
        asked();
        assertThat(settings.database().orElseThrow().url()).isEqualTo(url);
    }

    private void asked(String... options) {
        settings = null;
        assertThat(run(Stream.concat(Stream.of("admin", "token", "list"), Stream.of(options))
                        .toArray(String[]::new)))
                .as(err.toString())
                .isZero();
    }

    @Test
    void a_database_that_is_not_there_is_told_and_not_made() {
        String url = "jdbc:sqlite:" + dir.resolve("mistyped.db");
        assertThat(run("admin", "token", "new", "--name", "ops", "--role", "admin", "--database", url))
                .isEqualTo(1);
        assertThat(err.toString()).contains(url, "--database", "AIPROXY_DATABASE");
        assertThat(dir.resolve("mistyped.db")).doesNotExist();
    }

    @Test
    void mistakes_are_told_in_a_sentence() {
        assertThat(run("admin", "token", "new", "--name", "ops", "--role", "king"))
                .isEqualTo(1);
        assertThat(err.toString()).contains("--role");
        assertThat(run("admin", "token", "new", "--name", "ops", "--role", "admin", "--expires", "soon"))
                .isEqualTo(1);
        assertThat(run("admin", "token", "revoke", "nobody")).isEqualTo(1);
        assertThat(run("admin", "token")).isEqualTo(2);
    }
}
