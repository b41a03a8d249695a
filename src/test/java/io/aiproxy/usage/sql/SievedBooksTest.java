package io.aiproxy.usage.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.aiproxy.core.Secret;
import io.aiproxy.core.Ticker;
import io.aiproxy.sql.Database;
import io.aiproxy.usage.Counts;
import io.aiproxy.usage.Loader;
import io.aiproxy.usage.RecordJson;
import io.aiproxy.usage.RecordQuery;
import io.aiproxy.usage.Records;
import io.aiproxy.usage.Share;
import io.aiproxy.usage.UsageRecord;
import io.aiproxy.usage.Watches;
import io.aiproxy.usage.journal.Journal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A database that refuses a record gets all others, and that one when it takes it. */
class SievedBooksTest {
    @TempDir
    private Path dir;

    @ParameterizedTest
    @ValueSource(ints = {3, 9})
    void a_record_that_the_database_refuses_stops_nobody(int bad) throws Exception {
        Database database = new Database("jdbc:sqlite:" + dir.resolve("usage.db"), "", Secret.of(""));
        Counts counts = new Counts();
        Loader.Pace pace = new Loader.Pace(
                100,
                100,
                100,
                Duration.ofMillis(2),
                Duration.ofMillis(2),
                Duration.ofMillis(8),
                Duration.ofSeconds(10),
                () -> Share.usual(1));
        try (SqlBooks books = SqlBooks.open(database, ZoneOffset.UTC);
                Journal journal = Journal.open(dir.resolve("journal"), Ticker.SYSTEM)) {
            books.position("nobody"); // makes the tables
            execute(
                    database,
                    "CREATE TRIGGER refuses BEFORE INSERT ON aiproxy_usage_record WHEN NEW.id LIKE 'req-" + bad + "-%'"
                            + " BEGIN SELECT RAISE(ABORT, 'I cannot hold this'); END");
            append(journal);
            try (Loader loader = Loader.of(
                    new Loader.Parts(journal, books, new Watches(Ticker.SYSTEM), counts), pace, Ticker.SYSTEM)) {
                loader.start();
                await().atMost(Duration.ofSeconds(60)).until(() -> loader.lagBytes() == 0 && counts.refused() == 1);
            }
            assertThat(ids(books)).hasSize(9).noneMatch(id -> id.startsWith("req-" + bad + "-"));
            execute(database, "DROP TRIGGER refuses");
            UsageRecord refused = RecordJson.read(Files.readAllBytes(dir.resolve("refused-records.jsonl")));
            assertThat(books.addMissing(List.of(refused).iterator()).added()).isEqualTo(1);
            assertThat(ids(books)).hasSize(10).anyMatch(id -> id.startsWith("req-" + bad + "-"));
        }
    }

    private static void append(Journal journal) throws Exception {
        List<UsageRecord> all = new ArrayList<>();
        Calls calls = new Calls(5);
        for (int i = 0; i < 10; i++) {
            all.add(calls.at(1_800_000_000_000L + i));
        }
        journal.append(Records.blocks(all));
    }

    private static List<String> ids(SqlBooks books) throws Exception {
        return books.records(new RecordQuery(Instant.EPOCH, Instant.MAX, Map.of(), Optional.empty(), 99)).stream()
                .map(UsageRecord::id)
                .toList();
    }

    private static void execute(Database database, String sql) throws Exception {
        try (var connection = DriverManager.getConnection(database.url());
                var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
