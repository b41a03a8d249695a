package io.aiproxy.core;

import java.util.Optional;

/**
 * One try at a candidate.
 *
 * @param channel the channel's id
 * @param credential the credential's name
 * @param status HTTP status of the channel's response head; 0 when there was none
 * @param failure why there was no usable answer; empty when the answer was relayed
 * @param startedNanos when the attempt began, on the {@link Ticker}'s monotonic clock
 * @param endedNanos when its head had arrived or it had failed
 */
public record Attempt(
        String channel,
        String credential,
        int status,
        Optional<FailureKind> failure,
        long startedNanos,
        long endedNanos) {}
