package io.aiproxy.usage;

import io.aiproxy.config.BooksConfig;
import io.aiproxy.core.Receipt;
import io.aiproxy.core.ReceiptSink;
import io.aiproxy.core.Ticker;
import io.aiproxy.usage.journal.Journal;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns receipts into records and puts them into the journal, on a thread of its own: event loops only leave receipts here.
 * Records are written together, at least once in a loss window; where an answer waits for its record, at once, together with
 * all others that wait.
 *
 * <p><b>When the disk takes nothing</b> calls go on. What is not on disk is held and tried again; memory is bounded, and what
 * finds no room is counted as lost and told. Answers wait for the disk {@link Timing#patience()} at most, and not at all from
 * the moment when it is known to take nothing until it has taken something again.
 *
 * <p><b>Estimates</b> take milliseconds each, so they are made while nothing has to be written. When more is to be counted than
 * one thread can count, such records come into the journal later than the loss window says; likewise while what is needed to
 * count is loaded, which nobody else waits for.
 */
public final class Accounting implements ReceiptSink, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Accounting.class);

    /** However long the loss window is, limits hear of what was used after this time. */
    private static final long SETTLE_NANOS = Duration.ofMillis(250).toNanos();

    private final Supplier<BooksConfig> config;
    private final Intake intake;
    private final RecordMaker maker;
    private final Posting posting;
    private final Counts counts;
    private final Watches watches;
    private final Timing timing;
    private final Ticker ticker;
    private final Thread thread = new Thread(this::run, "aiproxy-accounting");
    private final Sentry sentry;

    private final LongAdder untold = new LongAdder();
    private volatile boolean idle;
    private volatile boolean urgent;
    private volatile boolean closing;
    private volatile boolean closed;

    // Of the accounting thread alone.
    private final ArrayDeque<Intake.Item> toCount = new ArrayDeque<>();
    /** What is to be counted next waits for what is loaded on another thread. */
    private boolean loading;

    private long due;

    /**
     * How long what may take.
     *
     * @param patience how long an answer waits for its record, and how long a stop waits for the disk
     * @param tellEvery losses are told at most so often
     */
    public record Timing(Duration patience, Duration tellEvery) {
        /** What fits a gateway. */
        public static final Timing USUAL = new Timing(Duration.ofSeconds(5), Duration.ofMinutes(1));
    }

    /**
     * What it is made of.
     *
     * @param journal where records go; closed by whoever has opened it
     * @param config how usage is booked, of the configuration in force
     * @param pricing what usage costs, of the configuration in force
     * @param estimator empty: what a provider has not told remains unknown
     * @param watches who is told
     * @param counts where it is counted
     */
    public record Parts(
            Journal journal,
            Supplier<BooksConfig> config,
            Supplier<Pricing> pricing,
            Optional<Estimator> estimator,
            Watches watches,
            Counts counts) {}

    /** Starts booking. */
    public static Accounting start(Parts parts, Ticker ticker) {
        return start(parts, Intake.Bounds.usual(), Timing.USUAL, ticker);
    }

    /** As above, with other bounds. */
    static Accounting start(Parts parts, Intake.Bounds bounds, Timing timing, Ticker ticker) {
        Accounting accounting = new Accounting(parts, new Intake(bounds, ticker), timing, ticker);
        accounting.thread.setDaemon(true);
        accounting.thread.start();
        accounting.sentry.start();
        return accounting;
    }

    private Accounting(Parts parts, Intake intake, Timing timing, Ticker ticker) {
        this.config = parts.config;
        this.intake = intake;
        this.counts = parts.counts;
        this.watches = parts.watches;
        this.timing = timing;
        this.ticker = ticker;
        this.maker = new RecordMaker(parts.pricing, parts.estimator);
        this.posting = new Posting(parts.journal, intake, counts, watches, ticker);
        this.sentry = new Sentry(this::watchOver, timing.tellEvery);
        this.due = ticker.nanos();
    }

    @Override
    public void accept(Receipt receipt) {
        take(receipt, null);
    }

    @Override
    public void accept(Receipt receipt, Runnable whenDurable) {
        // while the disk is known to take nothing, waiting for it would help nobody
        boolean waits = posting.trouble().isEmpty();
        if (!take(receipt, waits ? whenDurable : null) || !waits) {
            whenDurable.run();
        }
    }

    /** Whether somebody will run {@code whenDurable}. */
    private boolean take(Receipt receipt, @Nullable Runnable whenDurable) {
        if (!receipt.counted() || !config.get().enabled()) {
            return false;
        }
        if (closed || !intake.offer(receipt, whenDurable)) {
            lose(1);
            return false;
        }
        if (whenDurable != null) {
            wake();
        } else if (idle) {
            idle = false;
            LockSupport.unpark(thread);
        }
        return true;
    }

    private void lose(long calls) {
        counts.lost.add(calls);
        untold.add(calls);
    }

    private void run() {
        while (!closing || !nothingLeft()) {
            try {
                round();
            } catch (RuntimeException | OutOfMemoryError defect) {
                LOG.error("Accounting: unexpected failure, going on", defect);
            }
            if (closing && posting.late()) {
                break;
            }
        }
        closed = true;
        giveUp();
    }

    private boolean nothingLeft() {
        return intake.isEmpty() && toCount.isEmpty() && posting.isEmpty();
    }

    private void round() {
        boolean hurry = urgent;
        urgent = false;
        for (Intake.Item item = intake.poll(); item != null; item = intake.poll()) {
            if (config.get().estimate() && maker.countable(item.receipt())) {
                toCount.add(item);
            } else {
                book(item, false);
            }
            if (posting.full()) {
                break;
            }
        }
        hurry |= posting.awaited();
        count(hurry);
        boolean now = hurry || closing || posting.full() || intake.pressed() || ticker.nanos() - due >= 0;
        if (now && posting.ready()) {
            long began = ticker.nanos();
            posting.write();
            long window = config.get().lossWindow().toNanos();
            due = LossWindow.due(began, ticker.nanos() - began, window);
        }
        rest();
    }

    /** Makes estimates until something has to be written; those that an answer waits for in any case. */
    private void count(boolean hurry) {
        boolean some = false;
        while (!toCount.isEmpty()) {
            if (!closing && !maker.ready(toCount.peek().receipt(), this::wake)) {
                loading = true;
                return;
            }
            loading = false;
            boolean awaited = toCount.peek().promise() != null;
            boolean waits = some && posting.ready() && (hurry || closing || urgent || ticker.nanos() - due >= 0);
            if (posting.full() || (waits && !awaited)) {
                return;
            }
            Intake.Item item = toCount.remove();
            book(item, true);
            some = true;
        }
    }

    /** Any thread. */
    private void wake() {
        urgent = true;
        LockSupport.unpark(thread);
    }

    private void book(Intake.Item item, boolean estimate) {
        try {
            UsageRecord record = estimate ? maker.estimated(item.receipt()) : maker.plain(item.receipt());
            watches.settled(item.receipt(), record);
            posting.add(item, record);
        } catch (RuntimeException | StackOverflowError | OutOfMemoryError defect) {
            // whatever it is, it must not be the end of booking
            LOG.error("Accounting: call {} cannot be booked", item.receipt().id(), defect);
            intake.forget(item);
            lose(1);
        }
    }

    /** Sleeps until something has to be done. */
    private void rest() {
        if (urgent || (closing && posting.ready())) {
            return;
        }
        if (posting.isEmpty() && (toCount.isEmpty() || loading)) {
            idle = true;
            if (intake.isEmpty() && !closing && !urgent) {
                LockSupport.park(this);
            }
            idle = false;
        } else if (!posting.isEmpty()) {
            long now = ticker.nanos();
            long until = posting.ready() ? due : posting.retryAt();
            if (until - now > 0) {
                LockSupport.parkNanos(this, Math.min(until - now, SETTLE_NANOS));
            }
        }
    }

    private void giveUp() {
        long left = posting.giveUp() + toCount.size();
        toCount.forEach(intake::forget);
        toCount.clear();
        for (Intake.Item item = intake.poll(); item != null; item = intake.poll()) {
            left++;
            intake.forget(item);
        }
        if (left > 0) {
            lose(left);
            tellLosses();
        }
    }

    /** Now and then, on a thread that the disk cannot stop. */
    private void watchOver(boolean tell) {
        intake.releaseLate(timing.patience);
        posting.complainWhenStuck(timing.patience);
        if (tell) {
            tellLosses();
        }
    }

    private void tellLosses() {
        long calls = untold.sumThenReset();
        if (calls > 0) {
            String why = "the journal in " + posting.place() + " takes no records; is the disk full, slow or gone?";
            LOG.error("Accounting: {} calls will be missing in the books: {}", calls, why);
            watches.lost(calls, why);
        }
    }

    /** Calls whose records are not on disk yet. */
    public long waiting() {
        return intake.count();
    }

    /** What is wrong with the journal at the moment, for people; empty when all is well. Does not block. */
    public Optional<String> trouble() {
        return posting.trouble();
    }

    /** Writes everything, and ends. What the disk does not take in time is lost and counted. */
    @Override
    public void close() {
        posting.endBy(ticker.nanos() + timing.patience.toNanos());
        closing = true;
        LockSupport.unpark(thread);
        try {
            thread.join(timing.patience.toMillis() * 2);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        closed = true;
        sentry.close();
        if (thread.isAlive()) {
            lose(intake.count());
            tellLosses();
        }
        intake.releaseLate(Duration.ZERO);
    }
}
