package io.aiproxy.core;

import java.util.OptionalLong;

/**
 * How ids of calls are made: {@code req_<when>_<process>_<count>}, each part a number to the base of 36. They tell when the call
 * began, so that its record is found by its id alone.
 */
public final class CallIds {
    private static final String BEGINNING = "req_";
    private static final int BASE = 36;
    /** In milliseconds, the year 2004 and later: a word that happens to stand there is no time. */
    private static final long EARLIEST = 1L << 40;

    private CallIds() {}

    /**
     * An id.
     *
     * @param startedMillis wall clock when the call's head had arrived
     * @param process tells this process from all others
     * @param count of the calls of this process
     */
    public static String of(long startedMillis, long process, long count) {
        return BEGINNING
                + Long.toString(startedMillis, BASE)
                + '_'
                + Long.toString(process, BASE)
                + '_'
                + Long.toString(count, BASE);
    }

    /** When the call of this id began; empty of an id that does not tell. */
    public static OptionalLong startedMillis(String id) {
        int end = id.startsWith(BEGINNING) ? id.indexOf('_', BEGINNING.length()) : -1;
        if (end < 0 || id.indexOf('_', end + 1) < 0) {
            return OptionalLong.empty();
        }
        try {
            long millis = Long.parseLong(id.substring(BEGINNING.length(), end), BASE);
            return millis < EARLIEST ? OptionalLong.empty() : OptionalLong.of(millis);
        } catch (NumberFormatException other) {
            return OptionalLong.empty();
        }
    }
}
