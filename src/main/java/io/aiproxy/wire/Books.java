package io.aiproxy.wire;

import io.aiproxy.core.ReceiptSink;
import io.aiproxy.core.SocketWatch;
import io.aiproxy.core.Ticker;
import java.util.function.BooleanSupplier;

/**
 * Where the wire tells what it does.
 *
 * @param receipts what became of every call
 * @param sockets what open WebSockets carry
 * @param beforeTheEnd whether the end of an answer waits until {@code receipts} say that its receipt is kept for good; asked
 *     for every answer, on its event loop
 * @param clock tells when calls began and how long they took; its nanoseconds are the machine's, which others read besides
 */
public record Books(ReceiptSink receipts, SocketWatch sockets, BooleanSupplier beforeTheEnd, Ticker clock) {
    /** Books that no answer waits for, by the machine's clocks. */
    public Books(ReceiptSink receipts, SocketWatch sockets) {
        this(receipts, sockets, () -> false, Ticker.SYSTEM);
    }
}
