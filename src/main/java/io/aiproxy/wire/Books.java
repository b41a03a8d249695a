package io.aiproxy.wire;

import io.aiproxy.core.ReceiptSink;
import io.aiproxy.core.SocketWatch;

/**
 * Where the wire tells what it does.
 *
 * @param receipts what became of every call
 * @param sockets what open WebSockets carry
 */
public record Books(ReceiptSink receipts, SocketWatch sockets) {}
