package io.aiproxy.wire;

import java.security.SecureRandom;
import java.util.concurrent.atomic.AtomicLong;

/** Request ids: unique over restarts and instances, short, and in order within a process. */
final class RequestIds {
    private final String prefix;
    private final AtomicLong count = new AtomicLong();

    RequestIds() {
        this.prefix = "req_" + Long.toString(new SecureRandom().nextLong() & 0xff_ffff_ffffL, 36) + "_";
    }

    String next() {
        return prefix + Long.toString(count.incrementAndGet(), 36);
    }
}
