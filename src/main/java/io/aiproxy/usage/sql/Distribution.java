package io.aiproxy.usage.sql;

import io.aiproxy.usage.StatisticsRow.Quantiles;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How values are distributed, with two significant digits: the classes are those of an {@code org.HdrHistogram.Histogram(2)},
 * and so are the percentiles; but only classes that hold something take room, of which most sums have few. Kept as pairs of
 * numbers of variable length (seven bits in a byte, the lowest first, the eighth bit: there is more): how far the class is from
 * the one before, and how many values are in it. Not for several threads.
 */
final class Distribution {
    /** Below twice of it each value is a class of its own; above, each doubling has that many classes. */
    private static final int HALF = 128;

    private static final int HALF_BITS = 7;
    private static final byte[] NOTHING = {};

    private int size;
    private int[] classes = new int[2];
    private long[] counts = new long[2];

    /** The class of a value that is not negative. */
    static int classOf(long value) {
        int shift = Math.max(0, Long.SIZE - 1 - HALF_BITS - Long.numberOfLeadingZeros(value | 1));
        return shift * HALF + (int) (value >>> shift);
    }

    /** The largest value of a class. */
    static long highest(int of) {
        int shift = Math.max(0, of / HALF - 1);
        return ((of - (long) shift * HALF + 1) << shift) - 1;
    }

    boolean isEmpty() {
        return size == 0;
    }

    /** One value more; a negative one is none. */
    void add(long value) {
        if (value >= 0) {
            add(classOf(value), 1);
        }
    }

    private void add(int of, long count) {
        int at = Arrays.binarySearch(classes, 0, size, of);
        if (at >= 0) {
            counts[at] += count;
            return;
        }
        int to = -at - 1;
        if (size == classes.length) {
            classes = Arrays.copyOf(classes, size * 2);
            counts = Arrays.copyOf(counts, size * 2);
        }
        System.arraycopy(classes, to, classes, to + 1, size - to);
        System.arraycopy(counts, to, counts, to + 1, size - to);
        classes[to] = of;
        counts[to] = count;
        size++;
    }

    /** All values of another one more. */
    void add(Distribution other) {
        for (int i = 0; i < other.size; i++) {
            add(other.classes[i], other.counts[i]);
        }
    }

    /** All values of one that was kept more. */
    void add(byte @Nullable [] kept) {
        if (kept == null) {
            return;
        }
        Numbers numbers = new Numbers(kept);
        int of = 0;
        while (numbers.more()) {
            of += (int) numbers.next();
            add(of, numbers.next());
        }
    }

    /** As it is kept. */
    byte[] bytes() {
        if (size == 0) {
            return NOTHING;
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream(size * 3);
        int before = 0;
        for (int i = 0; i < size; i++) {
            write(out, classes[i] - before);
            write(out, counts[i]);
            before = classes[i];
        }
        return out.toByteArray();
    }

    private static void write(ByteArrayOutputStream out, long number) {
        long left = number;
        while (left > 0x7f) {
            out.write((int) ((left & 0x7f) | 0x80));
            left >>>= 7;
        }
        out.write((int) left);
    }

    /** Reads numbers of variable length. What is cut off ends as if the rest were zero. */
    private static final class Numbers {
        private final byte[] bytes;
        private int at;

        Numbers(byte[] bytes) {
            this.bytes = bytes;
        }

        boolean more() {
            return at < bytes.length;
        }

        long next() {
            long number = 0;
            for (int shift = 0; more() && shift < Long.SIZE; shift += 7) {
                byte part = bytes[at++];
                number |= (long) (part & 0x7f) << shift;
                if (part >= 0) {
                    break;
                }
            }
            return number;
        }
    }

    /** Its percentiles; empty when there are no values. */
    Optional<Quantiles> quantiles() {
        if (size == 0) {
            return Optional.empty();
        }
        long total = 0;
        for (int i = 0; i < size; i++) {
            total += counts[i];
        }
        return Optional.of(new Quantiles(
                total, at(total, 50), at(total, 90), at(total, 95), at(total, 99), highest(classes[size - 1])));
    }

    /** The largest value of the first class up to which at least that many percent of all values lie. */
    private long at(long total, int percent) {
        long wanted = Math.max(1, (total * percent + 99) / 100);
        long seen = 0;
        for (int i = 0; i < size; i++) {
            seen += counts[i];
            if (seen >= wanted) {
                return highest(classes[i]);
            }
        }
        return highest(classes[size - 1]);
    }
}
