package io.aiproxy.testing;

import io.netty.buffer.PooledByteBufAllocator;

/** Loses a buffer on purpose; run by {@link LeakGuardTest} in a class loader of its own, so that nobody else sees it. */
public final class LeakGuardProbe {
    private LeakGuardProbe() {}

    /** Loses a buffer if told to; the guard's complaint, or an empty text. */
    public static String run(boolean lose) {
        LeakGuard.listen();
        for (int i = 0; i < 10; i++) {
            var buffer = PooledByteBufAllocator.DEFAULT.directBuffer(64);
            if (!lose) {
                buffer.release();
            }
        }
        try {
            LeakGuard.check("the probe");
            return "";
        } catch (AssertionError e) {
            return e.getMessage();
        }
    }
}
