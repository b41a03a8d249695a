package io.aiproxy.usage.journal;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Reads the frames of one file in their order, over what is damaged, and gives nothing that was not written. One thread. */
final class FrameReader implements Closeable {
    private static final int CHUNK = 256 << 10;

    private final FileChannel file;
    private final long segment;
    private final long limit;

    private byte[] buffer = new byte[CHUNK];
    /** Place in the file of the buffer's first byte. */
    private long base;

    private int at;
    private int end;

    private long behind;
    private long skipped;
    private long first;
    private long last;

    private FrameReader(FileChannel file, long segment, long offset, long limit) {
        this.file = file;
        this.segment = segment;
        this.limit = limit;
        this.base = offset;
        this.behind = offset;
    }

    /**
     * Reads a file.
     *
     * @param segment the file's number
     * @param offset where a frame begins
     * @param limit what lies behind is not looked at
     */
    static FrameReader open(Path file, long segment, long offset, long limit) throws IOException {
        return new FrameReader(FileChannel.open(file, StandardOpenOption.READ), segment, offset, limit);
    }

    /** The next block; null when there is none before the limit. */
    @Nullable
    Block next() throws IOException {
        long from = base + at;
        while (true) {
            if (!filled(Frame.HEAD)) {
                return null;
            }
            int length = Frame.length(buffer, at);
            if (length >= 0 && filled(Frame.HEAD + length) && Frame.sound(segment, buffer, at)) {
                skipped += base + at - from;
                int records = Frame.records(buffer, at);
                first = Frame.sequence(buffer, at);
                last = first + records - 1;
                byte[] bytes = Arrays.copyOfRange(buffer, at + Frame.HEAD, at + Frame.HEAD + length);
                at += Frame.HEAD + length;
                behind = base + at;
                return new Block(bytes, records);
            }
            at++;
            toMark();
        }
    }

    /** Goes to the next byte with which a frame can begin. */
    private void toMark() throws IOException {
        while (filled(1)) {
            while (at < end) {
                if (buffer[at] == Block.MARK) {
                    return;
                }
                at++;
            }
        }
    }

    /** Whether so many bytes lie before the limit; they are in the buffer then. */
    private boolean filled(int bytes) throws IOException {
        if (end - at >= bytes) {
            return true;
        }
        if (limit - base - at < bytes) {
            return false;
        }
        System.arraycopy(buffer, at, buffer, 0, end - at);
        base += at;
        end -= at;
        at = 0;
        if (buffer.length < bytes) {
            buffer = Arrays.copyOf(buffer, bytes + CHUNK);
        }
        int room = (int) Math.min(buffer.length - end, limit - base - end);
        ByteBuffer free = ByteBuffer.wrap(buffer, end, room);
        while (end < bytes) {
            int count = file.read(free, base + end);
            if (count < 0) {
                return false; // the file is shorter than it was said to be
            }
            end += count;
        }
        return true;
    }

    /** The place behind the last block that was given. */
    long behind() {
        return behind;
    }

    /** The sequence number of the first record of the last block that was given. */
    long first() {
        return first;
    }

    /** The sequence number of its last record. */
    long last() {
        return last;
    }

    /** Damaged bytes in front of blocks that were given. */
    long skipped() {
        return skipped;
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
