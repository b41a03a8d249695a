package io.aiproxy.telemetry;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** The memory of the access log: a bounded number of chunks, free ones and full ones. Never blocks; any thread. */
final class LogChunks {
    private final int max;
    private final int capacity;
    private final AtomicInteger made = new AtomicInteger();
    private final Queue<LogChunk> free = new ConcurrentLinkedQueue<>();
    private final Queue<LogChunk> full = new ConcurrentLinkedQueue<>();

    /**
     * @param max how many chunks there may be at once
     * @param capacity bytes in each
     */
    LogChunks(int max, int capacity) {
        this.max = max;
        this.capacity = capacity;
    }

    /** An empty chunk; null when all the memory is in use. */
    @Nullable
    LogChunk obtain(LogSheet sheet) {
        LogChunk chunk = free.poll();
        if (chunk != null) {
            chunk.reuse(sheet);
            return chunk;
        }
        if (made.incrementAndGet() > max) {
            made.decrementAndGet();
            return null;
        }
        return new LogChunk(sheet, capacity);
    }

    /** Gives back a chunk whose lines are dealt with. */
    void release(LogChunk chunk) {
        free.add(chunk);
    }

    /** Hands over a chunk with lines to be written. */
    void submit(LogChunk chunk) {
        full.add(chunk);
    }

    /** The oldest chunk with lines to be written, or null. */
    @Nullable
    LogChunk next() {
        return full.poll();
    }

    /** Whether nothing waits to be written. */
    boolean nothingToWrite() {
        return full.isEmpty();
    }
}
