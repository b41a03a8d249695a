package io.aiproxy.channels;

/**
 * Who has the turn, in proportion to weights and evenly spread. Where that can be computed in advance it is nginx' smooth
 * weighted round-robin: over one period everybody has exactly the turns of the weight, and {@code 5, 1, 1} gives
 * {@code a a b a c a a}. Otherwise, for very many or very different weights, a golden-ratio sequence over the sum of the
 * weights, which is as even but exact only in the long run. Immutable: any number of calls may read it at once.
 */
final class Shares {
    static final Shares NONE = new Shares(new int[0], new long[0]);

    /** Steps that a schedule may cost: some 60 µs, as health may change with every call. */
    private static final long MOST_STEPS = 1 << 15;
    /** Turns of equals are no work; a schedule of more is not kept. */
    private static final int MOST_EQUALS = 1 << 20;
    /** 2^64 divided by the golden ratio: the multiples of it, modulo 2^64, never come close to each other. */
    private static final long GOLDEN = 0x9E3779B97F4A7C15L;

    private final int[] schedule;
    private final long[] sums;

    private Shares(int[] schedule, long[] sums) {
        this.schedule = schedule;
        this.sums = sums;
    }

    /** Shares of these weights, each more than 0. */
    static Shares of(int[] weights) {
        if (weights.length == 0) {
            return NONE;
        }
        long divisor = 0;
        long total = 0;
        long[] sums = new long[weights.length];
        for (int i = 0; i < weights.length; i++) {
            divisor = gcd(divisor, weights[i]);
            total += weights[i];
            sums[i] = total;
        }
        long period = total / divisor;
        if (period == weights.length && period <= MOST_EQUALS) {
            return new Shares(inTurn(weights.length), new long[0]);
        }
        return period <= MOST_STEPS / weights.length
                ? new Shares(schedule(weights, (int) period, divisor), new long[0])
                : new Shares(new int[0], sums);
    }

    private static long gcd(long a, long b) {
        long x = a;
        long y = b;
        while (y != 0) {
            long rest = x % y;
            x = y;
            y = rest;
        }
        return x;
    }

    /** What {@link #schedule} makes of weights that are all the same. */
    private static int[] inTurn(int count) {
        int[] schedule = new int[count];
        for (int i = 0; i < count; i++) {
            schedule[i] = i;
        }
        return schedule;
    }

    /** nginx, ngx_http_upstream_round_robin.c: add every weight, take the highest, take the total off it. */
    private static int[] schedule(int[] weights, int period, long divisor) {
        int[] schedule = new int[period];
        long[] current = new long[weights.length];
        for (int turn = 0; turn < period; turn++) {
            int best = 0;
            for (int i = 0; i < weights.length; i++) {
                current[i] += weights[i] / divisor;
                if (current[i] > current[best]) {
                    best = i;
                }
            }
            current[best] -= period;
            schedule[turn] = best;
        }
        return schedule;
    }

    /** After so many turns everybody has had at least one; 0 when that is not known. */
    int period() {
        return schedule.length;
    }

    /** Whose turn it is: the position of a weight. */
    int at(int ticket) {
        if (schedule.length > 0) {
            return schedule[Math.floorMod(ticket, schedule.length)];
        }
        long point = Math.multiplyHigh((ticket * GOLDEN) >>> 1, sums[sums.length - 1] << 1);
        int low = 0;
        int high = sums.length - 1;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (sums[middle] > point) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }
}
