package io.aiproxy.usage.journal;

/**
 * Some records in one piece, which is written and read as a whole: where it is damaged, all of them are gone.
 *
 * @param bytes the records, in whatever form; {@link #LONGEST} bytes at most, none of them {@link #MARK}. Nobody changes them
 * @param records how many there are, from 1 to {@link #MOST_RECORDS}
 */
@SuppressWarnings("ArrayRecordComponent") // bytes on their way to the disk or from it: nobody compares them
public record Block(byte[] bytes, int records) {
    /** It cannot be longer, in bytes. */
    public static final int LONGEST = 1 << 20;
    /** It cannot have more records. */
    public static final int MOST_RECORDS = 256;
    /** The one byte that must not be in it: with this the journal finds where blocks begin. */
    public static final byte MARK = 0x1E;
}
