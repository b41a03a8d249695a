package io.aiproxy.usage;

/** What statistics can be grouped and filtered by. */
public enum Dimension {
    USER,
    /** Name of a key, together with its user: {@code user/key}. */
    KEY,
    /** A call counts in each of its user's groups, so groups do not add up to the whole. */
    GROUP,
    CHANNEL,
    /** {@link UsageRecord#model()}. */
    MODEL,
    DIALECT,
    OPERATION,
    /** How calls ended. */
    ENDING,
    /** Code of the failure. */
    FAILURE,
    CURRENCY
}
