package io.aiproxy.usage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.aiproxy.core.Ticker;
import io.aiproxy.usage.journal.Disk;
import io.aiproxy.usage.journal.Journal;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A record that the books refuse stops no other; books that are down are waited for, and nothing is put aside for them. */
class SieveTest {
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final Loader.Pace QUICK = new Loader.Pace(
            100,
            100,
            100,
            Duration.ofMillis(2),
            Duration.ofMillis(2),
            Duration.ofMillis(8),
            Duration.ofSeconds(10),
            () -> Share.usual(1));

    @TempDir
    Path home;

    private final MemoryBooks books = new MemoryBooks();
    private final Counts counts = new Counts();
    private final Watches watches = new Watches(Ticker.SYSTEM);

    private Journal journal() throws IOException {
        return Journal.open(home.resolve("journal"), Disk.MACHINE, 1 << 20, Ticker.SYSTEM);
    }

    private Loader start(Journal journal) {
        Loader loader = Loader.of(new Loader.Parts(journal, books, watches, counts), QUICK, Ticker.SYSTEM);
        loader.start();
        return loader;
    }

    private static void append(Journal journal, int from, int to) throws IOException {
        journal.append(Records.blocks(IntStream.range(from, to)
                .mapToObj(i -> Records.record("call-" + i))
                .toList()));
    }

    private List<String> ids() {
        return books.all().stream().map(UsageRecord::id).sorted().toList();
    }

    private static List<String> ids(int from, int to, Integer... without) {
        return IntStream.range(from, to)
                .filter(i -> !List.of(without).contains(i))
                .mapToObj(i -> "call-" + i)
                .sorted()
                .toList();
    }

    private Path file() {
        return home.resolve("refused-records.jsonl");
    }

    private List<String> aside() throws IOException {
        List<String> ids = new ArrayList<>();
        for (String line : Files.readAllLines(file())) {
            ids.add(RecordJson.read(line.getBytes(StandardCharsets.UTF_8)).id());
        }
        return ids;
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 7, 50, 98})
    void oneThatIsRefusedIsPutAsideAndTheOthersAreBooked(int bad) throws IOException {
        List<String> told = new CopyOnWriteArrayList<>();
        watches.add(new AccountingWatch() {
            @Override
            public void refused(long records, String why) {
                told.add(records + " " + why);
            }
        });
        books.refuse(record -> record.id().equals("call-" + bad));
        try (Journal journal = journal()) {
            append(journal, 0, 100);
            try (Loader loader = start(journal)) {
                await().atMost(SOON).until(() -> ids().equals(ids(0, 100, bad)) && loader.lagRecords() == 0);
                await().atMost(SOON).until(() -> loader.trouble().isEmpty());
            }
        }
        assertThat(aside()).containsExactly("call-" + bad);
        assertThat(counts.refused()).isEqualTo(1);
        assertThat(counts.booked()).isEqualTo(99);
        assertThat(told).singleElement().asString().startsWith("1 ").contains("import-records", "too long");
        if (Files.getFileStore(home).supportsFileAttributeView("posix")) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file())))
                    .isEqualTo("rw-------");
        }
    }

    @Test
    void severalOfThemAndDefectsOfTheBooks() throws IOException {
        Set<String> bad = Set.of("call-3", "call-4", "call-60");
        books.refuse(record -> {
            if (record.id().equals("call-60")) {
                throw new IllegalStateException("a defect: too long");
            }
            return bad.contains(record.id());
        });
        try (Journal journal = journal()) {
            append(journal, 0, 100);
            try (Loader loader = start(journal)) {
                await().atMost(SOON).until(() -> loader.lagRecords() == 0);
            }
        }
        assertThat(ids()).isEqualTo(ids(0, 100, 3, 4, 60));
        assertThat(aside()).containsExactlyInAnyOrderElementsOf(bad);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 10, 100})
    void theLastOneWaitsForNoOther(int all) throws IOException {
        int bad = all - 1;
        books.refuse(record -> record.id().equals("call-" + bad));
        try (Journal journal = journal();
                Loader loader = start(journal)) {
            append(journal, 0, all);
            await().atMost(SOON).until(() -> loader.lagRecords() == 0);
            await().atMost(SOON).until(() -> loader.trouble().isEmpty());
            assertThat(ids()).isEqualTo(ids(0, bad));
        }
        assertThat(aside()).containsExactly("call-" + bad);
        assertThat(counts.refused()).isEqualTo(1);
    }

    /** As long as not even a plain record is taken, nobody knows whether it is the record or the books. */
    @Test
    void theLastOneWaitsAsLongAsTheBooksTakeNoneAtAll() throws IOException {
        books.refuse(record -> !record.id().matches("call-[0-8]"));
        try (Journal journal = journal();
                Loader loader = start(journal)) {
            append(journal, 0, 10);
            await().atMost(SOON).until(() -> ids().equals(ids(0, 9)));
            int adds = books.adds();
            await().atMost(SOON).until(() -> books.adds() > adds + 20);
            assertThat(file()).doesNotExist();
            books.refuse(record -> false);
            await().atMost(SOON).until(() -> ids().equals(ids(0, 10)) && loader.lagRecords() == 0);
        }
        assertThat(file()).doesNotExist();
    }

    @Test
    void booksThatTakeNothingArePatientlyWaitedFor() throws IOException {
        books.refuse(record -> true); // readable, and nothing can be written: the disk is full
        try (Journal journal = journal();
                Loader loader = start(journal)) {
            append(journal, 0, 100);
            await().atMost(SOON).until(() -> books.refusals() > 100);
            books.refuse(record -> false);
            await().atMost(SOON).until(() -> ids().equals(ids(0, 100)) && loader.lagRecords() == 0);
        }
        assertThat(file()).doesNotExist();
        assertThat(counts.refused()).isZero();
    }

    @Test
    void whatCannotBePutAsideIsNotGivenUp() throws IOException {
        Files.createDirectories(file());
        books.refuse(record -> record.id().equals("call-1"));
        try (Journal journal = journal();
                Loader loader = start(journal)) {
            append(journal, 0, 5);
            await().atMost(SOON).until(() -> loader.trouble().orElse("").contains("cannot be put aside in"));
            assertThat(loader.lagRecords()).isEqualTo(5);
            Files.delete(file());
            await().atMost(SOON).until(() -> loader.lagRecords() == 0);
        }
        assertThat(aside()).containsExactly("call-1");
        assertThat(ids()).isEqualTo(ids(0, 5, 1));
    }
}
