package io.aiproxy.telemetry;

import java.util.Locale;

/** The kinds of events; each has a queue of its own, {@code seda:usage-events} and so on, from which routes take them. */
public enum EventStream {
    /** Every call, once it is booked. */
    USAGE,
    /** Limits that are used up or nearly so, and the loss of the counts that instances share. */
    LIMIT,
    /** Channels and credentials that fail or are well again. */
    CHANNEL,
    /** Configurations that came into force or were refused. */
    CONFIG,
    /** Keys that were refused, and what administrators do or try. */
    SECURITY,
    /** What an operator has to see to. */
    ALERT;

    /** The queue's name, e.g. {@code usage-events}. */
    public String queue() {
        return word() + "-events";
    }

    String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
