package io.aiproxy.core;

import java.time.Duration;

/**
 * The patience one channel deserves. Zero means: no limit.
 *
 * @param connect name look-up, TCP and TLS handshake together
 * @param head from the last byte of the request to the response head
 * @param firstByte from the response head to the first byte of the body
 * @param idle between two bytes of the body
 * @param total from the start of the attempt to the last byte of the body
 */
public record Timeouts(Duration connect, Duration head, Duration firstByte, Duration idle, Duration total) {
    /** Long enough for reasoning models, short enough that a dead provider is noticed. */
    public static final Timeouts DEFAULT = new Timeouts(
            Duration.ofSeconds(5),
            Duration.ofSeconds(120),
            Duration.ofSeconds(120),
            Duration.ofSeconds(120),
            Duration.ofMinutes(30));
}
