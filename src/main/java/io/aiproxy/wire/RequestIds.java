package io.aiproxy.wire;

import io.aiproxy.core.CallIds;
import java.security.SecureRandom;
import java.util.concurrent.atomic.AtomicLong;

/** Request ids: unique over restarts and instances, short, and in order of time. */
final class RequestIds {
    private final long process = new SecureRandom().nextLong() & 0xff_ffff_ffffL;
    private final AtomicLong count = new AtomicLong();

    /** @param startedMillis wall clock when the call's head had arrived */
    String next(long startedMillis) {
        return CallIds.of(startedMillis, process, count.incrementAndGet());
    }
}
