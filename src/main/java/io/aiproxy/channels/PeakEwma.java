package io.aiproxy.channels;

import java.util.concurrent.atomic.AtomicLong;

/**
 * How fast answers have come lately: a moving average that a slow answer raises at once and that falls slowly (peak EWMA,
 * as in Finagle's {@code com.twitter.finagle.loadbalancer.PeakEwma}). Without answers it falls too, so that a slow one is
 * asked again some time. Any thread; of two updates at once one may be lost, which changes nothing.
 */
final class PeakEwma {
    /** In this time the average falls to a third: some answers of a reasoning model. */
    private static final double FALL_MILLIS = 30_000;
    /** Among those that nobody has tried yet, one at a time: all at once would go to them otherwise. */
    private static final double UNTRIED = 1e15;

    /** Upper half: microseconds as a float; lower half: milliseconds of the latest update. 0: no answer yet. */
    private final AtomicLong packed = new AtomicLong();

    void observe(long latencyNanos, long nowNanos) {
        float sample = Math.max(1f, latencyNanos / 1_000f);
        int now = millis(nowNanos);
        long before = packed.get();
        double value = fallen(before, now);
        double weight = Math.exp(-(double) Math.max(0, now - (int) before) / FALL_MILLIS);
        double next = sample >= value ? sample : value(before) * weight + sample * (1 - weight);
        packed.compareAndSet(before, pack((float) next, now));
    }

    /** The average in microseconds; 0 while there was no answer. */
    double micros(long nowNanos) {
        return fallen(packed.get(), millis(nowNanos));
    }

    /** What one more call costs beside {@code inFlight} others. */
    double cost(int inFlight, long nowNanos) {
        long now = packed.get();
        if (now == 0) {
            return inFlight == 0 ? 0 : UNTRIED + inFlight;
        }
        return fallen(now, millis(nowNanos)) * (inFlight + 1.0);
    }

    private static double fallen(long packed, int nowMillis) {
        return value(packed) * Math.exp(-(double) Math.max(0, nowMillis - (int) packed) / FALL_MILLIS);
    }

    private static float value(long packed) {
        return Float.intBitsToFloat((int) (packed >>> 32));
    }

    private static long pack(float micros, int millis) {
        return (long) Float.floatToRawIntBits(micros) << 32 | (millis & 0xffff_ffffL);
    }

    /** Runs over every 49 days; only differences count. */
    private static int millis(long nanos) {
        return (int) (nanos / 1_000_000);
    }
}
