package io.aiproxy.usage;

import java.util.concurrent.atomic.LongAdder;

/** What has been counted while booking, since the start. Any thread. */
public final class Counts {
    final LongAdder journaled = new LongAdder();
    final LongAdder failures = new LongAdder();
    final LongAdder lost = new LongAdder();
    final LongAdder refused = new LongAdder();
    final LongAdder booked = new LongAdder();
    final LongAdder unreadable = new LongAdder();
    final LongAdder damagedBytes = new LongAdder();

    /** Records that are in the journal. */
    public long journaled() {
        return journaled.sum();
    }

    /** Writes to the journal that failed and were tried again. */
    public long failures() {
        return failures.sum();
    }

    /** Calls that will never be in the books: there was no room to keep them, or the journal's files are damaged. */
    public long lost() {
        return lost.sum();
    }

    /** Records that the books refuse for good, and that were put aside. */
    public long refused() {
        return refused.sum();
    }

    /** Records that were taken over into the books. */
    public long booked() {
        return booked.sum();
    }

    /** Records of the journal that this program cannot read. */
    public long unreadable() {
        return unreadable.sum();
    }

    /** Bytes of the journal that are damaged. */
    public long damagedBytes() {
        return damagedBytes.sum();
    }
}
