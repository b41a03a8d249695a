package io.aiproxy.usage;

import io.aiproxy.core.Ticker;
import io.aiproxy.usage.journal.Journal;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Records that are not in the journal yet, and their way there. Of the accounting thread, but for what is said otherwise. */
final class Posting {
    /** What {@link AccountingWatch} is told is troubled. */
    static final String PART = "journal";

    private static final Logger LOG = LoggerFactory.getLogger(Accounting.class);
    private static final long FIRST_RETRY_NANOS = Duration.ofMillis(200).toNanos();
    private static final long LAST_RETRY_NANOS = Duration.ofSeconds(5).toNanos();

    private final Journal journal;
    private final Intake intake;
    private final Counts counts;
    private final Watches watches;
    private final Ticker ticker;

    /** Packs that are full, but for the last one. */
    private final ArrayDeque<Pack> packs = new ArrayDeque<>();

    private final BlockWriter writer = new BlockWriter();
    private long pause = FIRST_RETRY_NANOS;
    private long retryAt;
    private boolean awaited;

    private volatile @Nullable String trouble;
    /** When the write that is going on began; 0: none is. */
    private volatile long writingSince;

    private volatile boolean stuck;
    private volatile long end;
    private volatile boolean ending;

    Posting(Journal journal, Intake intake, Counts counts, Watches watches, Ticker ticker) {
        this.journal = journal;
        this.intake = intake;
        this.counts = counts;
        this.watches = watches;
        this.ticker = ticker;
        this.retryAt = ticker.nanos();
    }

    /**
     * Takes a record.
     *
     * @throws IllegalArgumentException when it is too long; then it is not taken
     */
    void add(Intake.Item item, UsageRecord record) {
        Pack pack = packs.peekLast();
        if (pack == null || pack.full()) {
            pack = new Pack(writer);
            packs.add(pack);
        }
        long bytes = pack.add(record, watches.wantRecords(), item.promise());
        intake.made(item, bytes);
        awaited |= item.promise() != null;
    }

    boolean isEmpty() {
        return packs.isEmpty();
    }

    /** Whether it should be written before more is taken. */
    boolean full() {
        Pack first = packs.peek();
        return first != null && first.full() && ready();
    }

    /** Whether an answer waits for one of them. */
    boolean awaited() {
        return awaited;
    }

    /** Whether there is something, and the disk may be asked. */
    boolean ready() {
        return !packs.isEmpty() && ticker.nanos() - retryAt >= 0;
    }

    long retryAt() {
        return retryAt;
    }

    /** Tries to bring everything onto the disk. */
    void write() {
        for (Pack first = packs.peek(); first != null; first = packs.peek()) {
            try {
                writingSince = Math.max(1, ticker.nanos());
                journal.append(first.blocks());
            } catch (IOException | RuntimeException e) {
                failed(e);
                return;
            } finally {
                writingSince = 0;
            }
            packs.remove();
            written(first);
        }
        awaited = false;
    }

    private void written(Pack pack) {
        recovered();
        counts.journaled.add(pack.size());
        intake.done(pack.size(), pack.bytes());
        pack.keepPromises();
        if (!pack.records().isEmpty()) {
            watches.booked(pack.records());
        }
    }

    private void failed(Exception e) {
        counts.failures.increment();
        retryAt = ticker.nanos() + pause;
        pause = Math.min(LAST_RETRY_NANOS, 2 * pause);
        awaited = false;
        packs.forEach(Pack::keepPromises); // nobody knows when the disk will take them
        troubled("The journal in " + place() + " cannot be written (" + e
                + "); calls go on, and what was used is kept in memory as long as there is room. Is the disk full?");
    }

    private void troubled(String text) {
        boolean fresh = trouble == null;
        trouble = text;
        if (fresh) {
            LOG.error("Accounting: {}", text);
            watches.troubled(PART, text);
        }
    }

    private void recovered() {
        pause = FIRST_RETRY_NANOS;
        stuck = false;
        if (trouble != null) {
            trouble = null;
            LOG.info("Accounting: the journal in {} is written again", place());
            watches.recovered(PART);
        }
    }

    /** Where the journal is. Any thread. */
    String place() {
        return journal.path().toString();
    }

    /** What is wrong; any thread. */
    Optional<String> trouble() {
        return Optional.ofNullable(trouble);
    }

    /** Tells when the disk holds a write up for this long. Not of the accounting thread, which is stuck then. */
    void complainWhenStuck(Duration patience) {
        long since = writingSince;
        if (since != 0 && !stuck && ticker.nanos() - since > patience.toNanos()) {
            stuck = true;
            troubled(
                    "The disk has been holding up a write to the journal in " + place() + " for " + patience.toSeconds()
                            + " s; calls go on, and what was used is kept in memory as long as there is room");
        }
    }

    /** From now on what is not written at this moment is given up. Any thread. */
    void endBy(long nanos) {
        end = nanos;
        ending = true;
    }

    /** Whether that moment has come. */
    boolean late() {
        return ending && ticker.nanos() - end > 0;
    }

    /** Gives up what is not written; how many records that were. */
    long giveUp() {
        long count = packs.stream().mapToLong(Pack::size).sum();
        packs.forEach(Pack::keepPromises);
        packs.clear();
        return count;
    }
}
