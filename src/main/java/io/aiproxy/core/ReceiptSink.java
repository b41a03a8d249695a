package io.aiproxy.core;

/** Somebody who books receipts. */
@FunctionalInterface
public interface ReceiptSink {
    /** Called on the event loop of the call, once per call; must not block and must not throw. */
    void accept(Receipt receipt);

    /**
     * As above, for a caller whose answer ends only when the receipt is kept. Called on the event loop of the call.
     *
     * @param whenDurable run once, on any thread, when the receipt is forced to disk or when it is clear that it cannot be
     */
    default void accept(Receipt receipt, Runnable whenDurable) {
        accept(receipt);
        whenDurable.run();
    }
}
