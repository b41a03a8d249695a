package io.aiproxy.limits;

import java.time.Duration;

/** Hears of limits that are met. Called on event loops; must not block and must not throw. */
public interface LimitWatch {
    /**
     * How a limit stood when something happened to it.
     *
     * @param limit the limit
     * @param used how much of it is used, in its own unit
     */
    record Met(Limit limit, long used) {}

    /** A call was refused, or, where the limit is a shadow, would have been. */
    void rejected(Met met);

    /** The same, but only the first time in a window (a minute, where there is none). */
    void exhausted(Met met);

    /** The amount at which a warning was asked for is reached; once in a window (a minute, where there is none). */
    void nearing(Met met);

    /**
     * The counts that several instances share cannot be relied upon: every limit does what its {@code outage} says. Once,
     * until they are back.
     *
     * @param place where they are
     * @param why in words
     */
    default void storeLost(String place, String why) {}

    /**
     * They are shared again.
     *
     * @param place where they are
     * @param lasted how long they were not
     */
    default void storeBack(String place, Duration lasted) {}
}
