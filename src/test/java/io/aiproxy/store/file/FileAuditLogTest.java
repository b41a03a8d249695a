package io.aiproxy.store.file;

import static io.aiproxy.store.file.YamlDocumentTest.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aiproxy.store.AuditEvent;
import io.aiproxy.store.AuditLog.Query;
import io.aiproxy.store.Author;
import io.aiproxy.store.StoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What was appended is found again, whatever happened to the file in between. */
class FileAuditLogTest {
    private static final Instant START = Instant.parse("2026-01-31T23:59:00Z");

    @TempDir
    Path data;

    private FileAuditLog log() {
        return new FileAuditLog(data);
    }

    private static AuditEvent event(int minute, String action, String target) {
        return new AuditEvent(
                START.plusSeconds(60L * minute),
                new Author(minute % 2 == 0 ? "anna" : "bert", "10.0.0.1"),
                action,
                target,
                "done",
                Optional.empty(),
                Optional.of(json("{'name':'张三\\n🔑','n':" + minute + "}")));
    }

    private static Query all(int offset, int limit) {
        return new Query(Instant.MIN, Instant.MAX, "", "", "", offset, limit);
    }

    private Path january() {
        return data.resolve("audit/audit-2026-01.jsonl");
    }

    @Test
    void findsNothingWhereNothingWasWritten() throws StoreException {
        assertThat(log().find(all(0, 10))).isEmpty();
        assertThat(data.resolve("audit")).doesNotExist();
    }

    @Test
    void findsNewestFirstOverMonthsWithAllFilters() throws Exception {
        List<AuditEvent> events = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            AuditEvent event = event(i, i < 3 ? "user.update" : "channel.update", "t" + i % 3);
            events.add(0, event);
            log().append(event);
        }
        assertThat(Files.readAllLines(january())).hasSize(1);
        assertThat(Files.getPosixFilePermissions(january())).isEqualTo(PosixFilePermissions.fromString("rw-------"));
        assertThat(log().find(all(0, 10))).isEqualTo(events);
        assertThat(log().find(all(2, 3))).isEqualTo(events.subList(2, 5));
        assertThat(log().find(new Query(Instant.MIN, Instant.MAX, "bert", "", "", 0, 10)))
                .containsExactly(events.get(0), events.get(2), events.get(4));
        assertThat(log().find(new Query(Instant.MIN, Instant.MAX, "", "user.", "", 0, 10)))
                .isEqualTo(events.subList(3, 6));
        assertThat(log().find(new Query(Instant.MIN, Instant.MAX, "", "user", "", 0, 10)))
                .isEmpty();
        assertThat(log().find(new Query(Instant.MIN, Instant.MAX, "", "channel.update", "t0", 0, 10)))
                .containsExactly(events.get(2));
        assertThat(log().find(new Query(START, START.plusSeconds(120), "", "", "", 0, 10)))
                .isEqualTo(events.subList(4, 6));
        assertThat(log().find(new Query(START.plusSeconds(60), START.plusSeconds(120), "", "", "", 0, 10)))
                .isEqualTo(events.subList(4, 5));
    }

    @Test
    void toleratesTornAndDamagedLines() throws Exception {
        log().append(event(0, "a", "1"));
        Files.writeString(january(), "{\"at\":\"2026-01-31T", StandardOpenOption.APPEND);
        assertThat(log().find(all(0, 10))).containsExactly(event(0, "a", "1"));
        log().append(event(0, "b", "2"));
        Files.writeString(
                january(),
                "\n\nnull\n[]\n{\"action\":\"x\",\"at\":\"never\"}\n\u0000\u0000\n",
                StandardOpenOption.APPEND);
        log().append(event(0, "c", "3"));
        assertThat(log().find(all(0, 10))).extracting(AuditEvent::action).containsExactly("c", "b", "a");
    }

    @Test
    void toleratesAFileThatIsAllTorn() throws Exception {
        Files.createDirectories(data.resolve("audit"));
        Files.writeString(january(), "{\"at");
        Files.writeString(data.resolve("audit/audit-2026-99.jsonl"), "x\n");
        assertThat(log().find(all(0, 10))).isEmpty();
        Files.writeString(january(), "");
        assertThat(log().find(all(0, 10))).isEmpty();
        Files.writeString(january(), "\n");
        assertThat(log().find(all(0, 10))).isEmpty();
    }

    @Test
    void readsLinesOfAnyLengthBackward() throws IOException {
        Path file = data.resolve("lines");
        List<String> lines = new ArrayList<>();
        StringBuilder text = new StringBuilder();
        for (int length : new int[] {0, 1, 65535, 65536, 65537, 0, 200_000, 3, 65534, 1}) {
            String line = "键".repeat(length / 3) + "x".repeat(length % 3);
            lines.add(0, line);
            text.append(line).append('\n');
        }
        Files.writeString(file, text + "torn");
        List<String> read = new ArrayList<>();
        try (LinesBackward backward = new LinesBackward(file)) {
            for (int i = 0; i < lines.size() - 1; i++) { // the first is empty, and nobody misses it
                read.add(backward.next().orElseThrow());
            }
            assertThat(backward.next()).isEmpty();
        }
        assertThat(read).isEqualTo(lines.subList(0, lines.size() - 1));
    }

    @Test
    void appendsFromManyThreadsWithoutATornLine() throws Exception {
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < 4; t++) {
            FileAuditLog own = log();
            String target = "t" + t;
            threads.add(new Thread(() -> {
                for (int i = 0; i < 25; i++) {
                    try {
                        own.append(event(0, "a", target));
                    } catch (StoreException e) {
                        throw new IllegalStateException(e);
                    }
                }
            }));
        }
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(log().find(all(0, 1000))).hasSize(100);
    }

    @Test
    void saysWhyItCannotWrite() throws IOException {
        Files.writeString(data.resolve("audit"), "a file");
        assertThatThrownBy(() -> log().append(event(0, "a", "b")))
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.why()).isEqualTo(StoreException.Why.UNAVAILABLE))
                .hasMessageContaining("audit");
    }
}
