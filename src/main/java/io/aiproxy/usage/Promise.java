package io.aiproxy.usage;

import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An answer that waits for its record to be on disk. Any thread. */
final class Promise {
    private static final Logger LOG = LoggerFactory.getLogger(Accounting.class);

    private final AtomicReference<@Nullable Runnable> action;
    private final long sinceNanos;

    Promise(Runnable action, long sinceNanos) {
        this.action = new AtomicReference<>(action);
        this.sinceNanos = sinceNanos;
    }

    /** Lets the answer go; once. */
    void keep() {
        Runnable once = action.getAndSet(null);
        if (once != null) {
            try {
                once.run();
            } catch (RuntimeException defect) { // its connection's loop may have ended
                LOG.warn("Accounting: an answer could not be let go: {}", defect.toString());
            }
        }
    }

    boolean kept() {
        return action.get() == null;
    }

    long sinceNanos() {
        return sinceNanos;
    }
}
