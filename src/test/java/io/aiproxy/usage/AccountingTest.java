package io.aiproxy.usage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.aiproxy.config.BooksConfig;
import io.aiproxy.core.Receipt;
import io.aiproxy.core.Ticker;
import io.aiproxy.core.Transcript;
import io.aiproxy.core.Usage;
import io.aiproxy.core.UsageSource;
import io.aiproxy.usage.journal.Journal;
import io.aiproxy.usage.journal.ScriptedDisk;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Receipts become records in the journal, and nobody waits for that who does not want to. */
class AccountingTest {
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final Accounting.Timing TIMING =
            new Accounting.Timing(Duration.ofMillis(700), Duration.ofMillis(250));

    @TempDir
    Path home;

    private final ScriptedDisk disk = new ScriptedDisk();
    private final Watches watches = new Watches(Ticker.SYSTEM);
    private final Counts counts = new Counts();
    private final List<UsageRecord> settled = new CopyOnWriteArrayList<>();
    private final List<String> told = new CopyOnWriteArrayList<>();
    private final AtomicLong lost = new AtomicLong();
    private volatile BooksConfig config = config(Duration.ofMillis(20), true);
    private volatile Pricing pricing = Pricing.NONE;
    private Optional<Estimator> estimator = Optional.empty();
    private Journal journal;
    private Accounting accounting;

    AccountingTest() {
        watches.add(new AccountingWatch() {
            @Override
            public void settled(Receipt receipt, UsageRecord record) {
                settled.add(record);
            }

            @Override
            public void lost(long calls, String why) {
                lost.addAndGet(calls);
            }

            @Override
            public void troubled(String part, String text) {
                told.add(part + ": " + text);
            }

            @Override
            public void recovered(String part) {
                told.add(part + " well");
            }
        });
    }

    private static BooksConfig config(Duration lossWindow, boolean estimate) {
        BooksConfig usual = BooksConfig.defaults();
        return new BooksConfig(
                true,
                lossWindow,
                usual.keep(),
                usual.keepMinutes(),
                usual.timeZone(),
                usual.tags(),
                estimate,
                usual.processorShare());
    }

    private void start() throws IOException {
        start(Intake.Bounds.usual());
    }

    private void start(Intake.Bounds bounds) throws IOException {
        journal = Journal.open(home.resolve("journal"), disk, Journal.SEGMENT_BYTES, Ticker.SYSTEM);
        accounting = Accounting.start(
                new Accounting.Parts(journal, () -> config, () -> pricing, estimator, watches, counts),
                bounds,
                TIMING,
                Ticker.SYSTEM);
    }

    @AfterEach
    void stop() {
        disk.roomy();
        disk.goOn();
        accounting.close();
        journal.close();
    }

    private List<UsageRecord> journaled() throws IOException {
        accounting.close();
        journal.close();
        return Records.journaled(home.resolve("journal"));
    }

    private static List<String> ids(List<UsageRecord> records) {
        return records.stream().map(UsageRecord::id).sorted().toList();
    }

    private static Transcript said(int length) {
        return new Transcript("你".repeat(length), length, "好".repeat(length), length, 0);
    }

    private static Receipt untold(String id, int length) {
        return Records.receipt(id, Optional.empty(), UsageSource.ESTIMATED, Optional.of(said(length)));
    }

    @Test
    void aReceiptBecomesARecordWithItsPrice() throws IOException {
        List<Pricing.Sale> sales = new CopyOnWriteArrayList<>();
        pricing = sale -> {
            sales.add(sale);
            return new Pricing.Price(123_456_789, "CNY", true);
        };
        start();
        accounting.accept(Records.receipt("a"));
        UsageRecord record = journaled().get(0);
        assertThat(record.id()).isEqualTo("a");
        assertThat(record.startedMillis()).isEqualTo(Records.MILLIS);
        assertThat(record.endedMillis()).isEqualTo(Records.MILLIS + 2_157);
        assertThat(record.user() + "/" + record.key()).isEqualTo("zhangsan/laptop");
        assertThat(record.groups()).containsExactly("tech");
        assertThat(record.tags()).containsEntry("x-team", "search");
        assertThat(record.template()).isEqualTo("/v1/chat/completions");
        assertThat(record.model()).isEqualTo("qwen-max-2025-01-25");
        assertThat(record.durationMicros()).isEqualTo(2_157_301);
        assertThat(record.firstByteMicros()).isEqualTo(390_120);
        assertThat(record.overheadMicros()).isEqualTo(211);
        assertThat(record.usage()).isEqualTo(Records.tokens(100, 20));
        assertThat(record.source()).isEqualTo(UsageSource.PROVIDER);
        assertThat(record.cost()).isEqualTo(123_456_789);
        assertThat(record.currency()).isEqualTo("CNY");
        assertThat(record.priced()).isTrue();
        assertThat(sales)
                .containsExactly(new Pricing.Sale(
                        "bailian", "qwen-max", "qwen-max-2025-01-25", Records.tokens(100, 20), Records.MILLIS));
        assertThat(settled).containsExactly(record);
    }

    @Test
    void whatIsNotCountedIsNotBookedAndHoldsNobodyUp() throws IOException {
        start();
        AtomicInteger released = new AtomicInteger();
        Receipt page = Changed.uncounted(Records.receipt("page"));
        accounting.accept(page);
        accounting.accept(page, released::incrementAndGet);
        assertThat(released).hasValue(1);
        accounting.accept(Records.receipt("a"));
        assertThat(ids(journaled())).containsExactly("a");
    }

    @Test
    void manyThreadsEveryCallOnce() throws Exception {
        start();
        ExecutorService loops = Executors.newFixedThreadPool(4);
        AtomicInteger released = new AtomicInteger();
        for (int i = 0; i < 20_000; i++) {
            Receipt receipt = Records.receipt("call-%05d".formatted(i));
            boolean waits = i % 10 == 0;
            loops.execute(() -> {
                if (waits) {
                    accounting.accept(receipt, released::incrementAndGet);
                } else {
                    accounting.accept(receipt);
                }
            });
        }
        loops.shutdown();
        assertThat(loops.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
        await().atMost(SOON).until(() -> released.get() == 2_000 && accounting.waiting() == 0);
        assertThat(ids(journaled()))
                .isEqualTo(IntStream.range(0, 20_000)
                        .mapToObj("call-%05d"::formatted)
                        .toList());
        assertThat(counts.lost()).isZero();
        assertThat(counts.journaled()).isEqualTo(20_000);
    }

    @Test
    void anAnswerGoesWhenItsRecordIsOnDiskAndNotBefore() throws IOException {
        config = config(Duration.ZERO, true);
        start();
        for (int i = 1; i <= 20; i++) {
            AtomicLong onDisk = new AtomicLong(-1);
            accounting.accept(Records.receipt("call-" + i), () -> onDisk.set(journal.last()));
            await().atMost(SOON).until(() -> onDisk.get() >= 0);
            assertThat(onDisk).hasValue(i);
        }
    }

    @Test
    void anAnswerThatWaitsIsNotHeldUpByALongLossWindow() throws IOException {
        config = config(Duration.ofHours(1), true);
        start();
        accounting.accept(Records.receipt("a"));
        AtomicInteger released = new AtomicInteger();
        await().atMost(SOON).until(() -> settled.size() == 1); // nor limits
        accounting.accept(Records.receipt("b"), released::incrementAndGet);
        await().atMost(SOON).untilAtomic(released, org.hamcrest.Matchers.is(1));
        assertThat(journal.last()).isEqualTo(2);
    }

    @Test
    void aFullDiskHoldsNobodyUpAndLosesNothingThatFindsRoomInMemory() throws IOException {
        start();
        disk.room(0);
        AtomicInteger released = new AtomicInteger();
        for (int i = 0; i < 500; i++) {
            accounting.accept(Records.receipt("call-%03d".formatted(i)), released::incrementAndGet);
        }
        await().atMost(SOON).until(() -> released.get() == 500 && !told.isEmpty() && settled.size() == 500);
        assertThat(told.get(0)).startsWith("journal: ").contains("No space", "journal");
        assertThat(accounting.trouble()).isPresent();
        assertThat(counts.failures()).isPositive();
        disk.roomy();
        await().atMost(SOON).until(() -> accounting.waiting() == 0);
        assertThat(accounting.trouble()).isEmpty();
        assertThat(told).hasSize(2).last().isEqualTo("journal well");
        assertThat(ids(journaled()))
                .isEqualTo(
                        IntStream.range(0, 500).mapToObj("call-%03d"::formatted).toList());
        assertThat(counts.lost()).isZero();
    }

    /** Each call of the same caller comes when the one before is answered: waiting would add up. */
    @Test
    void whileTheDiskIsFullCallsOneAfterTheOtherDoNotWait() throws IOException {
        config = config(Duration.ZERO, true);
        start();
        disk.room(0);
        accounting.accept(Records.receipt("first"));
        await().atMost(SOON).until(() -> accounting.trouble().isPresent());
        AtomicInteger released = new AtomicInteger();
        for (int i = 1; i <= 20; i++) {
            accounting.accept(Records.receipt("call-%02d".formatted(i)), released::incrementAndGet);
            assertThat(released).hasValue(i);
        }
        disk.roomy();
        await().atMost(SOON).until(() -> accounting.waiting() == 0);
        accounting.accept(Records.receipt("last"), () -> released.addAndGet((int) (100 * journal.last())));
        await().atMost(SOON).untilAtomic(released, org.hamcrest.Matchers.is(20 + 2200)); // as ever: on disk before
        assertThat(ids(journaled())).hasSize(22).doesNotHaveDuplicates();
        assertThat(counts.lost()).isZero();
    }

    @Test
    void whatFindsNoRoomInMemoryIsCountedAndTold() throws IOException {
        start(new Intake.Bounds(1 << 20, 1 << 19));
        disk.room(0);
        AtomicInteger released = new AtomicInteger();
        for (int i = 0; i < 5_000; i++) {
            accounting.accept(Records.receipt("call-" + i), released::incrementAndGet);
        }
        await().atMost(SOON).until(() -> released.get() == 5_000 && lost.get() > 0);
        disk.roomy();
        await().atMost(SOON).until(() -> accounting.waiting() == 0);
        List<UsageRecord> kept = journaled();
        assertThat(kept).hasSizeBetween(200, 4_000);
        assertThat(kept.size() + counts.lost()).isEqualTo(5_000);
        await().atMost(SOON).untilAtomic(lost, org.hamcrest.Matchers.is(counts.lost()));
    }

    @Test
    void aDiskThatHangsHoldsNobodyUpForLong() throws IOException {
        start();
        accounting.accept(Records.receipt("a"));
        await().atMost(SOON).until(() -> journal.last() == 1);
        disk.hang();
        AtomicInteger released = new AtomicInteger();
        accounting.accept(Records.receipt("b"), released::incrementAndGet);
        accounting.accept(Records.receipt("c"), released::incrementAndGet);
        await().atMost(SOON).until(() -> released.get() == 2 && !told.isEmpty());
        assertThat(accounting.trouble()).get().asString().contains("holding up");
        disk.goOn();
        await().atMost(SOON).until(() -> accounting.waiting() == 0);
        assertThat(accounting.trouble()).isEmpty();
        assertThat(ids(journaled())).containsExactly("a", "b", "c");
        assertThat(released).hasValue(2);
    }

    @Test
    void whatTheDiskNeverTakesIsCountedAtTheEnd() throws IOException {
        start();
        disk.room(0);
        for (int i = 0; i < 10; i++) {
            accounting.accept(Records.receipt("call-" + i));
        }
        accounting.close();
        assertThat(counts.lost()).isEqualTo(10);
        assertThat(lost).hasValue(10);
        accounting.accept(Records.receipt("late"));
        assertThat(counts.lost()).isEqualTo(11);
    }

    @Test
    void whatAProviderHasNotToldIsEstimated() throws IOException {
        estimator = Optional.of(receipt -> Records.tokens(
                receipt.transcript().orElseThrow().askedBytes(),
                receipt.usage().map(Usage::outputTokens).orElse(7L)));
        start();
        accounting.accept(untold("a", 30));
        accounting.accept(
                Records.receipt("b", Optional.of(Records.tokens(0, 4)), UsageSource.ESTIMATED, Optional.of(said(40))));
        accounting.accept(Records.receipt("c"));
        List<UsageRecord> records = journaled();
        assertThat(records)
                .extracting(UsageRecord::id, UsageRecord::usage, UsageRecord::source)
                .containsExactlyInAnyOrder(
                        org.assertj.core.api.Assertions.tuple("a", Records.tokens(30, 7), UsageSource.ESTIMATED),
                        org.assertj.core.api.Assertions.tuple("b", Records.tokens(40, 4), UsageSource.ESTIMATED),
                        org.assertj.core.api.Assertions.tuple("c", Records.tokens(100, 20), UsageSource.PROVIDER));
    }

    /** An estimator that has to load something, which ends when the test says so. */
    private static final class Loading implements Estimator {
        private final AtomicInteger asked = new AtomicInteger();
        private volatile Runnable whenReady = () -> {};
        private volatile boolean ready;

        @Override
        public Usage estimate(Receipt receipt) {
            return Records.tokens(30, 7);
        }

        @Override
        public boolean ready(Receipt receipt, Runnable then) {
            if (asked.getAndIncrement() == 0) {
                whenReady = then;
            }
            return ready;
        }
    }

    @Test
    void whatHasToBeLoadedForAnEstimateHoldsNobodyElseUp() throws IOException {
        Loading loading = new Loading();
        estimator = Optional.of(loading);
        start();
        accounting.accept(untold("a", 30));
        await().atMost(SOON).until(() -> loading.asked.get() > 0);
        AtomicInteger released = new AtomicInteger();
        accounting.accept(Records.receipt("b"), released::incrementAndGet);
        await().atMost(SOON).until(() -> released.get() == 1 && journal.last() == 1);
        accounting.accept(Records.receipt("c"));
        await().atMost(SOON).until(() -> journal.last() == 2);
        assertThat(accounting.waiting()).isEqualTo(1);
        loading.ready = true;
        loading.whenReady.run();
        await().atMost(SOON).until(() -> journal.last() == 3);
        assertThat(journaled())
                .extracting(UsageRecord::id, UsageRecord::source)
                .containsExactly(
                        org.assertj.core.api.Assertions.tuple("b", UsageSource.PROVIDER),
                        org.assertj.core.api.Assertions.tuple("c", UsageSource.PROVIDER),
                        org.assertj.core.api.Assertions.tuple("a", UsageSource.ESTIMATED));
    }

    @Test
    void aStopDoesNotWaitForWhatIsLoaded() throws IOException {
        estimator = Optional.of(new Loading());
        start();
        accounting.accept(untold("a", 30));
        assertThat(journaled()).extracting(UsageRecord::source).containsExactly(UsageSource.ESTIMATED);
        assertThat(counts.lost()).isZero();
    }

    @Test
    void withoutEstimatesItIsMissing() throws IOException {
        estimator = Optional.of(receipt -> Records.tokens(1, 1));
        config = config(Duration.ofMillis(20), false);
        start();
        accounting.accept(untold("a", 30));
        UsageRecord record = journaled().get(0);
        assertThat(record.usage()).isEqualTo(Usage.NONE);
        assertThat(record.source()).isEqualTo(UsageSource.NONE);
    }

    @Test
    void textsAreHeldInBoundedMemoryTheirCallsAreNotLost() throws IOException {
        estimator = Optional.of(receipt -> Records.tokens(1, 1));
        start(new Intake.Bounds(8 << 20, 100_000));
        disk.hang();
        accounting.accept(Records.receipt("first"));
        await().atMost(SOON).until(() -> settled.size() == 1); // from now on the thread hangs in the disk
        for (int i = 0; i < 100; i++) {
            accounting.accept(untold("call-%02d".formatted(i), 5_000)); // 20 kB each
        }
        disk.goOn();
        await().atMost(SOON).until(() -> accounting.waiting() == 0);
        List<UsageRecord> records = journaled();
        assertThat(records).hasSize(101);
        assertThat(records)
                .filteredOn(record -> record.source() == UsageSource.ESTIMATED)
                .hasSize(5);
        assertThat(records)
                .filteredOn(record -> record.source() == UsageSource.NONE)
                .hasSize(95);
    }

    @Test
    void defectsOfThoseWhoAreToldHarmNobody() throws IOException {
        List<UsageRecord> booked = new CopyOnWriteArrayList<>();
        watches.add((RecordSink) records -> {
            throw new IllegalStateException("a defect of this test");
        });
        watches.add(new AccountingWatch() {
            @Override
            public void settled(Receipt receipt, UsageRecord record) {
                throw new IllegalStateException("a defect of this test");
            }
        });
        watches.add((RecordSink) booked::addAll);
        start();
        accounting.accept(Records.receipt("a"), () -> {
            throw new IllegalStateException("a defect of this test");
        });
        accounting.accept(Records.receipt("b"));
        assertThat(ids(journaled())).containsExactly("a", "b");
        assertThat(ids(booked)).containsExactly("a", "b");
    }

    @Test
    void aDefectInAnEstimateCostsThatCallAndNoOther() throws IOException {
        estimator = Optional.of(receipt -> {
            if (receipt.id().equals("a")) {
                throw new StackOverflowError("a defect of this test");
            }
            return Usage.NONE;
        });
        start();
        AtomicInteger released = new AtomicInteger();
        accounting.accept(untold("a", 30), released::incrementAndGet);
        accounting.accept(untold("b", 30), released::incrementAndGet);
        await().atMost(SOON).until(() -> released.get() == 2);
        assertThat(accounting.waiting()).isZero();
        assertThat(counts.lost()).isEqualTo(1);
        assertThat(journaled()).singleElement().satisfies(record -> {
            assertThat(record.id()).isEqualTo("b");
            assertThat(record.source()).isEqualTo(UsageSource.NONE); // no channel has worked on it
        });
    }

    @Test
    void textsOfCallersAreMadeFitForEveryDatabase() throws IOException {
        start();
        accounting.accept(Changed.named(Records.receipt("a"), "gpt\u0000-\ud800x" + "y".repeat(600)));
        UsageRecord record = journaled().get(0);
        assertThat(record.modelAsked()).startsWith("gpt\ufffd-\ufffdxyyy").hasSize(512);
    }
}
