package io.aiproxy.limits;

import io.aiproxy.config.LimitConfig;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Begin and end of the calendar's present stretches, worked out once for each. Any thread. */
final class Spans {
    private final Map<LimitConfig.Calendar, Span> latest = new ConcurrentHashMap<>();

    /**
     * A stretch of time.
     *
     * @param from its first millisecond, wall clock
     * @param until the first one after it
     */
    record Span(long from, long until) {
        boolean contains(long millis) {
            return from <= millis && millis < until;
        }
    }

    /** The stretch in which this moment lies. */
    Span of(LimitConfig.Calendar calendar, long millis) {
        Span known = latest.get(calendar);
        if (known != null && known.contains(millis)) {
            return known;
        }
        CalendarCell cell = new CalendarCell(calendar);
        cell.advance(millis);
        SavedCount empty = cell.saved("").orElseThrow();
        Span span = new Span(empty.fromMillis(), empty.untilMillis());
        latest.put(calendar, span);
        return span;
    }

    /** The window of a counter over time in which this moment lies. */
    Span of(Counter counter, long millis) {
        LimitConfig.Window window = counter.limit().window().orElseThrow();
        if (window instanceof LimitConfig.Calendar calendar) {
            return of(calendar, millis);
        }
        long length = length((LimitConfig.Sliding) window);
        long from = Math.floorDiv(millis, length) * length;
        return new Span(from, from + length);
    }

    /** The length of a window that slides, in milliseconds. */
    static long length(LimitConfig.Sliding sliding) {
        return Math.max(1, sliding.length().toMillis());
    }
}
