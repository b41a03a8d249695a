package io.aiproxy.usage;

/** How finely statistics are cut in time, in the time zone that is asked for. */
public enum Granularity {
    /** Not at all: one row for the whole time. */
    TOTAL,
    MINUTE,
    HOUR,
    DAY,
    MONTH
}
