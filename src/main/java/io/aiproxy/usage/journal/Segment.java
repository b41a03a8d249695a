package io.aiproxy.usage.journal;

import java.nio.file.Path;

/** One file of a journal. */
final class Segment {
    final long number;
    final Path file;

    /** Sequence number of its first record. */
    final long first;

    /** Up to here it may be read: what lies behind is not forced to disk, or is no records. */
    volatile long committed;

    Segment(long number, Path file, long first, long committed) {
        this.number = number;
        this.file = file;
        this.first = first;
        this.committed = committed;
    }
}
