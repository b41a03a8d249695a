package io.aiproxy.usage;

import io.aiproxy.core.Receipt;
import io.aiproxy.core.Usage;

/** Counts tokens where a provider has not told them. Takes milliseconds for long texts; called on the accounting thread. */
@FunctionalInterface
public interface Estimator {
    /** What was probably used: what the provider has told is kept, what is missing is counted. Never throws. */
    Usage estimate(Receipt receipt);

    /**
     * Whether {@link #estimate} can begin at once. Where something has to be loaded first, that begins on another thread, and
     * {@code whenReady} is run there once it has ended. An estimate that does not wait for it takes that much longer. Never
     * throws.
     */
    default boolean ready(Receipt receipt, Runnable whenReady) {
        return true;
    }
}
