package io.aiproxy.usage.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.aiproxy.core.Secret;
import io.aiproxy.sql.Database;
import io.aiproxy.usage.Books.Position;
import io.aiproxy.usage.BooksException;
import io.aiproxy.usage.UsageRecord;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class SqliteBooksTest extends ToldContract {
    @Override
    int flood() {
        return 100_000;
    }

    @Override
    Database fresh() {
        return of(dir.resolve("data/usage.db"));
    }

    private static Database of(Path file) {
        return new Database("jdbc:sqlite:" + file, "", Secret.of(""));
    }

    private BooksException refusal() throws Exception {
        SqlBooks books = open(BERLIN);
        BooksException refusal = catchThrowableOfType(BooksException.class, () -> books.position("a"));
        assertThat(books.trouble()).contains(String.valueOf(refusal.getMessage()));
        return refusal;
    }

    @Test
    void what_is_committed_outlives_a_power_cut_because_the_journal_is_deleted_then() throws Exception {
        try (Connections connections = new Connections(fresh())) {
            int synchronous = connections.change(connection -> {
                try (Statement statement = connection.createStatement();
                        ResultSet told = statement.executeQuery("PRAGMA synchronous")) {
                    return told.getInt(1);
                }
            });

            assertThat(synchronous)
                    .as("2: FULL, sqlite.org/pragma.html#pragma_synchronous")
                    .isEqualTo(2);
        }
    }

    /** Flyway begins to write where it has read, and is refused at once, without a wait, while another one writes. */
    @Test
    void an_instance_starts_while_another_one_writes_without_a_pause() throws Exception {
        SqlBooks writer = open(BERLIN);
        List<UsageRecord> calls = new Calls(3).between(FROM, TO, 20);
        AtomicBoolean done = new AtomicBoolean();
        CompletableFuture<Void> writing = CompletableFuture.runAsync(() -> unchecked(() -> {
            for (int i = 0; !done.get(); i++) {
                writer.add(i == 0 ? calls : List.of(), new Position("one", 1, i));
            }
        }));
        try {
            for (int i = 0; i < 10; i++) {
                try (SqlBooks starts = SqlBooks.open(fresh(), BERLIN)) {
                    starts.add(calls.subList(0, 1), new Position("starts" + i, 1, 1));
                }
            }
        } finally {
            done.set(true);
            writing.join();
        }
    }

    @Test
    void a_file_that_is_no_database_is_told() throws Exception {
        Files.createDirectories(dir.resolve("data"));
        Files.writeString(dir.resolve("data/usage.db"), "this is a text and no database\n".repeat(200));

        assertThat(refusal())
                .hasMessageContaining("usage.db")
                .hasMessageContaining("put a backup in its place")
                .extracting(BooksException::passing)
                .isEqualTo(false);
    }

    @Test
    void a_place_where_nothing_can_be_written_is_told_and_mended_without_a_restart() throws Exception {
        Files.createDirectories(dir.resolve("data/usage.db"));
        SqlBooks books = open(BERLIN);
        assertThat(catchThrowableOfType(BooksException.class, () -> books.position("a")))
                .hasMessageContaining("Let the gateway's user write to this file");

        Files.delete(dir.resolve("data/usage.db"));
        assertThat(books.position("a")).isEmpty();
        assertThat(books.trouble()).isEmpty();
    }

    @Test
    void a_newer_file_is_told() throws Exception {
        try (SqlBooks books = SqlBooks.open(database, BERLIN)) {
            books.position("a");
        }
        try (var connection = DriverManager.getConnection(database.url());
                var statement = connection.createStatement()) {
            statement.execute("INSERT INTO aiproxy_usage_schema_history SELECT 99, '99', 'more', type, script, 1,"
                    + " installed_by, installed_on, 1, 1 FROM aiproxy_usage_schema_history WHERE version = '1'");
        }

        assertThat(refusal()).hasMessageContaining("newer version of the gateway");
    }
}
