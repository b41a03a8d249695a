package io.aiproxy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.aiproxy.app.UsageBooks;
import io.aiproxy.core.Ticker;
import io.aiproxy.core.Usage;
import io.aiproxy.core.UsageSource;
import io.aiproxy.usage.Granularity;
import io.aiproxy.usage.RecordJson;
import io.aiproxy.usage.RecordQuery;
import io.aiproxy.usage.Records;
import io.aiproxy.usage.StatisticsQuery;
import io.aiproxy.usage.UsageRecord;
import io.aiproxy.usage.journal.Journal;
import io.aiproxy.usage.sql.SqlBooks;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UsageCommandTest {
    private static final ZoneId ZONE = ZoneId.of("Asia/Shanghai");

    private static final String CALL = """
            {"time":"2026-10-30T01:30:00.123Z","id":"req-1","user":"zhangsan","key":"laptop","channel":"openai",\
            "credential":"main","dialect":"openai","operation":"chat","model":"gpt-4o","method":"POST",\
            "path":"/v1/chat/completions","status":200,"ending":"ok","bytes_in":812,"bytes_out":4711,\
            "duration_ms":1201.5,"ttfb_ms":300.25,"overhead_ms":0.75,\
            "attempts":[{"channel":"azure","failure":"upstream_timeout","ms":1},{"channel":"openai","ms":2}],\
            "client":"192.0.2.7","client_retry":0,"config_version":3,"usage":{"input_tokens":10,"output_tokens":20}}
            """;

    private static final String SOCKET = """
            {"time":"2026-10-30T02:00:00.000Z","id":"req-2","user":"lisi","channel":"openai","dialect":"openai",\
            "operation":"realtime","method":"GET","path":"/v1/realtime","status":101,"ending":"ok","bytes_in":1,\
            "bytes_out":2,"duration_ms":60000.000,"frames_in":4,"frames_out":9}
            """;

    @TempDir
    private Path temp;

    private Path dir;
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @BeforeEach
    void configuration() throws IOException {
        dir = temp.toRealPath();
        Files.createDirectories(dir.resolve("config"));
        Files.writeString(dir.resolve("config/users.yaml"), """
                users:
                  zhangsan:
                    proxy_key: pk_test_zhangsan
                    channels: [openai]
                """);
        Files.writeString(dir.resolve("config/channels.yaml"), """
                channels:
                  openai:
                    base_url: https://llm.example.com
                    api_key: YOUR_KEY_HERE
                """);
        Files.writeString(dir.resolve("config/system.yaml"), "system:\n  usage:\n    time_zone: Asia/Shanghai\n");
        Files.writeString(dir.resolve("access.log"), CALL + "\n127.0.0.1 - - plain\n{\"time\":\"x\",\"id\":\"y\"}\n");
        try (GZIPOutputStream gz = new GZIPOutputStream(Files.newOutputStream(dir.resolve("old.log.gz")))) {
            gz.write((CALL + SOCKET).getBytes(java.nio.charset.StandardCharsets.UTF_8));
        }
    }

    private int run(String... args) {
        Shell shell = new Shell(Map.of(), dir, new PrintWriter(out, true), new PrintWriter(err, true));
        return Cli.execute(
                args,
                (settings, properties) -> {
                    throw new AssertionError();
                },
                (channel, patience) -> {
                    throw new AssertionError();
                },
                shell);
    }

    private SqlBooks books() throws Exception {
        var settings =
                SettingsResolver.resolve(new Sources(Map.of(), Map.of(), dir)).settings();
        return UsageBooks.open(settings, ZONE);
    }

    @Test
    void calls_that_are_missing_come_out_of_access_logs_once() throws Exception {
        assertThat(run("usage", "import-access-log", "access.log", "old.log.gz"))
                .as(err.toString())
                .isZero();
        assertThat(out.toString())
                .contains("access.log: 1 added, 0 were there already, 0 from a time", "2 lines were no records")
                .contains("old.log.gz: 1 added, 1 were there already");

        try (SqlBooks books = books()) {
            List<UsageRecord> records =
                    books.records(new RecordQuery(Instant.EPOCH, Instant.MAX, Map.of(), Optional.empty(), 10));
            assertThat(records).extracting(UsageRecord::id).containsExactly("req-2", "req-1");
            assertThat(records.get(0).webSocket()).isTrue();
            UsageRecord call = records.get(1);
            assertThat(call.startedMillis())
                    .isEqualTo(Instant.parse("2026-10-30T01:30:00.123Z").toEpochMilli());
            assertThat(call.endedMillis() - call.startedMillis()).isEqualTo(1201);
            assertThat(call.firstByteMicros()).isEqualTo(300_250);
            assertThat(call.overheadMicros()).isEqualTo(750);
            assertThat(call.attempts()).isEqualTo(2);
            assertThat(call.usage()).isEqualTo(new Usage(10, 20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0));
            assertThat(call.source()).isEqualTo(UsageSource.PROVIDER);
            assertThat(call.priced()).isFalse();
        }
        out.getBuffer().setLength(0);
        assertThat(run("usage", "import-access-log", "access.log")).isZero();
        assertThat(out.toString()).contains("0 added, 1 were there already");
        assertThat(run("usage", "import-access-log", "nowhere.log")).isEqualTo(1);
        assertThat(err.toString()).contains("nowhere.log does not exist");
    }

    @Test
    void records_that_were_put_aside_come_back_once() throws Exception {
        run("usage", "import-access-log", "old.log.gz");
        try (SqlBooks books = books();
                OutputStream lines = Files.newOutputStream(dir.resolve("refused-records.jsonl"))) {
            for (UsageRecord record :
                    books.records(new RecordQuery(Instant.EPOCH, Instant.MAX, Map.of(), Optional.empty(), 9))) {
                lines.write(RecordJson.bytes(record));
                lines.write('\n');
            }
            lines.write("no record\n\n".getBytes(java.nio.charset.StandardCharsets.UTF_8));
        }
        Files.move(dir.resolve("data"), dir.resolve("lost"));
        Files.createDirectories(dir.resolve("data"));
        out.getBuffer().setLength(0);
        assertThat(run("usage", "import-records", "refused-records.jsonl"))
                .as(err.toString())
                .isZero();
        assertThat(run("usage", "import-records", "refused-records.jsonl")).isZero();
        assertThat(out.toString())
                .contains("2 added, 0 were there already", "1 lines were no records", "0 added, 2 were there already");
    }

    @Test
    void a_journal_is_shown_while_it_is_written_and_comes_back_as_records() throws Exception {
        Path journals = dir.resolve("data/journal");
        try (Journal journal = Journal.open(journals, Ticker.SYSTEM)) {
            journal.append(Records.blocks(List.of(Records.record("call-1"), Records.record("call-2"))));
            assertThat(run("usage", "show-journal", "data/journal/journal-0000000001.aiproxy"))
                    .as(err.toString())
                    .isZero();
        }
        List<String> lines = out.toString().lines().toList();
        assertThat(lines).hasSize(2);
        assertThat(RecordJson.read(lines.get(1).getBytes(StandardCharsets.UTF_8)))
                .isEqualTo(Records.record("call-2"));
        Files.write(dir.resolve("shown.jsonl"), lines);
        assertThat(run("usage", "import-records", "shown.jsonl")).isZero();
        assertThat(out.toString()).contains("2 added");

        Path file = journals.resolve("journal-0000000001.aiproxy");
        byte[] bytes = Files.readAllBytes(file);
        bytes[80]++; // in the only block
        Files.write(file, bytes);
        assertThat(run("usage", "show-journal", file.toString(), "access.log")).isEqualTo(1);
        assertThat(err.toString()).contains("access.log is no file of a journal");
        assertThat(run("usage", "show-journal", "nowhere")).isEqualTo(1);
        assertThat(err.toString()).contains("nowhere does not exist");
    }

    @Test
    void sums_are_made_again_and_what_is_old_is_deleted() throws Exception {
        run("usage", "import-access-log", "old.log.gz");
        assertThat(run("usage", "rebuild")).as(err.toString()).isZero();
        assertThat(out.toString()).contains("Sums were made again from 2 records.");
        assertThat(run("usage", "rebuild", "--from", "yesterday")).isEqualTo(1);
        assertThat(err.toString()).contains("--from: give a day such as");

        assertThat(run("usage", "purge", "--records-before", "2026-10-30T01:45:00Z", "--minutes-before", "2026-10-30"))
                .as(err.toString())
                .isZero();
        assertThat(run("usage", "rebuild")).as(err.toString()).isZero();
        assertThat(out.toString()).contains("Sums were made again from 1 records.");
        try (SqlBooks books = books()) {
            assertThat(books.statistics(new StatisticsQuery(
                            Instant.EPOCH, Instant.MAX, ZONE, Granularity.DAY, List.of(), Map.of(), false)))
                    .singleElement()
                    .satisfies(row -> assertThat(row.sums().requests()).isEqualTo(2));
        }
        assertThat(run("usage", "import-access-log", "old.log.gz")).isZero();
        assertThat(out.toString())
                .contains("0 added, 1 were there already, 1 from a time of which records were deleted");
        assertThat(run("usage", "purge", "--records-before", "2999-01-01")).isEqualTo(1);
        assertThat(err.toString()).contains("still to come");
    }

    @Test
    void the_books_come_back_out_of_a_backup_that_was_made_while_they_were_open() throws Exception {
        run("usage", "import-access-log", "old.log.gz");
        try (SqlBooks books = books()) {
            assertThat(books.position("nobody")).isEmpty();
            assertThat(run("backup", "--to", "archive.zip")).as(err.toString()).isZero();
        }
        Files.move(dir.resolve("data"), dir.resolve("lost"));
        Files.createDirectories(dir.resolve("data"));
        Files.writeString(dir.resolve("data/usage.db-wal"), "of another one");

        assertThat(run("restore", "archive.zip")).as(err.toString()).isZero();
        try (SqlBooks books = books()) {
            assertThat(books.records(new RecordQuery(Instant.EPOCH, Instant.MAX, Map.of(), Optional.empty(), 9)))
                    .hasSize(2);
        }
        assertThat(dir.resolve("lost/.usage.db.copy")).doesNotExist();
    }
}
