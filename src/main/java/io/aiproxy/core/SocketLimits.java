package io.aiproxy.core;

import java.time.Duration;

/**
 * What one WebSocket may do at a channel. Zero means: no limit. A socket that goes beyond is closed with a code and a
 * reason, see RFC 6455, 7.4.1.
 *
 * @param maxFrame bytes of payload in one frame; beyond it 1009
 * @param maxMessage bytes of payload in one message, all its fragments together; beyond it 1009
 * @param idle without any frame in either direction; beyond it 1001
 * @param maxAge since the handshake; beyond it 1001
 * @param maxPerKey sockets open at once with one proxy key; beyond it the handshake is refused
 */
public record SocketLimits(long maxFrame, long maxMessage, Duration idle, Duration maxAge, int maxPerKey) {
    /** Room for what realtime models exchange; a forgotten socket is closed after an hour. */
    public static final SocketLimits DEFAULT =
            new SocketLimits(64L << 20, 64L << 20, Duration.ofHours(1), Duration.ZERO, 0);
}
