package io.aiproxy.usage.journal;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * How one record lies in a file: mark (4 bytes), length of the record (4), sequence number (8), check sum (4), the record. Big
 * end first. The check sum (CRC32C) covers the file's number, length, sequence number and record, so that a block of another
 * file, which a file system may leave behind after a power cut, is never taken for this one's.
 *
 * <p>The mark contains a byte that no record contains (JSON writes control characters as {@code \\u001E}): when a reader looks for
 * the next frame behind a damaged one, it cannot be led astray by what callers have written into records.
 */
final class Frame {
    /** Bytes in front of the record. */
    static final int HEAD = 20;
    /** A longer record is refused. */
    static final int LONGEST = 1 << 20;
    /** The mark's first byte. */
    static final byte FIRST = 0x1E;
    /** Where a frame begins: {@link #FIRST} and "REC". */
    static final int MARK = 0x1E524543;

    private static final int CHECKED_HEAD = 20;
    private static final int LENGTH_AT = 4;
    private static final int SEQUENCE_AT = 8;
    private static final int SUM_AT = 16;

    private Frame() {}

    /** Puts the head of a frame; the record has to follow. */
    static void head(ByteBuffer to, long segment, long sequence, byte[] record) {
        to.putInt(MARK).putInt(record.length).putLong(sequence);
        to.putInt(sum(segment, record.length, sequence, record, 0));
    }

    /** The length of the record in the frame that begins here, or -1 when none does. {@value #HEAD} bytes must be there. */
    static int length(byte[] bytes, int at) {
        ByteBuffer view = ByteBuffer.wrap(bytes);
        int length = view.getInt(at + LENGTH_AT);
        return view.getInt(at) == MARK && length >= 0 && length <= LONGEST ? length : -1;
    }

    /** The sequence number in the frame that begins here. */
    static long sequence(byte[] bytes, int at) {
        return ByteBuffer.wrap(bytes).getLong(at + SEQUENCE_AT);
    }

    /** Whether the frame that begins here, all of which must be there, is what was written. */
    static boolean sound(long segment, byte[] bytes, int at, int length) {
        int expected = ByteBuffer.wrap(bytes).getInt(at + SUM_AT);
        return expected == sum(segment, length, sequence(bytes, at), bytes, at + HEAD);
    }

    private static int sum(long segment, int length, long sequence, byte[] record, int from) {
        ByteBuffer head = ByteBuffer.allocate(CHECKED_HEAD);
        head.putLong(segment).putInt(length).putLong(sequence).flip();
        CRC32C sum = new CRC32C();
        sum.update(head);
        sum.update(record, from, length);
        return (int) sum.getValue();
    }
}
