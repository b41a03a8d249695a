package io.aiproxy.usage;

import java.util.BitSet;

/**
 * About how many different sums records make: who calls which model how, in which minute. That, and not their number, is what a
 * batch costs once, however many records it has. A few bits are counted, not records compared: some hundred are told within a
 * few percent, thousands as too few. One thread.
 */
final class Variety {
    private static final int BITS = 1 << 12;
    private static final long MINUTE = 60_000;

    private final BitSet seen = new BitSet(BITS);

    /** Counts one more. */
    void add(UsageRecord record) {
        int hash = record.user().hashCode();
        hash = 31 * hash + record.key().hashCode();
        hash = 31 * hash + record.model().hashCode();
        hash = 31 * hash + record.channel().hashCode();
        hash = 31 * hash + record.operation().hashCode();
        hash = 31 * hash + record.ending().hashCode();
        hash = 31 * hash + record.failure().hashCode();
        hash = 31 * hash + Long.hashCode(record.startedMillis() / MINUTE);
        seen.set((hash * 0x9E3779B9) >>> (Integer.SIZE - 12)); // the golden ratio's digits spread what is alike
    }

    /** How many there were since it was asked last. */
    int counted() {
        int counted = seen.cardinality();
        seen.clear();
        return counted;
    }
}
