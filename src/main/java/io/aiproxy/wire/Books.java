package io.aiproxy.wire;

import io.aiproxy.core.ReceiptSink;
import io.aiproxy.core.SocketWatch;
import java.util.function.BooleanSupplier;

/**
 * Where the wire tells what it does.
 *
 * @param receipts what became of every call
 * @param sockets what open WebSockets carry
 * @param beforeTheEnd whether the end of an answer waits until {@code receipts} say that its receipt is kept for good; asked
 *     for every answer, on its event loop
 */
public record Books(ReceiptSink receipts, SocketWatch sockets, BooleanSupplier beforeTheEnd) {
    /** Books that no answer waits for. */
    public Books(ReceiptSink receipts, SocketWatch sockets) {
        this(receipts, sockets, () -> false);
    }
}
