package io.aiproxy.channels;

import io.aiproxy.core.Failure;

/** What to do after an attempt. */
public sealed interface Verdict {
    /** The verdict that the answer in hand is the caller's. */
    Verdict RELAY = new Relay();

    /** Use the answer in hand. */
    record Relay() implements Verdict {}

    /**
     * Drop the answer in hand and try {@link FailoverPlan#current()}.
     *
     * @param delayNanos how long to wait before that
     */
    record Retry(long delayNanos) implements Verdict {}

    /**
     * Drop the answer in hand, if there is one, and tell the caller this.
     *
     * @param failure what to tell
     */
    record Fail(Failure failure) implements Verdict {}
}
