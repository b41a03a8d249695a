package io.aiproxy.telemetry;

import io.aiproxy.core.Receipt;
import io.aiproxy.core.SocketReport;
import org.jspecify.annotations.Nullable;

/** Which receipts tell of a WebSocket. A status 101 without a report is one too: nothing else is answered with it. */
final class Sessions {
    private static final int SWITCHING_PROTOCOLS = 101;

    private Sessions() {}

    /** Whether the call was a WebSocket handshake, answered with 101 or otherwise. */
    static boolean handshake(Receipt receipt) {
        return receipt.socket().isPresent() || receipt.status() == SWITCHING_PROTOCOLS;
    }

    /** Whether the call became a session: its duration is a socket's life, its bytes are frames. */
    static boolean opened(Receipt receipt) {
        return receipt.socket().isPresent() ? receipt.socket().get().opened() : receipt.status() == SWITCHING_PROTOCOLS;
    }

    /** What became of the session; null if there was none. */
    static @Nullable SocketReport report(Receipt receipt) {
        return receipt.socket().filter(SocketReport::opened).orElse(null);
    }
}
