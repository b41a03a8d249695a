package io.aiproxy.limits;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Calls of which only an estimate was known when they ended, and what somebody has found out since. Either may come first:
 * the one who knows better may be faster than the one who books the estimate. Bounded: the oldest are forgotten, and what
 * they have booked stays. Any thread; holds its lock for a look-up only.
 */
final class Corrections {
    static final int MOST = 5_000;

    private final Map<String, Open> calls = new LinkedHashMap<>();

    /** What a call has taken and awaits, and what is known of it. */
    private static final class Open {
        private List<Taken> waiting = new ArrayList<>(2);
        private Metering.@Nullable Use known;
    }

    /** Waits for what the call has really used; what is known already is told at once, and then nothing more will be. */
    synchronized Optional<Metering.Use> await(String call, Taken taken) {
        Open open = open(call);
        if (open.known == null) {
            open.waiting.add(taken);
        }
        return Optional.ofNullable(open.known);
    }

    /** What the call has really used, which counts the first time: those who wait for it, each given away once. */
    synchronized List<Taken> known(String call, Metering.Use use) {
        Open open = open(call);
        if (open.known == null) {
            open.known = use;
        }
        List<Taken> waiting = open.waiting;
        open.waiting = new ArrayList<>(0);
        return waiting;
    }

    private Open open(String call) {
        Open open = calls.computeIfAbsent(call, id -> new Open());
        if (calls.size() > MOST) {
            String oldest = calls.keySet().iterator().next();
            calls.remove(oldest);
        }
        return open;
    }

    synchronized int size() {
        return calls.size();
    }
}
