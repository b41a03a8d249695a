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
 * @param worked whether the channel may have worked on the call, so that something may have been used: not where nothing was
 *     sent, and not where it has answered with an error
 */
public record Attempt(
        String channel,
        String credential,
        int status,
        Optional<FailureKind> failure,
        long startedNanos,
        long endedNanos,
        boolean worked) {}
