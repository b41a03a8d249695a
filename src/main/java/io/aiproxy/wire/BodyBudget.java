package io.aiproxy.wire;

import java.util.concurrent.atomic.AtomicLong;

/** Bounds the memory of all request bodies together. Thread-safe. */
final class BodyBudget {
    private final AtomicLong held = new AtomicLong();

    /** Takes {@code bytes} if that stays within {@code limit}. */
    boolean take(long bytes, long limit) {
        if (held.addAndGet(bytes) > limit) {
            held.addAndGet(-bytes);
            return false;
        }
        return true;
    }

    void giveBack(long bytes) {
        held.addAndGet(-bytes);
    }

    long held() {
        return held.get();
    }
}
