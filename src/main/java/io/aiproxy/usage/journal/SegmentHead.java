package io.aiproxy.usage.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * The first bytes of a journal's file: "AIPXJRNL", version (4 bytes), the journal's id (16), the file's number (8), sequence
 * number of its first record (8), when it was made (8, milliseconds since 1970), CRC32C of all that (4).
 *
 * @param journal id of the journal
 * @param number of the file
 * @param first sequence number of its first record
 * @param madeMillis when it was made
 */
record SegmentHead(UUID journal, long number, long first, long madeMillis) {
    /** Length in bytes. */
    static final int LENGTH = 56;
    /**
     * The version that this program writes. It tells older programs that they cannot read the file: those of version 1 have a
     * record as JSON in each frame, which is read, too; {@link Frame} is the same for both.
     */
    static final int VERSION = 2;

    private static final int FIRST_VERSION = 1;

    private static final long MAGIC = 0x4149_5058_4A52_4E4CL;
    private static final int CHECKED = LENGTH - Integer.BYTES;

    ByteBuffer bytes() {
        ByteBuffer bytes = ByteBuffer.allocate(LENGTH).putLong(MAGIC).putInt(VERSION);
        bytes.putLong(journal.getMostSignificantBits()).putLong(journal.getLeastSignificantBits());
        bytes.putLong(number).putLong(first).putLong(madeMillis);
        return bytes.putInt(sum(bytes.array())).flip();
    }

    private static int sum(byte[] bytes) {
        CRC32C sum = new CRC32C();
        sum.update(bytes, 0, CHECKED);
        return (int) sum.getValue();
    }

    /**
     * What a file begins with; empty when that is damaged.
     *
     * @throws IOException when it cannot be read, or only a newer version of this program can
     */
    static Optional<SegmentHead> of(Path file) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(LENGTH);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            while (bytes.hasRemaining()) {
                if (channel.read(bytes) < 0) {
                    return Optional.empty();
                }
            }
        }
        bytes.flip();
        if (bytes.getInt(CHECKED) != sum(bytes.array()) || bytes.getLong() != MAGIC) {
            return Optional.empty();
        }
        int version = bytes.getInt();
        if (version < FIRST_VERSION || version > VERSION) {
            throw new IOException(file + " was written by another version of aiproxy (journal version " + version
                    + ", this one knows " + FIRST_VERSION + " to " + VERSION
                    + "): start that one until all its records are booked, or move the"
                    + " file away");
        }
        return Optional.of(new SegmentHead(
                new UUID(bytes.getLong(), bytes.getLong()), bytes.getLong(), bytes.getLong(), bytes.getLong()));
    }
}
