package io.aiproxy.channels;

/** What a {@link Ring} chooses among: a channel of a group, or a credential of a channel. Any thread; never blocks. */
interface Seat {
    /** The wait of somebody who does not know when it is back. */
    long UNKNOWN = Long.MAX_VALUE;

    /** Nanoseconds until it may be tried like any other; 0: now. */
    long waitNanos(long nowNanos);

    /** Calls under way. */
    int inFlight();

    /** What another call here would cost, by latency; comparable with others' alone. */
    double cost(long nowNanos);
}
