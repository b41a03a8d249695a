package io.aiproxy.usage;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Remembers what was found under two names. Callers choose the second one, so the memory is bounded: when it is full it begins
 * anew, and what is long is not remembered. Any thread.
 */
final class NameMemory<T> {
    static final int MOST = 10_000;
    private static final int LONGEST = 256;

    private final Map<String, Map<String, T>> values = new ConcurrentHashMap<>();
    private final AtomicInteger size = new AtomicInteger();

    /** What is remembered; null for nothing. */
    @Nullable
    T get(String first, String second) {
        Map<String, T> inner = values.get(first);
        return inner == null ? null : inner.get(second);
    }

    /** Remembers it, and gives it back. */
    T put(String first, String second, T value) {
        if (first.length() + second.length() > LONGEST) {
            return value;
        }
        if (size.incrementAndGet() > MOST) {
            values.clear();
            size.set(1);
        }
        values.computeIfAbsent(first, name -> new ConcurrentHashMap<>()).put(second, value);
        return value;
    }

    /** How much is remembered, about. */
    int size() {
        return size.get();
    }
}
