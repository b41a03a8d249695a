package io.aiproxy.wire;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The answers of a listener that are read to their end without a caller. Any thread. */
final class Drains {
    private final Set<Drain> open = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    /** Whether another answer may be read so. */
    boolean closed() {
        return closed;
    }

    void add(Drain drain) {
        open.add(drain);
        if (closed) {
            drain.cut();
        }
    }

    void remove(Drain drain) {
        open.remove(drain);
    }

    /** How many there are. */
    int open() {
        return open.size();
    }

    /** Ends all of them, and lets none begin any more. */
    void close() {
        closed = true;
        open.forEach(Drain::cut);
    }
}
