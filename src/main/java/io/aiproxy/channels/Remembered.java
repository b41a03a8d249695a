package io.aiproxy.channels;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.aiproxy.core.Ticker;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Two words about each of many ids that upstreams have given, which outlast a restart.
 *
 * <p>{@link #find} and {@link #put} are called on event loops and touch memory alone. One background thread writes the
 * file; when it cannot keep up or the disk fails, ids are remembered until the next restart and a warning says so, at most
 * once a minute. The file's format is {@link RememberedFile}'s.
 *
 * <p>Bounded: when there are clearly more than the most, the writer forgets those that were not used for the
 * longest time. (Caffeine's own bound prefers what is used often to what is new, and a task that was created a second ago
 * is new: it serves as a backstop only.) An id that is not used for {@code keep} is forgotten; use is written down when an
 * eighth of that time has passed since it was last.
 */
public final class Remembered implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Remembered.class);
    private static final int QUEUE = 8192;
    private static final int LONGEST_ID = 512;
    private static final int SMALLEST_COMPACTION = 1000;
    private static final long WARN_EVERY_NANOS = Duration.ofMinutes(1).toNanos();
    private static final long CLOSE_MILLIS = 10_000;

    /** Ends the writer's sleep; not written. When the queue has no room for it, the writer is awake. */
    private static final RememberedFile.Line WAKE = new RememberedFile.Line("", new Words("", ""), 0);

    private final int maxIds;
    private final long keepMillis;
    private final Ticker ticker;
    private final RememberedFile file;
    private final Cache<String, Entry> cache;
    private final BlockingQueue<RememberedFile.Line> queue = new ArrayBlockingQueue<>(QUEUE);
    private final AtomicLong warnedNanos;
    private final Thread writer;
    private volatile boolean closing;

    /** What is remembered of an id. */
    public record Words(String first, String second) {}

    /** The same with its times. These may be written by several loops at once; any of them will do. */
    private static final class Entry {
        private final Words words;
        private volatile long usedMillis;
        private volatile long writtenMillis;

        Entry(Words words, long millis) {
            this.words = words;
            this.usedMillis = millis;
            this.writtenMillis = millis;
        }
    }

    /** Without anything loaded and with the writer at rest; for tests, otherwise see {@link #open}. */
    Remembered(Path file, int most, Duration keep, Ticker ticker) {
        this.maxIds = Math.max(0, most);
        this.keepMillis = keep.compareTo(Duration.ofDays(36_500)) < 0
                ? keep.toMillis()
                : Duration.ofDays(36_500).toMillis();
        this.ticker = ticker;
        this.file = new RememberedFile(file);
        this.warnedNanos = new AtomicLong(ticker.nanos() - WARN_EVERY_NANOS);
        this.cache = Caffeine.newBuilder()
                .maximumSize(maxIds == 0 ? 0 : maxIds + maxIds / 4L + QUEUE)
                .expireAfterAccess(Duration.ofMillis(keepMillis))
                .ticker(ticker::nanos)
                .build();
        this.writer = new Thread(this::write, "writer-of-" + file.getFileName());
        this.writer.setDaemon(true);
    }

    /**
     * Loads what was remembered and starts the writer. Reads a file, and rewrites it if anything is in it: to be called at start, not on an event
     * loop. A file that cannot be read is a warning, not an error: the gateway then begins with nothing remembered.
     *
     * @param file made, with its directory, when there is something to remember
     * @param most how many ids are remembered; 0: none
     * @param keep how long an id is remembered that is not used
     */
    public static Remembered open(Path file, int most, Duration keep, Ticker ticker) {
        Remembered remembered = new Remembered(file, most, keep, ticker);
        remembered.load();
        remembered.writer.start();
        return remembered;
    }

    /** What is remembered of this id; empty: nothing (any more). */
    public Optional<Words> find(String id) {
        Entry entry = cache.getIfPresent(id);
        if (entry == null) {
            return Optional.empty();
        }
        long now = ticker.millis();
        if (now - entry.usedMillis >= keepMillis) { // loaded with some of its time gone: Caffeine cannot know
            cache.asMap().remove(id, entry);
            return Optional.empty();
        }
        entry.usedMillis = now;
        if (now - entry.writtenMillis > keepMillis / 8) {
            entry.writtenMillis = now;
            enqueue(new RememberedFile.Line(id, entry.words, now));
        }
        return Optional.of(entry.words);
    }

    /**
     * Remembers this of an id, in the place of what was. Ids longer than {@value #LONGEST_ID} characters are no ids and
     * ignored, as are empty ones.
     */
    public void put(String id, Words words) {
        if (maxIds == 0 || id.isEmpty() || id.length() > LONGEST_ID) {
            return;
        }
        long now = ticker.millis();
        Entry known = cache.getIfPresent(id);
        if (known != null && known.words.equals(words) && now - known.writtenMillis <= keepMillis / 8) {
            known.usedMillis = now; // polling answers repeat the id of their task: nothing new
            return;
        }
        cache.put(id, new Entry(words, now));
        enqueue(new RememberedFile.Line(id, words, now));
    }

    /** Writes what is still to be written and ends the writer; waits for it for at most ten seconds. */
    @Override
    public void close() {
        closing = true;
        boolean ignored = queue.offer(WAKE); // no interrupt: it would close the file in the middle of a line
        try {
            writer.join(CLOSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (writer.isAlive()) {
            LOG.warn("{} could not be written in time; the latest ids may be forgotten", file.path());
        }
    }

    /** How many ids are remembered, for tests. */
    long size() {
        cache.cleanUp();
        return cache.estimatedSize();
    }

    private void enqueue(RememberedFile.Line line) {
        if (!closing && !queue.offer(line)) {
            warn("ids come faster than they can be written; some will be forgotten at the next restart", null);
        }
    }

    private void load() {
        List<RememberedFile.Line> alive = new ArrayList<>();
        try {
            RememberedFile.Content content = file.read();
            if (content.skipped() > 0) {
                LOG.warn("{}: {} lines could not be read and are skipped", file.path(), content.skipped());
            }
            long oldest = ticker.millis() - keepMillis;
            for (RememberedFile.Line line : content.lines()) {
                if (line.usedMillis() > oldest) {
                    alive.add(line);
                }
            }
            int surplus = Math.max(0, alive.size() - maxIds);
            for (RememberedFile.Line line : alive.subList(surplus, alive.size())) {
                cache.put(line.id(), new Entry(line.words(), line.usedMillis()));
            }
            if (content.empty()) {
                file.mayBeWritten();
            } else {
                file.rewrite(alive.subList(surplus, alive.size()));
            }
        } catch (IOException e) {
            warn("cannot be read or written; ids are remembered until the next restart only", e);
        }
    }

    private void write() {
        List<RememberedFile.Line> batch = new ArrayList<>();
        while (!closing || !queue.isEmpty()) {
            try {
                RememberedFile.Line first = queue.poll(1, TimeUnit.MINUTES);
                if (first != null) {
                    batch.add(first);
                }
                queue.drainTo(batch);
                append(batch);
            } catch (InterruptedException e) {
                break; // nobody here interrupts it: whoever does wants it to end
            } catch (RuntimeException e) {
                LOG.error("Remembering ids failed; going on", e);
            }
            batch.clear();
        }
        try {
            file.close();
        } catch (IOException e) {
            warn("cannot be written; the latest ids may be forgotten", e);
        }
    }

    private void append(List<RememberedFile.Line> batch) {
        forgetOldest();
        try {
            for (RememberedFile.Line line : batch) {
                if (!line.id().isEmpty()) {
                    file.append(line);
                }
            }
            file.flush();
            if (file.lines() > Math.max(SMALLEST_COMPACTION, 2 * cache.estimatedSize())) {
                file.rewrite(remembered());
            }
        } catch (IOException e) {
            warn("cannot be written; ids are remembered until the next restart only", e);
            file.abandon(); // the next batch opens it anew
        }
    }

    /** A sixteenth above the bound is tolerated, so that the sorting is rare. */
    private void forgetOldest() {
        if (cache.estimatedSize() <= maxIds + maxIds / 16) {
            return;
        }
        List<RememberedFile.Line> all = remembered();
        for (RememberedFile.Line line : all.subList(0, Math.max(0, all.size() - maxIds))) {
            cache.invalidate(line.id());
        }
    }

    /** Everything, what was not used for the longest time first. */
    private List<RememberedFile.Line> remembered() {
        List<RememberedFile.Line> all = new ArrayList<>();
        cache.asMap().forEach((id, entry) -> all.add(new RememberedFile.Line(id, entry.words, entry.usedMillis)));
        all.sort(Comparator.comparingLong(RememberedFile.Line::usedMillis));
        return all;
    }

    private void warn(String what, @Nullable Throwable cause) {
        long now = ticker.nanos();
        long last = warnedNanos.get();
        if (now - last >= WARN_EVERY_NANOS && warnedNanos.compareAndSet(last, now)) {
            LOG.warn("{}: {}{}", file.path(), what, cause == null ? "" : " (" + cause + ")");
        }
    }
}
