package io.aiproxy.usage.journal;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Collects blocks of one file after the other. One thread. */
final class BatchMaker {
    private final List<Block> blocks = new ArrayList<>();
    private final int most;
    private final long mostBytes;
    private Place place;
    private int records;
    private long sequence;
    private long bytes;
    private long missing;
    private long damaged;

    /**
     * @param from where the first block begins
     * @param after sequence number of the record before it; -1: not known
     * @param most no further block once there are so many records
     * @param mostBytes no further block once they are so long together
     */
    BatchMaker(Place from, long after, int most, long mostBytes) {
        this.place = from;
        this.sequence = after;
        this.most = most;
        this.mostBytes = mostBytes;
    }

    /** Takes the blocks of a file from this offset on; false when there is no room for those of the next. */
    boolean add(Segment segment, long offset, boolean mayGrow) throws IOException {
        long limit = segment.committed;
        try (FrameReader reader = FrameReader.open(segment.file, segment.number, offset, limit)) {
            while (room()) {
                Block block = reader.next();
                if (block == null) {
                    break;
                }
                take(block, reader);
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
        return records < most && bytes < mostBytes;
    }

    private void take(Block block, FrameReader from) {
        blocks.add(block);
        records += block.records();
        bytes += block.bytes().length;
        if (sequence >= 0) {
            missing += Math.max(0, from.first() - sequence - 1);
        }
        sequence = from.last();
    }

    Batch made() {
        return new Batch(List.copyOf(blocks), place, sequence, missing, damaged);
    }
}
