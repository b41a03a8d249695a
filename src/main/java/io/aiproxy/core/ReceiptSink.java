package io.aiproxy.core;

/** Somebody who books receipts. */
@FunctionalInterface
public interface ReceiptSink {
    /** Called on the event loop of the call, once per call; must not block and must not throw. */
    void accept(Receipt receipt);
}
