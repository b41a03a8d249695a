package io.aiproxy.usage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.aiproxy.core.Ticker;
import io.aiproxy.usage.journal.Block;
import io.aiproxy.usage.journal.Journal;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is in the journal comes into the books, every record once, whatever the books do. */
class LoaderTest {
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final Loader.Pace QUICK = pace(Share.usual(1));
    private static final Duration AGES = Duration.ofDays(100_000);

    /** With a millionth of a processor there is no other batch for hours. */
    private static final double MILLIONTH = 0.000_001;

    private static final long BATCH_COSTS = Duration.ofMillis(10).toNanos();

    @TempDir
    Path home;

    private final MemoryBooks books = new MemoryBooks();
    private final Counts counts = new Counts();
    private final Watches watches = new Watches(Ticker.SYSTEM);

    private Journal journal() throws IOException {
        return Journal.open(home.resolve("journal"), io.aiproxy.usage.journal.Disk.MACHINE, 2_000, Ticker.SYSTEM);
    }

    private static Loader.Pace pace(Share share) {
        return new Loader.Pace(
                7,
                7,
                3,
                Duration.ofMillis(5),
                Duration.ofMillis(5),
                Duration.ofMillis(40),
                Duration.ofSeconds(10),
                () -> share);
    }

    /** A millionth, until so many bytes are behind. */
    private static Share millionth(long bytes) {
        return new Share(
                MILLIONTH, new Share.Backlog(bytes, AGES), new Share.Backlog(2 * bytes, AGES.plusDays(1)), AGES);
    }

    /** With batches that are told to cost that much. */
    private Loader start(Journal journal, Share share) {
        AtomicLong clock = new AtomicLong();
        Loader loader = Loader.of(
                new Loader.Parts(journal, books, watches, counts),
                pace(share),
                Ticker.SYSTEM,
                () -> clock.getAndAdd(BATCH_COSTS));
        loader.start();
        return loader;
    }

    private Loader start(Journal journal) {
        Loader loader = Loader.of(new Loader.Parts(journal, books, watches, counts), QUICK, Ticker.SYSTEM);
        loader.start();
        return loader;
    }

    private static void append(Journal journal, int from, int to) throws IOException {
        for (int i = from; i < to; i++) {
            journal.append(Records.blocks(List.of(Records.record("call-" + i))));
        }
    }

    private List<String> ids() {
        return books.all().stream().map(UsageRecord::id).sorted().toList();
    }

    private static List<String> ids(int from, int to) {
        return IntStream.range(from, to).mapToObj(i -> "call-" + i).sorted().toList();
    }

    private int files() throws IOException {
        try (Stream<Path> all = Files.list(home.resolve("journal"))) {
            return (int)
                    all.filter(file -> file.toString().endsWith(".aiproxy")).count();
        }
    }

    @Test
    void beforeItIsStartedTheBooksAreLeftInPeace() throws IOException {
        try (Journal journal = journal()) {
            append(journal, 0, 3);
            Loader loader = Loader.of(new Loader.Parts(journal, books, watches, counts), QUICK, Ticker.SYSTEM);
            assertThat(loader.lagRecords()).isEqualTo(3);
            loader.close();
            assertThat(books.adds()).isZero();
            try (Loader next = start(journal)) {
                await().atMost(SOON).until(() -> ids().equals(ids(0, 3)) && next.lagRecords() == 0);
            }
        }
    }

    @Test
    void everythingComesAndTheJournalIsEmptied() throws IOException {
        try (Journal journal = journal()) {
            append(journal, 0, 50);
            assertThat(files()).isGreaterThan(3);
            try (Loader loader = start(journal)) {
                await().atMost(SOON).until(() -> ids().equals(ids(0, 50)));
                append(journal, 50, 60);
                await().atMost(SOON).until(() -> ids().equals(ids(0, 60)) && loader.lagRecords() == 0);
                assertThat(loader.lagBytes()).isZero();
                assertThat(loader.lagAge()).isZero();
                assertThat(loader.trouble()).isEmpty();
                await().atMost(SOON).until(() -> files() == 1);
            }
        }
        assertThat(counts.booked()).isEqualTo(60);
        assertThat(books.all().get(0)).isEqualTo(Records.record("call-0"));
    }

    @Test
    void ofABurstNoMoreIsBookedThanTheShareAllowsAndThatIsNoTrouble() throws IOException {
        try (Journal journal = journal()) {
            append(journal, 0, 30);
            Loader loader = start(journal, millionth(Long.MAX_VALUE / 4));
            await().atMost(SOON).until(() -> loader.lagRecords() == 23);
            await().atMost(SOON).until(() -> !loader.lagAge().isZero()); // also between two batches
            append(journal, 30, 35);
            assertThat(books.adds()).isEqualTo(1);
            assertThat(loader.lagRecords()).isEqualTo(28);
            assertThat(loader.trouble()).isEmpty();
            loader.close(); // which brings the rest without any rest
            assertThat(ids()).isEqualTo(ids(0, 35));
        }
    }

    @Test
    void fewRecordsDoNotWaitForTheShare() throws IOException {
        try (Journal journal = journal();
                Loader loader = start(journal, millionth(Long.MAX_VALUE / 4))) {
            for (int i = 0; i < 5; i++) {
                int to = 3 * i + 3;
                append(journal, to - 3, to);
                await().atMost(SOON).until(() -> ids().equals(ids(0, to)) && loader.lagBytes() == 0);
            }
        }
    }

    @Test
    void whoIsTooFarBehindTakesMoreThanTheShare() throws IOException {
        try (Journal journal = journal()) {
            append(journal, 0, 60);
            Loader loader = start(journal, millionth(1));
            await().atMost(SOON).until(() -> ids().equals(ids(0, 60)) && loader.lagBytes() == 0);
            loader.close();
        }
    }

    @Test
    void whileTheDiskIsFullNothingWaitsForTheShare() throws IOException {
        try (Journal journal = journal()) {
            append(journal, 0, 60);
            Loader loader = start(journal, millionth(Long.MAX_VALUE / 4));
            await().atMost(SOON).until(() -> books.adds() > 0);
            assertThat(ids()).hasSize(7);
            watches.troubled("journal", "The disk is full");
            await().atMost(SOON).until(() -> ids().equals(ids(0, 60)) && files() == 1);
            assertThat(loader.trouble()).isEmpty();
            loader.close();
        }
    }

    @Test
    void aStopBringsTheRest() throws IOException {
        try (Journal journal = journal()) {
            Loader loader = start(journal);
            append(journal, 0, 100);
            loader.close();
            assertThat(ids()).isEqualTo(ids(0, 100));
        }
    }

    @Test
    void booksThatAreDownAreWaitedForAndTold() throws IOException {
        List<String> told = new CopyOnWriteArrayList<>();
        watches.add(new AccountingWatch() {
            @Override
            public void troubled(String part, String text) {
                told.add(part + ": " + text);
            }

            @Override
            public void recovered(String part) {
                told.add(part + " well");
            }
        });
        books.fail(MemoryBooks.Failure.DOWN);
        try (Journal journal = journal();
                Loader loader = start(journal)) {
            append(journal, 0, 30);
            await().atMost(SOON).until(() -> !told.isEmpty());
            assertThat(told.get(0)).startsWith("books: ").contains("memory", "start it");
            assertThat(loader.trouble()).get().asString().contains("start it");
            assertThat(loader.lagRecords()).isEqualTo(30);
            books.fail(MemoryBooks.Failure.NONE);
            await().atMost(SOON).until(() -> ids().equals(ids(0, 30)) && told.contains("books well"));
            assertThat(loader.trouble()).isEmpty();
        }
        assertThat(told).hasSize(2); // once for each outage
    }

    @Test
    void anOutageInTheMiddleShowsHowOldTheOldestIs() throws IOException {
        try (Journal journal = journal();
                Loader loader = start(journal)) {
            append(journal, 0, 10);
            await().atMost(SOON).until(() -> ids().size() == 10);
            books.fail(MemoryBooks.Failure.DOWN);
            append(journal, 10, 13);
            await().atMost(SOON).until(() -> !loader.lagAge().isZero());
            assertThat(loader.lagRecords()).isEqualTo(3);
            books.fail(MemoryBooks.Failure.NONE);
            await().atMost(SOON).until(() -> loader.lagAge().isZero());
        }
    }

    @Test
    void anAnswerThatIsLostDoublesNothing() throws IOException {
        books.fail(MemoryBooks.Failure.LOST_ANSWER);
        try (Journal journal = journal();
                Loader loader = start(journal)) {
            append(journal, 0, 20);
            await().atMost(SOON).until(() -> ids().equals(ids(0, 20)) && loader.lagRecords() == 0);
        }
        assertThat(counts.booked()).isEqualTo(20);
    }

    @Test
    void overRestartsAndOutagesEverythingIsThereOnce() throws IOException {
        Random random = new Random(11);
        int appended = 0;
        for (int round = 0; round < 12; round++) {
            try (Journal journal = journal()) {
                Loader loader = start(journal);
                for (int step = 0; step < 5; step++) {
                    int more = random.nextInt(20);
                    append(journal, appended, appended + more);
                    appended += more;
                    books.fail(MemoryBooks.Failure.values()[random.nextInt(3)]);
                }
                loader.close();
            }
        }
        books.fail(MemoryBooks.Failure.NONE);
        List<String> all = ids(0, appended);
        try (Journal journal = journal();
                Loader loader = start(journal)) {
            await().atMost(SOON).until(() -> ids().equals(all) && loader.lagRecords() == 0);
        }
    }

    /** A file that the version before blocks has left. */
    @Test
    void aBacklogOfTheFirstVersionIsTakenOver() throws IOException {
        Files.createDirectories(home.resolve("journal"));
        try (InputStream file = LoaderTest.class.getResourceAsStream("/journal/version-1.aiproxy")) {
            Files.copy(Objects.requireNonNull(file), home.resolve("journal/journal-0000000001.aiproxy"));
        }
        try (Journal journal = journal();
                Loader loader = start(journal)) {
            append(journal, 3, 6);
            await().atMost(SOON).until(() -> ids().equals(ids(0, 6)) && loader.lagBytes() == 0);
        }
        assertThat(books.all().get(2).user()).isEqualTo("zhangsan");
        assertThat(books.all().get(2).tags()).containsEntry("x-team", "search");
        assertThat(books.all().get(2).usage()).isEqualTo(Records.tokens(100, 20));
        assertThat(counts.booked()).isEqualTo(6);
        assertThat(counts.unreadable() + counts.lost() + counts.damagedBytes()).isZero();
    }

    /** With all of a processor each batch is followed by the next, so that their sizes are seen. */
    @Test
    void batchesAreAsLargeAsTheirSumsAskFor() throws IOException {
        Loader.Pace pace = new Loader.Pace(
                100,
                1_000,
                3,
                Duration.ofMillis(5),
                Duration.ofMillis(5),
                Duration.ofMillis(40),
                Duration.ofSeconds(10),
                () -> Share.usual(1));
        List<Integer> sizes = new ArrayList<>();
        MemoryBooks listening = new MemoryBooks() {
            @Override
            public synchronized void add(List<UsageRecord> added, Position upTo) throws BooksException {
                super.add(added, upTo);
                sizes.add(added.size());
            }
        };
        try (Journal journal = Journal.open(home.resolve("journal"), Ticker.SYSTEM)) {
            for (int i = 0; i < 400; i++) { // of four users; then of many
                journal.append(Records.blocks(List.of(Records.by("call-" + i, "user-" + i % 4))));
            }
            for (int i = 400; i < 2_000; i++) {
                journal.append(Records.blocks(List.of(Records.by("call-" + i, "user-" + i))));
            }
            Loader loader = Loader.of(new Loader.Parts(journal, listening, watches, counts), pace, Ticker.SYSTEM);
            loader.start();
            await().atMost(SOON).until(() -> loader.lagBytes() == 0);
            loader.close();
        }
        assertThat(sizes).containsExactly(100, 200, 200, 1_000, 500); // 50 for each of four sums; never more than 1,000
    }

    /** A quarter of a second of a processor is two percent of twelve and a half seconds. */
    @Test
    void theShareIsKeptAlsoAfterTheLargestBatch() throws IOException {
        AtomicLong processor = new AtomicLong();
        AtomicLong nanos = new AtomicLong();
        AtomicInteger looks = new AtomicInteger();
        Loader.Pace pace =
                new Loader.Pace(7, 7, 3, Duration.ZERO, Duration.ZERO, Duration.ZERO, Duration.ofSeconds(10), () -> {
                    looks.incrementAndGet();
                    return Share.usual(0.02);
                });
        try (Journal journal = journal()) {
            append(journal, 0, 30);
            Loader loader = Loader.of(
                    new Loader.Parts(journal, books, watches, counts),
                    pace,
                    new Clock(nanos),
                    () -> processor.getAndAdd(Duration.ofMillis(250).toNanos()));
            loader.start();
            await().atMost(SOON).until(() -> looks.get() > 0);
            nanos.set(Duration.ofMillis(12_499).toNanos());
            int before = looks.get();
            await().atMost(SOON).until(() -> looks.get() > before + 1); // it has looked, and gone on resting
            assertThat(books.adds()).isEqualTo(1);
            nanos.set(Duration.ofMillis(12_501).toNanos());
            await().atMost(SOON).until(() -> books.adds() == 2);
            loader.close();
        }
    }

    /** Begins a moment after the records' calls. */
    private record Clock(AtomicLong passed) implements Ticker {
        @Override
        public long nanos() {
            return passed.get();
        }

        @Override
        public long millis() {
            return Records.MILLIS + 5_000 + passed.get() / 1_000_000;
        }
    }

    @Test
    void whatCannotBeReadIsLeftOutAndTheRestComes() throws IOException {
        try (Journal journal = journal();
                Loader loader = start(journal)) {
            append(journal, 0, 3);
            journal.append(List.of(new Block("{\"oracle\":true}".getBytes(StandardCharsets.UTF_8), 1)));
            journal.append(List.of(new Block(new byte[] {1, 2, 3}, 64), new Block(new byte[] {99}, 2)));
            append(journal, 3, 6);
            await().atMost(SOON).until(() -> ids().equals(ids(0, 6)));
            assertThat(loader.trouble()).isEmpty();
        }
        assertThat(counts.unreadable()).isEqualTo(1 + 64 + 2);
    }

    @Test
    void aDamagedFileCostsItsRecordsAndIsTold() throws IOException {
        List<Long> lost = new ArrayList<>();
        watches.add(new AccountingWatch() {
            @Override
            public void lost(long calls, String why) {
                lost.add(calls);
            }
        });
        try (Journal journal = journal()) {
            append(journal, 0, 40);
        }
        Path damaged = newest(-2);
        byte[] bytes = Files.readAllBytes(damaged);
        java.util.Arrays.fill(bytes, 60, bytes.length, (byte) 7);
        Files.write(damaged, bytes);
        try (Journal journal = journal();
                Loader loader = start(journal)) {
            await().atMost(SOON).until(() -> loader.lagBytes() == 0 && counts.lost() > 0);
        }
        assertThat(ids().size() + counts.lost()).isEqualTo(40);
        assertThat(lost.stream().mapToLong(Long::longValue).sum()).isEqualTo(counts.lost());
        assertThat(counts.damagedBytes()).isGreaterThanOrEqualTo(bytes.length - 60);
    }

    private Path newest(int place) throws IOException {
        try (Stream<Path> all = Files.list(home.resolve("journal"))) {
            List<Path> files = all.filter(file -> file.toString().endsWith(".aiproxy"))
                    .sorted(Comparator.naturalOrder())
                    .toList();
            return files.get(files.size() + place);
        }
    }

    @Test
    void olderFilesThatWerePutBackAreReadAgainAndDoubleNothing() throws Exception {
        try (Journal journal = journal()) {
            append(journal, 0, 10);
        }
        Path old = newest(-1);
        byte[] kept = Files.readAllBytes(old);
        try (Journal journal = journal();
                Loader loader = start(journal)) {
            append(journal, 10, 60);
            await().atMost(SOON).until(() -> loader.lagRecords() == 0 && ids().size() == 60);
        }
        Files.delete(newest(-1));
        Files.write(old, kept);
        try (Journal journal = journal();
                Loader loader = start(journal)) {
            append(journal, 60, 65);
            await().atMost(SOON).until(() -> ids().equals(ids(0, 65)) && loader.lagBytes() == 0);
        }
    }
}
