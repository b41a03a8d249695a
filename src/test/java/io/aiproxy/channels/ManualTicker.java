package io.aiproxy.channels;

import io.aiproxy.core.Ticker;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** Time that passes only when a test says so. Begins anywhere, as the monotonic clock does. */
final class ManualTicker implements Ticker {
    private final AtomicLong nanos = new AtomicLong(-1_234_567_890_123L);

    void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    @Override
    public long nanos() {
        return nanos.get();
    }

    @Override
    public long millis() {
        return nanos.get() / 1_000_000;
    }
}
