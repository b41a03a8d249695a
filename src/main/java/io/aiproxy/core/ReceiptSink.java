package io.aiproxy.core;

/** Somebody who books receipts. */
@FunctionalInterface
public interface ReceiptSink {
    /** Called on the event loop of the call, once per call; must not block and must not throw. */
    void accept(Receipt receipt);

    /**
     * As {@link #accept(Receipt)}, for somebody who waits until the receipt is kept for good.
     *
     * @param whenDurable run once it is, on any thread; in any case, also when it cannot be kept
     */
    default void accept(Receipt receipt, Runnable whenDurable) {
        accept(receipt);
        whenDurable.run();
    }
}
