package io.aiproxy.telemetry;

import io.aiproxy.config.SystemConfig.AccessLogConfig;
import io.aiproxy.core.Receipt;
import io.aiproxy.core.ReceiptSink;
import io.aiproxy.core.Ticker;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The access log: one line per counted call, as JSON ({@link JsonLine}) or plain ({@link PlainLine}).
 *
 * <p><b>Threads.</b> Every event loop formats into a chunk of its own, which lies in its {@link LogSlot} between two
 * lines. A full chunk is handed to the one writer thread; the writer also collects chunks that lie in slots, every
 * {@value AccessLogWriter#TICK_MILLIS} ms, so that the last line of a quiet evening appears as well. No loop ever waits:
 * not for the writer, not for the disk.
 *
 * <p><b>Memory.</b> At most {@value #CHUNKS} chunks of {@value #CHUNK_BYTES} bytes exist. When all of them wait for a
 * disk that takes nothing, further lines are dropped, counted ({@link #dropped()}) and warned of now and then.
 *
 * <p><b>Order.</b> Lines of one loop keep their order but for a rare overtaking of a chunk that was just collected; lines
 * of different loops mix by chunk. Sort by time where it matters.
 */
public final class AccessLog implements ReceiptSink, AutoCloseable {
    /** Chunks held at most. */
    static final int CHUNKS = 128;
    /** Size of one; a few times the longest line. */
    static final int CHUNK_BYTES = 128 * 1024;

    private static final Logger LOG = LoggerFactory.getLogger(AccessLog.class);
    private static final long WARN_EVERY_NANOS = Duration.ofSeconds(10).toNanos();

    private final LogChunks chunks;
    private final LongAdder dropped = new LongAdder();
    private final AccessLogWriter writer;
    private final Ticker ticker;
    private final AtomicLong lastWarning;
    private final AtomicBoolean warning = new AtomicBoolean();

    /** Not static: another access log (there is one per gateway, several in tests) has slots of its own. */
    @SuppressWarnings("ThreadLocalUsage")
    private final ThreadLocal<@Nullable LogSlot> slots = new ThreadLocal<>();

    private volatile LogSheet sheet;
    private volatile boolean closed;

    /**
     * Opens the log and starts its writer thread. An unusable file does not fail here: it is said in the application log
     * and tried again, because calls are worth more than their log.
     *
     * @param config from system.yaml
     * @param dataDir what a relative {@code file} is relative to
     * @param ticker time
     */
    public AccessLog(AccessLogConfig config, Path dataDir, Ticker ticker) {
        this(config, dataDir, ticker, new LogChunks(CHUNKS, CHUNK_BYTES));
    }

    AccessLog(AccessLogConfig config, Path dataDir, Ticker ticker, LogChunks chunks) {
        this.sheet = new LogSheet(config);
        this.ticker = ticker;
        this.chunks = chunks;
        this.lastWarning = new AtomicLong(ticker.nanos() - WARN_EVERY_NANOS);
        this.writer = new AccessLogWriter(sheet, chunks, dropped, new LogTargets(dataDir, ticker));
        writer.start();
    }

    /** Books one line. Called on event loops; never blocks and never throws. */
    @Override
    public void accept(Receipt receipt) {
        LogSheet current = sheet;
        LineFormat format = current.format();
        if (format == null || !receipt.counted()) {
            return;
        }
        if (closed) {
            dropped.increment();
            return;
        }
        LogSlot slot = slot();
        LogChunk chunk = chunkFor(receipt, current, slot.take());
        if (chunk == null) {
            drop();
            return;
        }
        append(receipt, format, chunk);
        slot.put(chunk);
        if (closed) {
            reclaim(slot);
        }
    }

    private LogSlot slot() {
        LogSlot slot = slots.get();
        if (slot == null) {
            slot = new LogSlot(Thread.currentThread());
            slots.set(slot);
            writer.watch(slot);
        }
        return slot;
    }

    /** {@code chunk} if the line fits into it, otherwise a fresh one; null when there is no memory left. */
    private @Nullable LogChunk chunkFor(Receipt receipt, LogSheet current, @Nullable LogChunk chunk) {
        if (chunk != null) {
            if (chunk.sheet == current && chunk.bytes.room() >= LineBound.of(receipt)) {
                return chunk;
            }
            chunks.submit(chunk);
            writer.wake();
        }
        return chunks.obtain(current);
    }

    private void append(Receipt receipt, LineFormat format, LogChunk chunk) {
        int before = chunk.bytes.size();
        try {
            format.append(receipt, chunk.bytes);
            chunk.lines++;
        } catch (RuntimeException defect) {
            // A receipt that breaks a promise (a null, say) must cost one line and not the call.
            chunk.bytes.cut(before);
            dropped.increment();
        }
    }

    /** The writer may have made its last round just before: then the lines are lost, but not unnoticed. */
    private void reclaim(LogSlot slot) {
        LogChunk left = slot.take();
        if (left != null) {
            dropped.add(left.lines);
        }
    }

    private void drop() {
        dropped.increment();
        long now = ticker.nanos();
        long last = lastWarning.get();
        if (now - last >= WARN_EVERY_NANOS
                && lastWarning.compareAndSet(last, now)
                && warning.compareAndSet(false, true)) {
            // Not here: the application log may be stuck behind the same full disk or blocked pipe.
            ForkJoinPool.commonPool().execute(this::warn);
        }
    }

    private void warn() {
        LOG.warn(
                "Access log: {} lines dropped so far, because {} takes none. Is the disk full, slow or gone?",
                dropped.sum(),
                sheet.config().file());
        warning.set(false);
    }

    /**
     * Uses another configuration from the next line on; no line is lost. Lines formatted before go where they belonged.
     * Any thread.
     */
    public void reconfigure(AccessLogConfig config) {
        if (!config.equals(sheet.config())) {
            LogSheet next = new LogSheet(config);
            sheet = next;
            writer.use(next);
        }
    }

    /** Lines that were not written since the start, because the disk was stuck or the log closed. */
    public long dropped() {
        return dropped.sum();
    }

    /**
     * Writes everything and ends the writer thread. Waits for it, 5 seconds at most; lines that a stuck disk has not
     * taken by then are counted as dropped. Calls booked afterwards are dropped.
     */
    @Override
    public void close() {
        closed = true;
        writer.close();
    }
}
