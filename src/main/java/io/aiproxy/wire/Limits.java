package io.aiproxy.wire;

import java.time.Duration;

/**
 * What callers may ask of the wire.
 *
 * @param requestBody bytes in one body
 * @param requestBodiesTotal bytes in all bodies held at once
 * @param requestHead bytes in a request line, and in all headers
 * @param maxConnections connections at once; 0: any number
 * @param headTimeout from the first byte of a request to the end of its head
 * @param bodyTimeout between two bytes of a body
 * @param keepAlive how long an idle connection stays
 * @param stallTimeout how long an answer waits for a caller that does not read
 */
public record Limits(
        long requestBody,
        long requestBodiesTotal,
        int requestHead,
        int maxConnections,
        Duration headTimeout,
        Duration bodyTimeout,
        Duration keepAlive,
        Duration stallTimeout) {}
