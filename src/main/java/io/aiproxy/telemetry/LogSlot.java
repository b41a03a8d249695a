package io.aiproxy.telemetry;

import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The place where one event loop leaves its unfinished chunk between two lines. The loop takes the chunk out, appends,
 * and puts it back; the writer thread takes it out when it has lain there for a while. Taking is one atomic exchange, so
 * neither ever waits for the other.
 */
final class LogSlot {
    private final Thread owner;
    private final AtomicReference<@Nullable LogChunk> place = new AtomicReference<>();

    LogSlot(Thread owner) {
        this.owner = owner;
    }

    /** The chunk, which is the taker's from now on; null when there is none or its owner is just writing into it. */
    @Nullable
    LogChunk take() {
        return place.getAndSet(null);
    }

    /** Leaves a chunk. Only the owner does that, and only after having taken out what was there. */
    void put(LogChunk chunk) {
        place.setRelease(chunk);
    }

    /** Whether anybody may still put something here. */
    boolean inUse() {
        return owner.isAlive();
    }
}
