package io.aiproxy.usage.journal;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * How a block lies in a file: mark (4 bytes), number of its records less one (1), length of the block (3), sequence number of its
 * first record (8), check sum (4), the block. Big end first. The check sum (CRC32C) covers the file's number, number of records,
 * length, sequence number and block, so that what a file system may leave behind of another file after a power cut is never taken
 * for this one's. In files of version 1 each block is a single record, and the number of records less one is 0.
 *
 * <p>The mark begins with a byte that is in no block ({@link Block#MARK}): when a reader looks for the next frame behind a damaged
 * one, it finds the heads of frames, which callers have no hand in, and cannot be led astray by what they have written into
 * records. Whoever makes blocks sees to that: in JSON it is {@code \\u001E}, in blocks of records no text has control characters
 * and no number is written with that byte.
 */
final class Frame {
    /** Bytes in front of the block. */
    static final int HEAD = 20;
    /** Where a frame begins: {@link Block#MARK} and "REC". */
    static final int MARK = 0x1E524543;

    private static final int CHECKED_HEAD = 20;
    private static final int SIZE_AT = 4;
    private static final int SEQUENCE_AT = 8;
    private static final int SUM_AT = 16;
    private static final int LENGTH_BITS = 24;
    private static final int LENGTH_MASK = (1 << LENGTH_BITS) - 1;

    private Frame() {}

    /**
     * Puts the head of a frame; the block has to follow.
     *
     * @param sequence number of the block's first record
     * @throws IllegalArgumentException when the block is longer than it may be, or has more records
     */
    static void head(ByteBuffer to, long segment, long sequence, Block block) {
        int length = block.bytes().length;
        int more = block.records() - 1;
        if (length > Block.LONGEST || more < 0 || more >= Block.MOST_RECORDS) {
            throw new IllegalArgumentException("a block of " + length + " bytes with " + block.records() + " records");
        }
        int size = more << LENGTH_BITS | length;
        to.putInt(MARK).putInt(size).putLong(sequence);
        to.putInt(sum(segment, size, sequence, block.bytes(), 0));
    }

    /** The length of the block in the frame that begins here, or -1 when none does. {@value #HEAD} bytes must be there. */
    static int length(byte[] bytes, int at) {
        int length = size(bytes, at) & LENGTH_MASK;
        return ByteBuffer.wrap(bytes).getInt(at) == MARK && length <= Block.LONGEST ? length : -1;
    }

    /** How many records are in the frame that begins here. */
    static int records(byte[] bytes, int at) {
        return (size(bytes, at) >>> LENGTH_BITS) + 1;
    }

    private static int size(byte[] bytes, int at) {
        return ByteBuffer.wrap(bytes).getInt(at + SIZE_AT);
    }

    /** The sequence number of the first record in the frame that begins here. */
    static long sequence(byte[] bytes, int at) {
        return ByteBuffer.wrap(bytes).getLong(at + SEQUENCE_AT);
    }

    /** Whether the frame that begins here, all of which must be there, is what was written. */
    static boolean sound(long segment, byte[] bytes, int at) {
        int expected = ByteBuffer.wrap(bytes).getInt(at + SUM_AT);
        return expected == sum(segment, size(bytes, at), sequence(bytes, at), bytes, at + HEAD);
    }

    private static int sum(long segment, int size, long sequence, byte[] block, int from) {
        ByteBuffer head = ByteBuffer.allocate(CHECKED_HEAD);
        head.putLong(segment).putInt(size).putLong(sequence).flip();
        CRC32C sum = new CRC32C();
        sum.update(head);
        sum.update(block, from, size & LENGTH_MASK);
        return (int) sum.getValue();
    }
}
