package io.aiproxy.store.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.aiproxy.config.Snapshot;
import io.aiproxy.core.Secret;
import io.aiproxy.sql.Database;
import io.aiproxy.store.Change;
import io.aiproxy.store.Kind;
import io.aiproxy.store.StoreException;
import io.aiproxy.store.StoreException.Why;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

class SqliteStoreTest extends StoreContract {
    private static final Logger LOG = LoggerFactory.getLogger(SqliteStoreTest.class);

    @Override
    Database fresh() {
        return of(dir.resolve("not-yet/aiproxy.db"));
    }

    private static Database of(Path file) {
        return new Database("jdbc:sqlite:" + file, "", Secret.of(""));
    }

    @Test
    void its_files_are_their_owners_alone() throws Exception {
        SqlStore store = open("a");
        first(store);
        store.load();

        try (Stream<Path> files =
                Stream.concat(Files.list(dir.resolve("not-yet")), Files.list(dir.resolve("a/last-configuration")))) {
            assertThat(files).hasSizeGreaterThanOrEqualTo(4).allSatisfy(file -> assertThat(
                            PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                    .isEqualTo("rw-------"));
        }
    }

    @Test
    void tables_that_another_version_made_otherwise_are_told() throws Exception {
        first(open("a"));
        history("UPDATE aiproxy_schema_history SET checksum = checksum + 1 WHERE version = '1'");
        assertThat(refusal(() -> open("b").state()))
                .hasMessageContaining(dir.resolve("not-yet/aiproxy.db").toString())
                .hasMessageContaining("not those of this version")
                .hasMessageContaining("1, configuration and audit")
                .hasMessageContaining("put a backup in their place");
    }

    @Test
    void tables_that_are_half_made_are_told() throws Exception {
        first(open("a"));
        history("UPDATE aiproxy_schema_history SET success = 0 WHERE version = '1'");
        assertThat(refusal(() -> open("b").state()))
                .hasMessageContaining(dir.resolve("not-yet/aiproxy.db").toString())
                .hasMessageContaining("half made")
                .hasMessageContaining("take its row out of aiproxy_schema_history");
    }

    @Test
    void a_step_of_a_newer_version_that_failed_is_told() throws Exception {
        first(open("a"));
        history(
                "INSERT INTO aiproxy_schema_history SELECT 99, '99', 'more', type, script, 1, installed_by, installed_on,"
                        + " 1, 0 FROM aiproxy_schema_history WHERE version = '1'");
        assertThat(refusal(() -> open("b").state()))
                .hasMessageContaining(dir.resolve("not-yet/aiproxy.db").toString())
                .hasMessageContaining("newer version of the gateway (99, more)");
    }

    @Test
    void tables_to_which_a_newer_version_has_added_can_be_used() throws Exception {
        first(open("a"));
        history(
                "INSERT INTO aiproxy_schema_history SELECT 99, '99', 'more', type, script, 1, installed_by, installed_on,"
                        + " 1, 1 FROM aiproxy_schema_history WHERE version = '1'");
        assertThat(open("b").load().users()).containsKeys("zhangsan", "lisi");
    }

    private void history(String statement) throws Exception {
        try (var connection = DriverManager.getConnection(database.url());
                var made = connection.createStatement()) {
            assertThat(made.executeUpdate(statement)).isOne();
        }
    }

    @Test
    void a_writer_that_is_killed_loses_nothing_that_was_acknowledged() throws Exception {
        first(open("a"));
        Path acknowledged = dir.resolve("acknowledged");
        Process writer = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        KilledWriter.class.getName(),
                        database.url(),
                        dir.toString())
                .redirectErrorStream(true)
                .redirectOutput(acknowledged.toFile())
                .start();
        try {
            await().atMost(Duration.ofMinutes(2))
                    .until(() -> lines(acknowledged).size() >= 20);
        } finally {
            writer.destroyForcibly(); // SIGKILL
        }
        assertThat(writer.waitFor(1, TimeUnit.MINUTES)).isTrue();

        List<String> told = lines(acknowledged);
        assertThat(open("b").load().users()).containsKeys(told.toArray(String[]::new));
        assertThat(apply(open("b"), user("afterwards")).number()).isGreaterThan(told.size());
    }

    /** What was told completely: the last line may be cut. */
    private static List<String> lines(Path file) throws Exception {
        String text = Files.readString(file);
        return text.substring(0, text.lastIndexOf('\n') + 1)
                .lines()
                .filter(line -> line.startsWith("user"))
                .toList();
    }

    @Test
    void a_file_that_cannot_be_opened_is_told_and_a_copy_serves_until_it_can() throws Exception {
        Path file = dir.resolve("not-yet/aiproxy.db");
        SqlStore before = open("a");
        first(before);
        before.load();
        before.close();
        Path aside = Files.move(file, dir.resolve("aside"));
        Files.createDirectory(file);

        SqlStore store = open("a");
        assertThat(store.load().users()).containsKeys("zhangsan", "lisi");
        assertThat(store.trouble()).isPresent();
        assertThat(refusal(() -> store.apply("0", List.of(user("x")), ADMIN, ""))
                        .why())
                .isEqualTo(Why.UNAVAILABLE);

        Files.delete(file);
        Files.move(aside, file);
        await().atMost(SOON).until(() -> store.trouble().isEmpty());
        assertThat(store.load().version()).isEqualTo(1);
    }

    @Test
    void a_file_that_is_missing_does_not_lock_everybody_out() throws Exception {
        SqlStore before = open("a");
        first(before);
        before.load();
        before.close();
        Files.delete(dir.resolve("not-yet/aiproxy.db"));

        SqlStore store = open("a");
        assertThat(store.load().users()).containsKeys("zhangsan", "lisi");
        assertThat(store.trouble()).get().asString().contains("version 1 was in it; put it back");
        assertThat(dir.resolve("not-yet/aiproxy.db")).doesNotExist();
        Files.delete(dir.resolve("a/last-configuration/configuration.json"));
        assertThat(store.load().users()).isEmpty();
    }

    @Test
    void a_damaged_or_foreign_copy_is_not_used() throws Exception {
        SqlStore before = open("a");
        first(before);
        before.load();
        Path copy = dir.resolve("a/last-configuration/configuration.json");
        Files.createDirectory(dir.resolve("elsewhere"));

        assertThat(refusal(open(of(dir.resolve("elsewhere")), "a")::load).why()).isEqualTo(Why.UNAVAILABLE);
        Files.writeString(copy, "{\"documents\": {");
        assertThat(refusal(open(of(dir.resolve("elsewhere")), "a")::load)).hasMessageContaining("no copy");
        Files.writeString(copy, "");
        assertThat(refusal(open(of(dir.resolve("elsewhere")), "a")::load)).hasMessageContaining("no copy");
    }

    @Test
    void a_backup_that_is_put_back_gives_other_tags_to_the_same_numbers() throws Exception {
        SqlStore store = open("a");
        first(store);
        apply(store, user("wangwu"));
        String tag = store.state().tag();
        SqlStore restored = open(of(dir.resolve("restored.db")), "b");
        first(restored);
        apply(restored, user("wangwu"));

        assertThat(restored.state().version()).isEqualTo(store.state().version());
        assertThat(refusal(() -> restored.apply(tag, List.of(user("x")), ADMIN, ""))
                        .why())
                .isEqualTo(Why.CONFLICT);
    }

    @Test
    void a_row_that_was_spoilt_by_hand_is_named_and_not_shown() throws Exception {
        SqlStore store = open("a");
        first(store);
        store.load();
        try (var connection = DriverManager.getConnection(database.url());
                var statement = connection.createStatement()) {
            statement.execute("UPDATE aiproxy_entry SET body = '{\"api_key\": \"sk-test-secret' WHERE id = 'openai'");
        }

        assertThat(refusal(store::state))
                .hasMessageContaining("CHANNEL openai is not JSON")
                .hasMessageNotContaining("sk-test-secret");
    }

    @Test
    void a_url_that_nobody_knows_is_refused_at_once_and_not_shown() {
        StoreException refusal =
                refusal(() -> open(new Database("jdbc:oracle:thin:u/secret-pw@h", "", Secret.of("")), "a"));

        assertThat(refusal).hasMessageContaining("jdbc:postgresql:").hasMessageNotContaining("secret-pw");
        assertThat(new Database("jdbc:postgresql://u:pw@h:1/d?password=x", "", Secret.of("")).place())
                .isEqualTo("jdbc:postgresql://h:1/d");
    }

    @Test
    void ten_thousand_users_and_a_thousand_channels_are_loaded() throws Exception {
        SqlStore store = open("a");
        List<Change> changes = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            changes.add(channel(i == 0 ? "openai" : "channel" + i));
        }
        for (int i = 0; i < 10_000; i++) {
            changes.add(put(
                    Kind.USER,
                    "user" + i,
                    "{'name': 'User " + i + "', 'channels': ['openai', 'channel" + (1 + i % 999)
                            + "'], 'keys': [{'proxy_key': 'pk_test_" + i + "', 'name': 'laptop'}]}"));
        }
        store.apply(store.state().tag(), changes, ADMIN, "");

        for (int i = 0; i < 5; i++) {
            long begin = System.nanoTime();
            Snapshot snapshot = store.load();
            LOG.info("Loaded in {} ms", (System.nanoTime() - begin) / 1_000_000);
            assertThat(snapshot.users()).hasSize(10_000);
            assertThat(snapshot.channels()).hasSize(1_000);
        }
    }
}
