package io.aiproxy.telemetry;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The one thread that writes the access log: collects what lies in the loops' slots, writes, rotates, mends. */
final class AccessLogWriter {
    /** A line lies in its slot about this long before it is collected. */
    static final int TICK_MILLIS = 200;

    private static final Logger LOG = LoggerFactory.getLogger(AccessLog.class);
    private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(TICK_MILLIS);
    private static final long WARN_EVERY_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final Duration PATIENCE_AT_END = Duration.ofSeconds(5);

    private final LogChunks chunks;
    private final LongAdder dropped;
    private final LogTargets targets;
    private final List<LogSlot> slots = new CopyOnWriteArrayList<>();
    private final Thread thread = new Thread(this::run, "access-log");

    private volatile LogSheet wanted;
    private volatile boolean closed;

    // From here on: of the writer thread alone. Its pace is the machine's clock, whatever clock names the files.
    private @Nullable LogChunk unfinished;
    private @Nullable LogTarget target;
    private @Nullable LogSheet targetSheet;
    private long lastRound = System.nanoTime() - TICK_NANOS;
    private long retryAt = lastRound;
    private long lastWarning = lastRound - WARN_EVERY_NANOS;

    AccessLogWriter(LogSheet sheet, LogChunks chunks, LongAdder dropped, LogTargets targets) {
        this.wanted = sheet;
        this.chunks = chunks;
        this.dropped = dropped;
        this.targets = targets;
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    /** Collects from this slot too, until its thread has ended. Any thread. */
    void watch(LogSlot slot) {
        slots.add(slot);
    }

    /** There is something to write now. Any thread; never blocks. */
    void wake() {
        LockSupport.unpark(thread);
    }

    /** New lines are made for this sheet. Any thread. */
    void use(LogSheet sheet) {
        wanted = sheet;
        wake();
    }

    void close() {
        closed = true;
        wake();
        try {
            thread.join(PATIENCE_AT_END.toMillis());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        if (thread.isAlive()) {
            LOG.warn(
                    "Access log: {} did not take the last lines in time",
                    wanted.config().file());
        }
    }

    private void run() {
        while (!closed) {
            round();
            LockSupport.parkNanos(this, TICK_NANOS);
        }
        collect();
        retryAt = System.nanoTime();
        write();
        giveUp();
        closeTarget();
    }

    private void round() {
        try {
            long now = System.nanoTime();
            if (now - lastRound >= TICK_NANOS) {
                lastRound = now;
                collect();
                write();
                tend();
            } else {
                write();
            }
        } catch (RuntimeException defect) {
            LOG.error("Access log: unexpected failure, going on", defect);
        }
    }

    private void collect() {
        List<LogSlot> abandoned = new ArrayList<>();
        for (LogSlot slot : slots) {
            // Asked before taking: whatever its owner left at last is then found.
            if (!slot.inUse()) {
                abandoned.add(slot);
            }
            LogChunk chunk = slot.take();
            if (chunk != null) {
                chunks.submit(chunk);
            }
        }
        if (!abandoned.isEmpty()) {
            slots.removeAll(abandoned);
        }
    }

    private void write() {
        if (System.nanoTime() - retryAt < 0) {
            return;
        }
        LogChunk chunk = unfinished == null ? chunks.next() : unfinished;
        unfinished = null;
        while (chunk != null) {
            if (!written(chunk)) {
                unfinished = chunk;
                return;
            }
            chunks.release(chunk);
            chunk = chunks.next();
        }
    }

    /** Whether the chunk is dealt with; false when it must be tried again later. */
    private boolean written(LogChunk chunk) {
        try {
            target(chunk.sheet).write(chunk);
            return true;
        } catch (IOException stuck) {
            complain(chunk.sheet, stuck);
            closeTarget();
            retryAt = System.nanoTime() + TICK_NANOS;
            if (chunk.sheet != wanted) {
                // Its place was given up, perhaps for this very reason: it must not hold up what comes after it.
                dropped.add(chunk.lines);
                return true;
            }
            return false;
        } catch (RuntimeException defect) {
            LOG.error("Access log: unexpected failure, {} lines dropped", chunk.lines, defect);
            dropped.add(chunk.lines);
            closeTarget();
            return true;
        }
    }

    private LogTarget target(LogSheet sheet) throws IOException {
        LogTarget current = target;
        if (current == null || targetSheet != sheet) {
            closeTarget();
            current = targets.open(sheet.config());
            target = current;
            targetSheet = sheet;
        }
        return current;
    }

    /** What is to be done without a line: opening the file of a new configuration, rotation by age, deleting old files. */
    private void tend() {
        LogSheet sheet = wanted;
        if (unfinished != null || !chunks.nothingToWrite() || System.nanoTime() - retryAt < 0) {
            return;
        }
        try {
            if (sheet.format() == null) {
                closeTarget();
            } else {
                target(sheet).tend();
            }
        } catch (IOException stuck) {
            complain(sheet, stuck);
            closeTarget();
            retryAt = System.nanoTime() + TICK_NANOS;
        }
    }

    private void complain(LogSheet sheet, IOException stuck) {
        long now = System.nanoTime();
        if (now - lastWarning >= WARN_EVERY_NANOS) {
            lastWarning = now;
            LOG.warn(
                    "Access log: cannot write to {}: {}. Lines are kept in memory for a while and tried again",
                    sheet.config().file(),
                    stuck.toString());
        }
    }

    private void closeTarget() {
        LogTarget old = target;
        target = null;
        targetSheet = null;
        if (old != null) {
            try {
                old.close();
            } catch (IOException ignored) {
                LOG.debug("Access log: closing failed", ignored);
            }
        }
    }

    /** At the end: what could not be written is counted. */
    private void giveUp() {
        LogChunk chunk = unfinished == null ? chunks.next() : unfinished;
        while (chunk != null) {
            dropped.add(chunk.lines);
            chunk = chunks.next();
        }
    }
}
