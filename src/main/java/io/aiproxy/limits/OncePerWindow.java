package io.aiproxy.limits;

import io.aiproxy.config.LimitConfig;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Remembers what was told of which counter, so that it is told once in a window. Any thread. */
final class OncePerWindow {
    /** For what has no window. */
    private static final long SHORTEST_MILLIS = 60_000;

    private static final int MANY = 10_000;

    private final Map<String, Long> untilMillis = new ConcurrentHashMap<>();

    /** Whether nothing was told of this counter yet in the window that holds now. */
    boolean first(Counter counter, Counters.Standing standing, long nowMillis) {
        Long told = untilMillis.get(counter.name());
        if (told != null && nowMillis < told) {
            return false;
        }
        if (untilMillis.size() > MANY) {
            untilMillis.values().removeIf(until -> until <= nowMillis);
        }
        long until = nowMillis + length(counter.limit(), standing);
        boolean[] first = {false};
        untilMillis.compute(counter.name(), (name, other) -> {
            first[0] = other == null || other <= nowMillis;
            return first[0] ? Long.valueOf(until) : other;
        });
        return first[0];
    }

    private static long length(LimitConfig limit, Counters.Standing standing) {
        LimitConfig.Window window = limit.window().orElse(null);
        if (window instanceof LimitConfig.Sliding sliding) {
            return sliding.length().toMillis();
        }
        return window == null ? SHORTEST_MILLIS : Math.max(1, standing.resetMillis());
    }
}
