package io.aiproxy.testing;

import io.aiproxy.core.Ticker;
import java.time.Instant;

/** A wall clock that a test moves; durations are the machine's, because much else measures them by itself. Any thread. */
public final class MovedClock implements Ticker {
    private volatile long millis;

    /** Stands at this moment. */
    public MovedClock(Instant at) {
        millis = at.toEpochMilli();
    }

    /** From now on it is this moment, in milliseconds since 1970. */
    public void move(long to) {
        millis = to;
    }

    @Override
    public long nanos() {
        return System.nanoTime();
    }

    @Override
    public long millis() {
        return millis;
    }
}
