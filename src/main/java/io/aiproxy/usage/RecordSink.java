package io.aiproxy.usage;

import java.util.List;

/** Somebody who is told of records once they are in the journal: events, traces. */
@FunctionalInterface
public interface RecordSink {
    /** Called on the accounting thread, in the journal's order; must not block and must not throw. */
    void booked(List<UsageRecord> records);
}
