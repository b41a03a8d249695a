package io.aiproxy.usage;

import io.aiproxy.core.Ticker;
import io.aiproxy.usage.BatchReader.Loaded;
import io.aiproxy.usage.journal.Batch;
import io.aiproxy.usage.journal.Journal;
import io.aiproxy.usage.journal.Place;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings what is in the journal into the books, on a thread of its own, and deletes what is no longer needed of the journal. The
 * place up to which that has been done is in the books themselves and moves together with what is added; after a failure of which
 * nobody knows how far it came, the books are asked again. So every record is there once.
 *
 * <p>While the books cannot be written, it tries again, less and less often; the journal keeps everything until then.
 *
 * <p>Where more comes than a small share of a processor can bring into the books, it rests between batches, so that calls are
 * not slowed down, and goes on faster the further it is behind; see {@link Share}. It does not rest while it ends, nor while the
 * disk takes nothing: what the books have can be deleted, and that makes room.
 */
public final class Loader implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Loader.class);

    /** While it gives way it looks now and then whether it has to go on sooner. */
    private static final long LOOK_NANOS = Duration.ofMillis(250).toNanos();

    private final Journal journal;
    private final Books books;
    private final Watches watches;
    private final Counts counts;
    private final Sieve sieve;
    private final BatchReader reader;
    private final Pace pace;
    private final Ticker ticker;
    private final LongSupplier processor;
    private final Thread thread = new Thread(this::run, "aiproxy-books");

    private volatile boolean closing;
    private volatile boolean hurry;
    private volatile @Nullable String trouble;
    private volatile Progress progress;

    // Of the loader's thread alone.
    private boolean known;
    private @Nullable Loaded next;
    private long pause;
    private long worked;
    private boolean more;

    /**
     * How fast.
     *
     * @param least records that are added at once, where there are so many
     * @param most records that are added at once, where they make many different sums; a block or so more
     * @param few so many are always booked at once, whatever it costs: a quiet gateway's calls are in the books soon
     * @param rest between two batches that are not full
     * @param firstPause after a failure; each further one is twice as long
     * @param lastPause but not longer than this
     * @param patience how long a stop waits for the books
     * @param share how much of a processor it may take, asked again and again
     */
    public record Pace(
            int least,
            int most,
            int few,
            Duration rest,
            Duration firstPause,
            Duration lastPause,
            Duration patience,
            Supplier<Share> share) {
        /** What fits a gateway. */
        public static Pace usual(Supplier<Share> share) {
            return new Pace(
                    2_000,
                    20_000,
                    500,
                    Duration.ofMillis(500),
                    Duration.ofMillis(500),
                    Duration.ofSeconds(30),
                    Duration.ofSeconds(10),
                    share);
        }
    }

    /**
     * How far it is.
     *
     * @param place behind the last record that is in the books
     * @param sequence number of that record; -1: not known
     * @param oldestMillis when the first call behind it ended; 0: there is none, or it is not known
     */
    private record Progress(Place place, long sequence, long oldestMillis) {}

    private Loader(Parts parts, Pace pace, Ticker ticker, LongSupplier processor) {
        this.journal = parts.journal;
        this.books = parts.books;
        this.watches = parts.watches;
        this.counts = parts.counts;
        this.sieve = new Sieve(books, watches, counts, journal.path());
        this.reader = new BatchReader(journal, counts, pace.least, pace.most);
        this.pace = pace;
        this.ticker = ticker;
        this.processor = processor;
        this.pause = pace.firstPause.toNanos();
        this.progress = new Progress(Place.BEGINNING, -1, 0);
    }

    /**
     * What it works on.
     *
     * @param journal to be read; closed by whoever has opened it
     * @param books to be written; likewise
     * @param watches who is told
     * @param counts where it is counted
     */
    public record Parts(Journal journal, Books books, Watches watches, Counts counts) {}

    /** Makes one that is to {@link #start()}. */
    public static Loader of(Parts parts, Pace pace, Ticker ticker) {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        boolean told = threads.isCurrentThreadCpuTimeSupported() && threads.isThreadCpuTimeEnabled();
        return of(parts, pace, ticker, told ? threads::getCurrentThreadCpuTime : ticker::nanos);
    }

    /** As above; {@code processor} tells how many nanoseconds of a processor the thread that asks has had. */
    static Loader of(Parts parts, Pace pace, Ticker ticker, LongSupplier processor) {
        Loader loader = new Loader(parts, pace, ticker, processor);
        parts.watches.add(loader.new Room());
        loader.thread.setDaemon(true);
        return loader;
    }

    /** Starts, once. Waits for nothing. */
    public void start() {
        thread.start();
    }

    /** Hears when the disk of the journal is full, and when there is room again. */
    private final class Room implements AccountingWatch {
        @Override
        public void troubled(String part, String text) {
            if (part.equals(Posting.PART)) {
                hurry = true;
                LockSupport.unpark(thread);
            }
        }

        @Override
        public void recovered(String part) {
            if (part.equals(Posting.PART)) {
                hurry = false;
            }
        }
    }

    private void run() {
        rest(ticker.nanos(), pace.rest.toNanos()); // a gateway that has just started has better things to do
        while (true) {
            boolean ending = closing; // asked before the work, so that what was appended before the end is found
            long began = ticker.nanos();
            int added = 0;
            boolean failed = false;
            try {
                added = step();
                recovered();
            } catch (BooksException | IOException | RuntimeException e) {
                failed = true;
                troubled(e);
            }
            if (ending && (failed || added == 0)) {
                return;
            }
            if (failed) {
                rest(began, pause);
                pause = Math.min(pace.lastPause.toNanos(), 2 * pause);
            } else {
                rest(began, more ? 0 : pace.rest.toNanos());
                giveWay(began, added);
            }
        }
    }

    /** Takes a batch over; how many records were in it. */
    private int step() throws BooksException, IOException {
        if (!known) {
            ask();
        }
        more = false;
        if (lagBytes() == 0) {
            return 0;
        }
        long since = processor.getAsLong(); // what begins is measured, but not that tables were made before
        Loaded loaded = next;
        if (loaded == null || sieve.wantsMore()) {
            loaded = read();
        }
        Batch batch = loaded.batch();
        if (loaded.read() > 0) {
            next = loaded;
            try {
                sieve.add(loaded.records(), position(progress.place), position(batch.next()));
            } catch (BooksException | RuntimeException e) {
                known = false; // it may have been added all the same
                throw e;
            }
            next = null;
            tally(batch, loaded.records().size());
        }
        progress = new Progress(batch.next(), batch.sequence(), 0);
        journal.delete(batch.next());
        more = loaded.full();
        if (more) { // the first that waits may have to wait for some time
            oldest(reader.oldestMillis(progress.place, progress.sequence));
        }
        worked = processor.getAsLong() - since;
        return loaded.read();
    }

    private Books.Position position(Place place) {
        return new Books.Position(journal.id(), place.segment(), place.offset());
    }

    /** Leaves the processor to calls for as long as the share says. */
    private void giveWay(long began, int added) {
        while (!closing && !hurry && added > pace.few) {
            long cycle = pace.share.get().cycle(worked, new Share.Backlog(lagBytes(), lagAge()));
            long left = cycle - (ticker.nanos() - began);
            if (left <= 0) {
                return;
            }
            LockSupport.parkNanos(this, Math.min(left, LOOK_NANOS));
        }
    }

    /** Where the books are. What was read is read again: they may have got it. */
    private void ask() throws BooksException {
        Optional<Books.Position> position = books.position(journal.id());
        Place place = position.map(at -> new Place(at.segment(), at.offset())).orElse(Place.BEGINNING);
        if (!journal.knows(place)) {
            LOG.warn(
                    "The books have records of the journal in {} that are not there any more: have older files been put back?"
                            + " All that is there is read again; what the books have already, they leave out",
                    journal.path());
            place = Place.BEGINNING;
        }
        Loaded tried = next;
        if (tried != null && place.equals(tried.batch().next())) { // it was added although nobody could say so
            tally(tried.batch(), tried.records().size());
            progress = new Progress(place, tried.batch().sequence(), 0);
            next = null;
        } else if (!place.equals(progress.place)) {
            progress = new Progress(place, -1, 0);
            next = null;
        }
        known = true;
        journal.delete(place);
    }

    private Loaded read() throws IOException {
        Loaded loaded = reader.read(progress.place, progress.sequence);
        if (!loaded.records().isEmpty()) {
            oldest(loaded.records().get(0).endedMillis());
        }
        return loaded;
    }

    private void oldest(long millis) {
        progress = new Progress(progress.place, progress.sequence, millis);
    }

    private void tally(Batch batch, int added) {
        counts.booked.add(added);
        counts.damagedBytes.add(batch.damaged());
        counts.lost.add(batch.missing());
        if (batch.damaged() > 0 || batch.missing() > 0) {
            String why = batch.damaged() + " bytes of the journal in " + journal.path() + " before " + batch.next()
                    + " are damaged or missing; is the disk failing?";
            LOG.error("Books: {} records are lost: {}", batch.missing(), why);
            watches.lost(batch.missing(), why);
        }
    }

    private void troubled(Exception e) {
        String text = "The books"
                + (e instanceof IOException
                        ? "' journal cannot be read: "
                        : " in " + books.place() + " cannot be written: ")
                + e.getMessage() + "; the journal keeps everything until they can";
        boolean fresh = trouble == null;
        trouble = text;
        if (fresh) {
            LOG.error("{}", text, e instanceof RuntimeException ? e : null);
            watches.troubled("books", text);
        }
    }

    private void recovered() {
        pause = pace.firstPause.toNanos();
        if (trouble != null) {
            trouble = null;
            LOG.info("The books in {} are written again; {} records wait", books.place(), lagRecords());
            watches.recovered("books");
        }
    }

    private void rest(long began, long nanos) {
        while (!closing) {
            long left = nanos - (ticker.nanos() - began);
            if (left <= 0) {
                return;
            }
            LockSupport.parkNanos(this, left);
        }
    }

    /** Records of the journal that are not in the books; more than there are, while nobody knows how far the books are. */
    public long lagRecords() {
        if (lagBytes() == 0) {
            return 0;
        }
        long sequence = progress.sequence;
        return Math.max(0, journal.last() - (sequence < 0 ? journal.before() : sequence));
    }

    /** Bytes of the journal that are not in the books. */
    public long lagBytes() {
        return journal.bytesBehind(progress.place);
    }

    /** For how long the oldest call has been waiting to be booked; zero when none is known to. */
    public Duration lagAge() {
        long oldest = progress.oldestMillis;
        return oldest == 0 ? Duration.ZERO : Duration.ofMillis(Math.max(0, ticker.millis() - oldest));
    }

    /** What is wrong with the books at the moment, for people; empty when all is well. Does not block. */
    public Optional<String> trouble() {
        return Optional.ofNullable(trouble).or(books::trouble);
    }

    /**
     * Takes over what is in the journal, as far as that can be done soon, and ends; the rest follows after the next start. One
     * that was never started takes over nothing.
     */
    @Override
    public void close() {
        closing = true;
        LockSupport.unpark(thread);
        try {
            thread.join(pace.patience.toMillis());
            if (thread.isAlive()) {
                LOG.warn(
                        "The books in {} take long; {} records follow after the next start",
                        books.place(),
                        lagRecords());
                thread.interrupt();
                thread.join(pace.patience.toMillis());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
