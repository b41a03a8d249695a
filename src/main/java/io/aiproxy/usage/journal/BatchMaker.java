package io.aiproxy.usage.journal;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Collects records of one file after the other. One thread. */
final class BatchMaker {
    private final List<byte[]> records = new ArrayList<>();
    private final int most;
    private final long mostBytes;
    private Place place;
    private long sequence;
    private long bytes;
    private long missing;
    private long damaged;

    /**
     * @param from where the first record begins
     * @param after sequence number of the record before that; -1: not known
     * @param most so many records at most
     * @param mostBytes no further record once they are so long together
     */
    BatchMaker(Place from, long after, int most, long mostBytes) {
        this.place = from;
        this.sequence = after;
        this.most = most;
        this.mostBytes = mostBytes;
    }

    /** Takes the records of a file from this offset on; false when there is no room for those of the next. */
    boolean add(Segment segment, long offset, boolean mayGrow) throws IOException {
        long limit = segment.committed;
        try (FrameReader reader = FrameReader.open(segment.file, segment.number, offset, limit)) {
            while (room()) {
                byte[] record = reader.next();
                if (record == null) {
                    break;
                }
                take(record, reader.sequence());
            }
            damaged += reader.skipped();
            if (!room()) {
                place = new Place(segment.number, reader.behind());
                return false;
            }
            damaged += mayGrow ? 0 : Math.max(0, limit - reader.behind());
            place = new Place(segment.number, mayGrow ? reader.behind() : Math.max(limit, offset));
            return true;
        }
    }

    private boolean room() {
        return records.size() < most && bytes < mostBytes;
    }

    private void take(byte[] record, long number) {
        records.add(record);
        bytes += record.length;
        if (sequence >= 0) {
            missing += Math.max(0, number - sequence - 1);
        }
        sequence = number;
    }

    Batch made() {
        return new Batch(List.copyOf(records), place, sequence, missing, damaged);
    }
}
