package io.aiproxy.usage;

import java.util.List;

/** Somebody who is told of records once they are in the journal: events, traces. */
@FunctionalInterface
public interface RecordSink {
    /** Some records, those that were {@link #wanted} when they were made and perhaps others. Called on the accounting thread, in the journal's order; must not block and must not throw. */
    void booked(List<UsageRecord> records);

    /**
     * Whether it wants records that are made now. Where nobody does they are not kept until they are written. Asked for every
     * call, on the accounting thread; must not block and must not throw.
     */
    default boolean wanted() {
        return true;
    }
}
