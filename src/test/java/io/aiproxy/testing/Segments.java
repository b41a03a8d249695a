package io.aiproxy.testing;

import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.locks.LockSupport;

/** Writes bytes so that they leave in pieces. */
final class Segments {
    private Segments() {}

    /** Writes and flushes; {@code split} bytes to a segment, or all at once if that is 0. */
    static void write(OutputStream out, byte[] bytes, int split) throws IOException {
        int step = split == 0 ? Math.max(1, bytes.length) : split;
        for (int at = 0; at < bytes.length; at += step) {
            out.write(bytes, at, Math.min(step, bytes.length - at));
            out.flush();
            if (split != 0) {
                // Lets the segment leave alone: without a gap the peer reads several of them at once.
                LockSupport.parkNanos(500_000);
            }
        }
    }
}
