package io.aiproxy.usage;

import io.aiproxy.core.Receipt;
import io.aiproxy.core.Ticker;
import io.aiproxy.core.Transcript;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Where event loops leave receipts for the accounting thread: bounded by the memory that all of them take until they are on
 * disk, not by their number. Where texts for estimates would take too much of it, the receipt is kept without its text.
 */
final class Intake {
    private static final long RECEIPT_BYTES = 1500;

    private final Bounds bounds;
    private final Ticker ticker;
    private final ConcurrentLinkedQueue<Item> items = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<Promise> promises = new ConcurrentLinkedQueue<>();
    private final AtomicLong held = new AtomicLong();
    private final AtomicLong texts = new AtomicLong();
    private final AtomicLong count = new AtomicLong();

    /**
     * How much may wait.
     *
     * @param bytes of memory, about, that everything that is not on disk yet may take
     * @param textBytes the part of it that may be texts
     */
    record Bounds(long bytes, long textBytes) {
        private static final long LARGEST = 128 << 20;

        /** For this machine's heap. */
        static Bounds usual() {
            long bytes = Math.min(LARGEST, Runtime.getRuntime().maxMemory() / 8);
            return new Bounds(bytes, bytes / 2);
        }
    }

    /**
     * A receipt that waits.
     *
     * @param receipt the receipt
     * @param promise the answer that waits for it, or null
     * @param bytes the memory it takes, without its text
     * @param textBytes what its text takes
     */
    record Item(Receipt receipt, @Nullable Promise promise, long bytes, long textBytes) {}

    Intake(Bounds bounds, Ticker ticker) {
        this.bounds = bounds;
        this.ticker = ticker;
    }

    /** Leaves a receipt here, if there is room. Called on event loops; never blocks. */
    boolean offer(Receipt receipt, @Nullable Runnable whenDurable) {
        long bytes = RECEIPT_BYTES
                + 2L * (receipt.path().length() + receipt.userAgent().length());
        if (held.addAndGet(bytes) > bounds.bytes) {
            held.addAndGet(-bytes);
            return false;
        }
        Promise promise = whenDurable == null ? null : new Promise(whenDurable, ticker.nanos());
        if (promise != null) {
            promises.add(promise);
        }
        items.add(texted(receipt, promise, bytes));
        count.incrementAndGet();
        return true;
    }

    private Item texted(Receipt receipt, @Nullable Promise promise, long bytes) {
        Transcript said = receipt.transcript().orElse(null);
        if (said == null) {
            return new Item(receipt, promise, bytes, 0);
        }
        long text = 2L * (said.asked().length() + said.answered().length());
        boolean room = held.addAndGet(text) <= bounds.bytes;
        if (texts.addAndGet(text) > bounds.textBytes || !room) {
            texts.addAndGet(-text);
            held.addAndGet(-text);
            return new Item(withoutText(receipt), promise, bytes, 0);
        }
        return new Item(receipt, promise, bytes, text);
    }

    /** The next that waits; null when none does. */
    @Nullable
    Item poll() {
        return items.poll();
    }

    boolean isEmpty() {
        return items.isEmpty();
    }

    /** The record of an item is made: its text and all else of its receipt are not needed any more, but for what is kept of it. */
    void made(Item item, long keptBytes) {
        if (item.textBytes > 0) {
            texts.addAndGet(-item.textBytes);
        }
        held.addAndGet(keptBytes - item.bytes - item.textBytes);
    }

    /** There will be no record of this one: nothing of it is needed any more, and nobody has to wait for it. */
    void forget(Item item) {
        made(item, 0);
        done(1, 0);
        if (item.promise() != null) {
            item.promise().keep();
        }
    }

    /** So much of what was kept is on disk, or given up. */
    void done(long records, long keptBytes) {
        held.addAndGet(-keptBytes);
        count.addAndGet(-records);
    }

    /** Whether half of the memory is in use: however long the loss window is, it is time to write. */
    boolean pressed() {
        return held.get() > bounds.bytes / 2;
    }

    /** Calls that are not on disk yet. */
    long count() {
        return count.get();
    }

    /** Lets those answers go that have waited for the disk too long. */
    void releaseLate(Duration patience) {
        long now = ticker.nanos();
        for (Promise first = promises.peek(); first != null; first = promises.peek()) {
            if (!first.kept() && now - first.sinceNanos() < patience.toNanos()) {
                return;
            }
            promises.remove(first);
            first.keep();
        }
    }

    private static Receipt withoutText(Receipt of) {
        return new Receipt(
                of.id(),
                of.startedMillis(),
                of.counted(),
                of.userId(),
                of.keyName(),
                of.channel(),
                of.credential(),
                of.dialect(),
                of.operation(),
                of.model(),
                of.method(),
                of.path(),
                of.status(),
                of.ending(),
                of.failure(),
                of.bytesIn(),
                of.bytesOut(),
                of.durationNanos(),
                of.firstByteNanos(),
                of.overheadNanos(),
                of.attempts(),
                of.client(),
                of.userAgent(),
                of.clientRetry(),
                of.configVersion(),
                of.socket(),
                of.usage(),
                of.source(),
                of.modelAnswered(),
                of.template(),
                of.groups(),
                of.tags(),
                Optional.empty(),
                of.work());
    }
}
