package io.aiproxy.usage.journal;

import io.aiproxy.core.Ticker;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Records in files that only grow, {@code journal-<number>.aiproxy} in a directory of their own. A file begins with a
 * {@link SegmentHead}, then {@link Frame}s follow. At {@value #SEGMENT_BYTES} bytes, and at every start, a new file is begun;
 * old ones are deleted when somebody says that all of their records are elsewhere, but never the last one, which knows the
 * journal's id and how far its numbers have come.
 *
 * <p><b>Threads.</b> One appends, one (it may be another) reads and deletes; everything else may be asked by any.
 */
public final class Journal implements AutoCloseable {
    /** A file that has grown to this size is followed by a new one. */
    public static final long SEGMENT_BYTES = 64 << 20;

    private static final Logger LOG = LoggerFactory.getLogger(Journal.class);
    /** Small enough to be in the processor's cache still when the system copies it. */
    private static final int BUFFER = 64 << 10;
    /** A batch that is read ends when its blocks take so much memory. */
    private static final long BATCH_BYTES = 16 << 20;

    private final Directory directory;
    private final Disk disk;
    private final long segmentBytes;
    private final Ticker ticker;
    private final UUID id;
    private final ConcurrentSkipListMap<Long, Segment> segments;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER);

    /** Sequence number of the last record that is on disk; 0 before the first. Moved by the appending thread. */
    private volatile long last;

    private @Nullable SegmentWriter writer;

    private Journal(Directory directory, Disk disk, long segmentBytes, Ticker ticker, Recovery found) {
        this.directory = directory;
        this.disk = disk;
        this.segmentBytes = segmentBytes;
        this.ticker = ticker;
        this.id = found.id();
        this.segments = found.segments();
        this.last = found.last();
    }

    /**
     * Opens the journal in this directory, or begins one there. What a crash has left half written at its end is cut off.
     *
     * @throws IOException when another process has it, or the directory cannot be used; the message says what to do
     */
    public static Journal open(Path directory, Ticker ticker) throws IOException {
        return open(directory, Disk.MACHINE, SEGMENT_BYTES, ticker);
    }

    /** As above, on another disk and with files of another size: for tests. */
    public static Journal open(Path path, Disk disk, long segmentBytes, Ticker ticker) throws IOException {
        Directory directory = Directory.take(path);
        try {
            return new Journal(directory, disk, segmentBytes, ticker, Recovery.of(directory));
        } catch (IOException | RuntimeException e) {
            directory.close();
            throw e;
        }
    }

    /** The journal's id, which it keeps as long as its files are there. */
    public String id() {
        return id.toString();
    }

    /** Where it is. */
    public Path path() {
        return directory.path();
    }

    /**
     * Appends blocks of records. When this returns they are on disk; when it throws, none of them counts, and the same may be
     * tried again.
     *
     * @throws IOException when the disk takes them not
     */
    public void append(List<Block> blocks) throws IOException {
        if (blocks.isEmpty()) {
            return;
        }
        long next = last + 1;
        SegmentWriter to = writer();
        try {
            to.append(blocks, next);
        } catch (IOException | RuntimeException e) {
            leave(to);
            throw e;
        }
        last = next - 1 + blocks.stream().mapToLong(Block::records).sum();
    }

    private SegmentWriter writer() throws IOException {
        SegmentWriter current = writer;
        if (current != null && current.segment().committed < segmentBytes) {
            return current;
        }
        SegmentWriter next = begin();
        writer = next;
        if (current != null) {
            current.close();
        }
        return next;
    }

    private SegmentWriter begin() throws IOException {
        long number = segments.isEmpty() ? 1 : segments.lastKey() + 1;
        Path path = directory.file(number);
        Files.deleteIfExists(path); // one that could not even be begun
        FileChannel file = disk.create(path);
        boolean begun = false;
        try {
            ByteBuffer head = new SegmentHead(id, number, last + 1, ticker.millis()).bytes();
            while (head.hasRemaining()) {
                file.write(head);
            }
            file.force(true);
            directory.sync();
            Segment segment = new Segment(number, path, last + 1, SegmentHead.LENGTH);
            segments.put(number, segment);
            begun = true;
            return new SegmentWriter(segment, file, buffer);
        } finally {
            if (!begun) {
                file.close();
                Files.deleteIfExists(path);
            }
        }
    }

    /**
     * After a failure nobody knows what of the file is on disk: a system that could not write a page may forget that it is not
     * written. So nothing more is put into it; what did not count will be written into another.
     */
    private void leave(SegmentWriter broken) {
        writer = null;
        try (broken) {
            broken.cut();
        } catch (IOException e) {
            LOG.debug("Journal: what did not count stays at the end of {}: {}", broken.segment().file, e.toString());
        }
        Segment segment = broken.segment();
        if (segment.committed == SegmentHead.LENGTH && segments.size() > 1) {
            remove(segment);
        }
    }

    /**
     * Reads on, in whole blocks: where there is one, at least that, and no further one once there are {@code most} records.
     *
     * @param from where a block begins, as an earlier batch has said; or {@link Place#BEGINNING}
     * @param after sequence number of the record before, to notice what is missing; -1: not known
     * @param most so many records are wanted; there may be {@value Block#MOST_RECORDS} less one more
     * @throws IOException when a file cannot be read
     */
    public Batch read(Place from, long after, int most) throws IOException {
        BatchMaker batch = new BatchMaker(from, after, most, BATCH_BYTES);
        for (Segment segment : segments.tailMap(from.segment()).values()) {
            boolean mayGrow =
                    segment.number == segments.lastKey(); // asked first: otherwise its end is its end for good
            long offset = segment.number == from.segment() ? from.offset() : 0;
            if (!batch.add(segment, Math.max(offset, SegmentHead.LENGTH), mayGrow)) {
                break;
            }
        }
        return batch.made();
    }

    /** Deletes the files all of whose records lie before this place. Not the last one. */
    public void delete(Place before) {
        for (Map.Entry<Long, Segment> entry : segments.entrySet()) {
            Segment segment = entry.getValue();
            boolean done = new Place(segment.number, segment.committed).compareTo(before) <= 0;
            if (!done || segment.number == segments.lastKey()) {
                return;
            }
            remove(segment);
        }
    }

    private void remove(Segment segment) {
        try {
            Files.deleteIfExists(segment.file);
            segments.remove(segment.number);
        } catch (IOException e) {
            LOG.warn("Journal: {} is not needed any more but cannot be deleted: {}", segment.file, e.toString());
        }
    }

    /** Whether the journal could have this place: otherwise somebody has put older files into the directory. */
    public boolean knows(Place place) {
        return segments.isEmpty() ? place.segment() == 0 : place.segment() <= segments.lastKey();
    }

    /** Sequence number of the last record; 0 before the first. */
    public long last() {
        return last;
    }

    /** How many records were appended before the first that is still here. */
    public long before() {
        Map.Entry<Long, Segment> first = segments.firstEntry();
        return first == null ? last : first.getValue().first - 1;
    }

    /** Bytes on disk behind this place. */
    public long bytesBehind(Place place) {
        long bytes = 0;
        for (Segment segment : segments.tailMap(place.segment()).values()) {
            long from = segment.number == place.segment() ? place.offset() : 0;
            bytes += Math.max(0, segment.committed - Math.max(from, SegmentHead.LENGTH));
        }
        return bytes;
    }

    /** Everything that was appended is on disk already. */
    @Override
    public void close() {
        try (directory) {
            if (writer != null) {
                writer.close();
            }
        } catch (IOException e) {
            LOG.warn("Journal: while closing: {}", e.toString());
        }
    }
}
