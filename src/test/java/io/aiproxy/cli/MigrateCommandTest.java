package io.aiproxy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.aiproxy.app.Stores;
import io.aiproxy.core.Secret;
import io.aiproxy.sql.Database;
import io.aiproxy.store.Author;
import io.aiproxy.store.Change;
import io.aiproxy.store.ConfigStore;
import io.aiproxy.store.Kind;
import io.aiproxy.store.State;
import io.aiproxy.store.sql.SqlStore;
import io.aiproxy.testing.PostgresServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class MigrateCommandTest {
    private static final String SECRET = "pk_test_zhangsan";

    @TempDir
    private Path temp;

    private Path dir;
    private final Map<String, String> environment = new HashMap<>(Map.of("TOKEN", "from-the-environment"));
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private MemoryStore files;

    @BeforeEach
    void realPath() throws IOException {
        dir = temp.toRealPath();
        files = new MemoryStore(dir.resolve("config").toString());
    }

    @Test
    void files_go_into_a_database_and_come_back_and_a_second_run_changes_nothing() throws Exception {
        fill(files);

        assertThat(migrate("--from", "config", "--to", "jdbc:sqlite:data/a.db")).isZero();
        assertThat(out.toString())
                .contains("+ user zhangsan", "+ channel openai", "+ system log_level")
                .contains("as version 1: 2 users, 1 channel, 1 system setting")
                .contains("Comments in the files are no part of this");
        assertThat(sqlite("a.db").entries()).isEqualTo(files.state().entries());
        assertThat(sqlite("a.db").entries().of(Kind.USER).keySet()).containsExactly("zhangsan", "lisi");

        out.getBuffer().setLength(0);
        assertThat(migrate("--from", "config", "--to", "jdbc:sqlite:data/a.db")).isZero();
        assertThat(out.toString()).contains("holds the same").contains("Nothing was changed.");
        assertThat(sqlite("a.db").version()).isEqualTo(1);

        State before = files.state();
        files = new MemoryStore(files.place());
        out.getBuffer().setLength(0);
        assertThat(migrate("--from", "jdbc:sqlite:data/a.db", "--to", "config")).isZero();
        assertThat(files.state().entries()).isEqualTo(before.entries());
        assertThat(out.toString()).doesNotContain("Comments");
        assertThat(out + "" + err).doesNotContain(SECRET, "from-the-environment");
    }

    @Test
    void a_database_goes_into_another_kind_of_database_and_back(@TempDir Path data) throws Exception {
        fill(files);
        migrate("--from", "config", "--to", "jdbc:sqlite:data/a.db");
        try (PostgresServer server = PostgresServer.start(data)) {
            String url = server.freshDatabase();
            environment.put("AIPROXY_TO_PASSWORD", server.password());
            environment.put("AIPROXY_FROM_PASSWORD", server.password());
            String user = server.user();

            assertThat(migrate("--from", "jdbc:sqlite:data/a.db", "--to", url, "--to-user", user))
                    .as(err.toString())
                    .isZero();
            assertThat(migrate("--from", url, "--from-user", user, "--to", "jdbc:sqlite:data/b.db"))
                    .as(err.toString())
                    .isZero();
        }
        assertThat(sqlite("b.db").entries()).isEqualTo(files.state().entries());
        assertThat(sqlite("b.db").entries().of(Kind.USER).keySet()).containsExactly("zhangsan", "lisi");
    }

    @Test
    void another_configuration_is_replaced_only_by_force_and_stays_as_a_version() throws Exception {
        fill(files);
        migrate("--from", "config", "--to", "jdbc:sqlite:data/a.db");
        State before = sqlite("a.db");
        apply(files, gone("lisi"), user("wangwu", "pk_test_wangwu"), user("zhangsan", "pk_test_other"));
        out.getBuffer().setLength(0);

        assertThat(migrate("--from", "config", "--to", "jdbc:sqlite:data/a.db")).isEqualTo(1);
        assertThat(out.toString()).contains("- user lisi", "+ user wangwu", "~ user zhangsan: keys");
        assertThat(err.toString()).contains("give --force; what is there stays as version 1");
        assertThat(sqlite("a.db")).isEqualTo(before);

        assertThat(migrate("--from", "config", "--to", "jdbc:sqlite:data/a.db", "--force", "--dry-run"))
                .isZero();
        assertThat(out.toString()).contains("Nothing was written (--dry-run).");
        assertThat(sqlite("a.db")).isEqualTo(before);

        assertThat(migrate("--from", "config", "--to", "jdbc:sqlite:data/a.db", "--force"))
                .isZero();
        assertThat(sqlite("a.db").entries()).isEqualTo(files.state().entries());
        try (SqlStore store = open("a.db")) {
            assertThat(store.at(1)).isEqualTo(before.entries());
            assertThat(store.versions(9, 1).get(0).author()).isEqualTo(Author.CLI);
        }
        assertThat(out + "" + err).doesNotContain("pk_test");
    }

    @Test
    void a_dry_run_says_that_force_would_be_needed_and_writes_nothing_to_an_empty_place_either() throws Exception {
        fill(files);

        assertThat(migrate("--from", "config", "--to", "jdbc:sqlite:data/a.db", "--dry-run"))
                .isZero();
        assertThat(out.toString()).contains("+ user zhangsan").doesNotContain("--force");
        assertThat(sqlite("a.db").version()).isZero();

        MemoryStore other = new MemoryStore("other");
        apply(other, user("lisi", "pk_test_l"));
        Differences differences =
                Differences.between(other.state().entries(), files.state().entries());
        assertThat(differences.lines()).contains("~ user lisi: keys");
    }

    @Test
    void what_the_gateway_could_not_load_is_not_written() throws Exception {
        apply(files, user("zhangsan", SECRET));

        assertThat(migrate("--from", "config", "--to", "jdbc:sqlite:data/a.db")).isEqualTo(1);
        assertThat(err.toString()).contains("nothing was written").contains("users.zhangsan.channels");
        assertThat(sqlite("a.db").version()).isZero();
    }

    @Test
    void a_store_that_keeps_something_else_does_not_pass() throws Exception {
        fill(files);
        migrate("--from", "config", "--to", "jdbc:sqlite:data/a.db");
        files = new MemoryStore(files.place());
        files.forgetful = true;

        assertThat(migrate("--from", "jdbc:sqlite:data/a.db", "--to", "config")).isEqualTo(1);
        assertThat(err.toString()).contains("holds something else than it was given", "+ user zhangsan");
    }

    @Test
    void mistakes_are_told() throws Exception {
        assertThat(migrate("--from", "jdbc:sqlite:data/none.db", "--to", "config"))
                .isEqualTo(1);
        assertThat(err.toString()).contains("--from: " + dir.resolve("data/none.db") + " does not exist");
        assertThat(dir.resolve("data/none.db")).doesNotExist();

        assertThat(migrate("--from", "config", "--to", "jdbc:sqlite:data/a.db")).isEqualTo(1);
        assertThat(err.toString()).contains("there is no configuration in " + dir.resolve("config"));

        assertThat(migrate("--from", "config", "--to", "config")).isEqualTo(1);
        assertThat(err.toString()).contains("--from and --to are the same");

        assertThat(migrate("--from", "config", "--to", "jdbc:oracle:thin:u/secret-pw@h"))
                .isEqualTo(1);
        assertThat(err.toString())
                .contains("--to: is not the URL of a database")
                .doesNotContain("secret-pw");

        assertThat(migrate("--from", "config")).isEqualTo(2);
    }

    private int migrate(String... args) {
        Shell shell = new Shell(environment, dir, new PrintWriter(out, true), new PrintWriter(err, true));
        MigrateCommand command = new MigrateCommand(
                shell,
                (database, configDir, dataDir, lookup) -> database.isEmpty()
                        ? files
                        : Stores.open(database, configDir, dataDir, lookup).config());
        return new CommandLine(command)
                .setOut(shell.out())
                .setErr(shell.err())
                .setExecutionExceptionHandler((e, line, parsed) -> {
                    shell.err().println(e.getMessage());
                    return 1;
                })
                .execute(args);
    }

    private SqlStore open(String name) throws Exception {
        return SqlStore.open(
                new Database("jdbc:sqlite:" + dir.resolve("data").resolve(name), "", Secret.of("")),
                dir.resolve("config"),
                dir.resolve("data"),
                environment::get);
    }

    private State sqlite(String name) throws Exception {
        try (SqlStore store = open(name)) {
            return store.state();
        }
    }

    private static void fill(ConfigStore store) throws Exception {
        apply(
                store,
                user("zhangsan", SECRET),
                user("lisi", "pk_test_lisi"),
                change(
                        Kind.CHANNEL,
                        "openai",
                        "{\"base_url\": \"https://openai.example.com\", \"api_key\": \"${env:TOKEN}\"}"),
                change(Kind.SYSTEM, "log_level", "\"info\""));
    }

    private static void apply(ConfigStore store, Change... changes) throws Exception {
        store.apply(store.state().tag(), List.of(changes), Author.CLI, "");
    }

    private static Change user(String id, String key) throws Exception {
        return change(
                Kind.USER,
                id,
                "{\"channels\": [\"openai\"], \"keys\": [{\"proxy_key\": \"" + key + "\", \"name\": \"laptop\"}]}");
    }

    private static Change gone(String id) {
        return new Change(Kind.USER, id, Optional.empty());
    }

    private static Change change(Kind kind, String id, String json) throws Exception {
        return new Change(kind, id, Optional.of(new ObjectMapper().readTree(json)));
    }
}
