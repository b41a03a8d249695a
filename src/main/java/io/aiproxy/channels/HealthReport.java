package io.aiproxy.channels;

/**
 * A candidate at one moment, for pages.
 *
 * @param credential the credential's name
 * @param condition how it is
 * @param reason why, in a word; empty when it is well
 * @param waitNanos how long that will last at most; 0 when it is well, -1 when nobody knows
 * @param inFlight calls under way, open WebSockets among them
 * @param latencyNanos how long heads take at the moment, weighed towards the slow ones; 0 while nobody knows
 */
public record HealthReport(
        String credential, Condition condition, String reason, long waitNanos, int inFlight, long latencyNanos) {}
