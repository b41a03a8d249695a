package io.aiproxy.usage;

import io.aiproxy.usage.journal.Block;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Records that go to the journal together. Of most of them nothing is kept but their place in a block: what lives on until it is
 * written has to be copied by the garbage collector and read from memory again. One thread.
 */
final class Pack {
    /** So many make one full: about 0.5 MB. */
    private static final int MOST = 8_000;
    /** The memory of a record's objects, about. */
    private static final long RECORD_BYTES = 500;

    private final BlockWriter writer;
    private final List<Block> blocks = new ArrayList<>();
    private final List<UsageRecord> records = new ArrayList<>();
    private final List<Promise> promises = new ArrayList<>();
    private int size;
    private long bytes;

    /** @param writer of this pack alone, until it is full */
    Pack(BlockWriter writer) {
        this.writer = writer;
    }

    /**
     * Takes one more; the memory that it takes, about.
     *
     * @param record itself
     * @param wanted whether somebody wants it once it is written
     * @param promise the answer that waits for it, or null
     * @throws IllegalArgumentException when it is too long; then it is not taken
     */
    long add(UsageRecord record, boolean wanted, @Nullable Promise promise) {
        if (writer.full()) {
            seal();
        }
        long memory = writer.add(record);
        if (wanted) {
            records.add(record);
            memory += RECORD_BYTES;
        }
        if (promise != null) {
            promises.add(promise);
        }
        bytes += memory;
        if (++size == MOST) {
            seal();
        }
        return memory;
    }

    private void seal() {
        if (!writer.isEmpty()) {
            blocks.add(writer.end());
        }
    }

    boolean full() {
        return size >= MOST;
    }

    int size() {
        return size;
    }

    /** What is written, in the order in which it came; what is added after this is in further blocks. */
    List<Block> blocks() {
        if (!full()) {
            seal();
        }
        return blocks;
    }

    /** Those that somebody wants, in the same order. */
    List<UsageRecord> records() {
        return records;
    }

    /** The memory that all of them take, about. */
    long bytes() {
        return bytes;
    }

    /** Lets the answers go that wait. */
    void keepPromises() {
        promises.forEach(Promise::keep);
        promises.clear();
    }
}
