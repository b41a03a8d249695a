package io.aiproxy.telemetry;

import java.util.concurrent.atomic.LongAdder;

/** Counts what has begun and not ended. Every {@link #begun()} needs its {@link #ended()}, on whatever thread. */
public final class Inflight {
    private final LongAdder now = new LongAdder();

    /** One more. Called on event loops; never blocks. */
    public void begun() {
        now.increment();
    }

    /** One less. Called on event loops; never blocks. */
    public void ended() {
        now.decrement();
    }

    /** How many there are now. */
    public long now() {
        return now.sum();
    }
}
