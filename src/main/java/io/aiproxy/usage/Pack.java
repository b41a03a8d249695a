package io.aiproxy.usage;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Records that go to the journal together. Of most of them nothing is kept but their JSON: what lives on until it is written has
 * to be copied by the garbage collector and read from memory again. One thread.
 */
final class Pack {
    /** So many make one full: about 5 MB. */
    private static final int MOST = 8_000;
    /** The memory of a record's objects and of its JSON's header, about. */
    private static final long RECORD_BYTES = 500;

    private static final long HEADER_BYTES = 24;

    private final List<byte[]> json = new ArrayList<>();
    private final List<UsageRecord> records = new ArrayList<>();
    private final List<Promise> promises = new ArrayList<>();
    private long bytes;

    /**
     * Takes one more; the memory that it takes, about.
     *
     * @param text what is written of it
     * @param record itself, where somebody wants it once it is written; otherwise null
     * @param promise the answer that waits for it, or null
     */
    long add(byte[] text, @Nullable UsageRecord record, @Nullable Promise promise) {
        json.add(text);
        long memory = HEADER_BYTES + text.length;
        if (record != null) {
            records.add(record);
            memory += RECORD_BYTES;
        }
        if (promise != null) {
            promises.add(promise);
        }
        bytes += memory;
        return memory;
    }

    boolean full() {
        return json.size() >= MOST;
    }

    int size() {
        return json.size();
    }

    /** What is written, in the order in which it came. */
    List<byte[]> json() {
        return json;
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
