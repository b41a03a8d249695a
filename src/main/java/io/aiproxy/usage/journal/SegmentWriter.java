package io.aiproxy.usage.journal;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.List;

/** Appends to one file. One thread. */
final class SegmentWriter implements Closeable {
    private final Segment segment;
    private final FileChannel file;
    private final ByteBuffer buffer;

    /**
     * @param segment what is written; {@link Segment#committed} moves when records are on disk
     * @param file stands at the end of what is committed
     * @param buffer used again by the next writer
     */
    SegmentWriter(Segment segment, FileChannel file, ByteBuffer buffer) {
        this.segment = segment;
        this.file = file;
        this.buffer = buffer;
    }

    Segment segment() {
        return segment;
    }

    /** Appends blocks and forces them to disk. When that fails, none of them counts. */
    void append(List<Block> blocks, long firstSequence) throws IOException {
        buffer.clear();
        long end = segment.committed;
        long sequence = firstSequence;
        for (Block block : blocks) {
            byte[] bytes = block.bytes();
            room(Frame.HEAD);
            Frame.head(buffer, segment.number, sequence, block);
            for (int done = 0; done < bytes.length; ) {
                room(1);
                int part = Math.min(buffer.remaining(), bytes.length - done);
                buffer.put(bytes, done, part);
                done += part;
            }
            sequence += block.records();
            end += Frame.HEAD + bytes.length;
        }
        flush();
        file.force(false);
        segment.committed = end;
    }

    private void room(int bytes) throws IOException {
        if (buffer.remaining() < bytes) {
            flush();
        }
    }

    private void flush() throws IOException {
        buffer.flip();
        while (buffer.hasRemaining()) {
            file.write(buffer);
        }
        buffer.clear();
    }

    /** Takes away what is not committed. */
    void cut() throws IOException {
        file.truncate(segment.committed);
        file.position(segment.committed);
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
