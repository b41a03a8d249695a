package io.aiproxy.usage.sql;

import io.aiproxy.core.UsageField;
import io.aiproxy.usage.StatisticsRow.Sums;
import io.aiproxy.usage.UsageRecord;

/** Sums that grow. Not for several threads. */
@SuppressWarnings("EnumOrdinal") // an array with a place for each measure, which is never kept
final class Tally {
    private final long[] sums = new long[Measure.COUNT];
    private final Distribution durations = new Distribution();
    private final Distribution firstBytes = new Distribution();

    /** One call more. */
    void add(UsageRecord record) {
        for (int i = 0; i < Measure.COUNT; i++) {
            sums[i] += Measure.at(i).of(record);
        }
        latencies(record.webSocket(), record.durationMicros(), record.firstByteMicros());
    }

    /** How long a call took; a WebSocket takes as long as people talk, which says nothing. */
    void latencies(boolean webSocket, long durationMicros, long firstByteMicros) {
        if (!webSocket) {
            durations.add(durationMicros);
            firstBytes.add(firstByteMicros);
        }
    }

    /** Everything of another one more. */
    void add(Tally other) {
        for (int i = 0; i < Measure.COUNT; i++) {
            sums[i] += other.sums[i];
        }
        durations.add(other.durations);
        firstBytes.add(other.firstBytes);
    }

    void add(Measure measure, long value) {
        sums[measure.ordinal()] += value;
    }

    long of(Measure measure) {
        return sums[measure.ordinal()];
    }

    Distribution durations() {
        return durations;
    }

    Distribution firstBytes() {
        return firstBytes;
    }

    /** In the words of everybody else. */
    Sums sums() {
        return new Sums(
                of(Measure.REQUESTS),
                of(Measure.SUCCESSFUL),
                of(Measure.ATTEMPTS),
                of(Measure.BYTES_IN),
                of(Measure.BYTES_OUT),
                of(Measure.DURATION),
                UsageField.usage(field -> of(Measure.of(field))),
                of(Measure.ESTIMATED),
                of(Measure.UNPRICED),
                of(Measure.COST));
    }
}
