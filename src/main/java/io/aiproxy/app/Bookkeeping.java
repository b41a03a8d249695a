package io.aiproxy.app;

import io.aiproxy.config.BooksConfig;
import io.aiproxy.config.Snapshot;
import io.aiproxy.core.Receipt;
import io.aiproxy.core.ReceiptSink;
import io.aiproxy.core.Ticker;
import io.aiproxy.telemetry.Meters;
import io.aiproxy.telemetry.Telemetry;
import io.aiproxy.usage.Accounting;
import io.aiproxy.usage.AccountingWatch;
import io.aiproxy.usage.Books;
import io.aiproxy.usage.BooksException;
import io.aiproxy.usage.Counts;
import io.aiproxy.usage.Loader;
import io.aiproxy.usage.Pricing;
import io.aiproxy.usage.RecordSink;
import io.aiproxy.usage.Retention;
import io.aiproxy.usage.Share;
import io.aiproxy.usage.Watches;
import io.aiproxy.usage.journal.Journal;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * From receipts to books: accounting thread, journal, the thread that brings the journal into the books. Nothing of it is there
 * until {@link #open}, nor where the configuration says {@code usage.enabled: false}; receipts are then let pass. That setting
 * can be taken back while the gateway runs; to begin booking, it has to be started anew.
 */
public final class Bookkeeping implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Bookkeeping.class);

    private static final Duration PURGE_EVERY = Duration.ofHours(1);

    private final Settings settings;
    private final Supplier<Snapshot> snapshot;
    private final @Nullable UsageParts parts;
    private final Watches watches = new Watches(Ticker.SYSTEM);
    private final Counts counts = new Counts();

    /** Those that are there, or null: receipts come on many threads. */
    private volatile @Nullable Running running;

    /** The pricing of the configuration in force, remembered together with that. */
    private volatile @Nullable Priced priced;

    private record Running(Journal journal, Books books, Accounting accounting, Loader loader, Retention retention) {}

    private record Priced(Snapshot snapshot, Pricing pricing) {}

    /**
     * @param settings of the gateway
     * @param snapshot the configuration in force; asked from {@link #open} on
     * @param parts what books are made of; null: there are none
     */
    Bookkeeping(Settings settings, Supplier<Snapshot> snapshot, @Nullable UsageParts parts) {
        this.settings = settings;
        this.snapshot = snapshot;
        this.parts = parts;
    }

    /** Where the journal of a gateway with this data directory is. */
    public static Path journalIn(Path dataDir) {
        return dataDir.resolve("journal");
    }

    /**
     * Begins to write the journal, if booking is wanted. Connects to no database.
     *
     * @throws IOException when journal or books cannot be used; that a database is down is no reason
     */
    void open() throws IOException {
        if (parts == null || !config().enabled()) {
            return;
        }
        Journal journal = Journal.open(journalIn(settings.dataDir()), parts.clock());
        Books books;
        try {
            books = parts.books().open(settings, snapshot.get());
        } catch (BooksException e) {
            journal.close();
            throw new IOException(e.getMessage(), e);
        }
        Loader loader = Loader.of(
                new Loader.Parts(journal, books, watches, counts), Loader.Pace.usual(this::share), parts.clock());
        Accounting accounting = Accounting.start(
                new Accounting.Parts(journal, this::config, () -> pricing(parts), parts.estimator(), watches, counts),
                parts.clock());
        Retention retention = Retention.start(books, this::config, PURGE_EVERY, parts.clock());
        running = new Running(journal, books, accounting, loader, retention);
        LOG.info("Calls are booked in {}, through the journal in {}", books.place(), journal.path());
    }

    private Share share() {
        return Share.usual(config().processorShare() / 100.0);
    }

    /** Begins to bring the journal into the books, which is nothing that a call has to wait for. Waits for nothing. */
    void load() {
        Running now = running;
        if (now != null) {
            now.loader.start();
        }
    }

    private BooksConfig config() {
        return snapshot.get().system().usage();
    }

    @SuppressWarnings(
            "ReferenceEquality") // another snapshot is another object, and comparing all of it would take long
    private Pricing pricing(UsageParts of) {
        Snapshot now = snapshot.get();
        Priced known = priced;
        if (known == null || known.snapshot != now) {
            known = new Priced(now, of.pricing().apply(now));
            priced = known;
        }
        return known.pricing;
    }

    /** Everything that comes to this sink goes to {@code first} and is then booked. */
    ReceiptSink after(ReceiptSink first) {
        return new Both(first);
    }

    /** To those who tell it, and into the books. */
    private final class Both implements ReceiptSink {
        private final ReceiptSink first;

        Both(ReceiptSink first) {
            this.first = first;
        }

        @Override
        public void accept(Receipt receipt) {
            first.accept(receipt);
            Running now = running;
            if (now != null) {
                now.accounting.accept(receipt);
            }
        }

        @Override
        public void accept(Receipt receipt, Runnable whenDurable) {
            first.accept(receipt);
            Running now = running;
            if (now == null) {
                whenDurable.run();
            } else {
                now.accounting.accept(receipt, whenDurable);
            }
        }
    }

    /** Who is told of records and of how booking goes: to add to. */
    public Watches watches() {
        return watches;
    }

    /** Whether the end of an answer is to wait until its call is booked. Called on event loops. */
    boolean beforeTheEnd() {
        return running != null && config().lossWindow().isZero();
    }

    /** From now on this is told of records and of how booking goes. */
    void tell(UsageTold told) {
        watches.add((AccountingWatch) told);
        watches.add((RecordSink) told);
    }

    /** The books; empty before {@link #open} and where nothing is booked. */
    public Optional<Books> books() {
        return Optional.ofNullable(running).map(Running::books);
    }

    /** Whether every call that ended before this moment is in the books. Does not block. */
    boolean caughtUp(long millis) {
        Running now = running;
        if (now == null || now.loader.lagBytes() == 0) {
            return true;
        }
        long oldest = now.loader.lagAge().toMillis(); // 0: not known yet
        return oldest > 0 && parts != null && oldest < parts.clock().millis() - millis;
    }

    /** What is the matter with journal and books at the moment, for people; empty: nothing. Does not block. */
    public Optional<String> trouble() {
        Running now = running;
        if (now == null) {
            return Optional.empty();
        }
        String all = Stream.of(now.accounting.trouble(), now.loader.trouble())
                .flatMap(Optional::stream)
                .collect(Collectors.joining("; "));
        return all.isEmpty() ? Optional.empty() : Optional.of(all);
    }

    /** Shows in numbers how booking goes; nothing where nothing is booked. */
    void show(Telemetry telemetry) {
        Running now = running;
        if (now == null) {
            return;
        }
        telemetry.observe(Meters.JOURNAL_WAITING, now.accounting::waiting);
        telemetry.observe(Meters.JOURNAL_RECORDS, counts::journaled);
        telemetry.observe(Meters.JOURNAL_FAILURES, counts::failures);
        telemetry.observe(Meters.JOURNAL_LOST, counts::lost);
        telemetry.observe(Meters.JOURNAL_UNREADABLE, counts::unreadable);
        telemetry.observe(Meters.JOURNAL_DAMAGED, counts::damagedBytes);
        telemetry.observe(Meters.JOURNAL_BOOKED, counts::booked);
        telemetry.observe(Meters.JOURNAL_LAG, now.loader::lagBytes);
        telemetry.observe(Meters.JOURNAL_LAG_RECORDS, now.loader::lagRecords);
        telemetry.observe(Meters.JOURNAL_LAG_AGE, () -> now.loader.lagAge().toMillis() / 1000.0);
        telemetry.observe(Meters.JOURNAL_REFUSED, counts::refused);
    }

    /** Books what has come, and ends. Receipts that come later pass. */
    @Override
    public void close() {
        Running now = running;
        if (now == null) {
            return;
        }
        now.accounting.close();
        running = null;
        now.retention.close();
        now.loader.close();
        now.books.close();
        now.journal.close();
    }
}
