package io.aiproxy.core;

import java.util.Locale;

/** How a call ended. */
public enum Ending {
    /** A complete answer below status 400 reached the caller. */
    OK,
    /** The channel or the gateway answered with a 4xx that is the caller's to mend. */
    CALLER_ERROR,
    /** The gateway refused: no right, no key, no room. */
    REFUSED,
    /** No channel gave a usable answer. */
    CHANNEL_ERROR,
    /** The caller hung up first. */
    CANCELLED,
    /** The answer broke off in the middle. */
    TRUNCATED,
    /** The channel was silent too long, before or after its head. */
    TIMED_OUT,
    /** The gateway itself failed. */
    GATEWAY_ERROR;

    private final String tag = name().toLowerCase(Locale.ROOT);

    /** The word used in the access log and in metrics. */
    public String tag() {
        return tag;
    }
}
