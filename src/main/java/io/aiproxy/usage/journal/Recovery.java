package io.aiproxy.usage.journal;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentSkipListMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a journal finds of itself when it is opened.
 *
 * @param id from the newest file that tells it; a new one when none does
 * @param segments its files
 * @param last sequence number of the last record; 0 when there was none ever
 */
record Recovery(UUID id, ConcurrentSkipListMap<Long, Segment> segments, long last) {
    private static final Logger LOG = LoggerFactory.getLogger(Journal.class);

    static Recovery of(Directory directory) throws IOException {
        ConcurrentSkipListMap<Long, Segment> segments = new ConcurrentSkipListMap<>();
        List<Directory.Found> files = directory.files();
        UUID id = null;
        long first = 1;
        long last = 0;
        for (Directory.Found file : files) {
            Optional<SegmentHead> head = SegmentHead.of(file.path());
            if (head.isPresent()) {
                id = head.get().journal();
                first = head.get().first();
            } else {
                LOG.error("Journal: the first bytes of {} are damaged; its records are read all the same", file.path());
            }
            segments.put(file.number(), new Segment(file.number(), file.path(), first, Files.size(file.path())));
            last = Math.max(last, first - 1);
        }
        if (!segments.isEmpty()) {
            last = Math.max(last, tail(segments.lastEntry().getValue()));
        }
        return new Recovery(id == null ? UUID.randomUUID() : id, segments, last);
    }

    /** Reads the newest file to its end and cuts off what is none of its records; its last sequence number, or 0. */
    private static long tail(Segment segment) throws IOException {
        long last = 0;
        long end;
        long size = segment.committed;
        long from = Math.min(SegmentHead.LENGTH, size);
        try (FrameReader reader = FrameReader.open(segment.file, segment.number, from, size)) {
            while (reader.next() != null) {
                last = Math.max(last, reader.last());
            }
            end = reader.behind();
        }
        if (end < size) {
            try (FileChannel file = FileChannel.open(segment.file, StandardOpenOption.WRITE)) {
                file.truncate(end);
                file.force(true);
            }
            segment.committed = end;
            LOG.warn(
                    "Journal: {} bytes at the end of {} were not written completely when the gateway was killed, and are cut off",
                    size - end,
                    segment.file);
        }
        return last;
    }
}
