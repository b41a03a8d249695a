package io.aiproxy.usage;

/**
 * How records lie in a block of the journal, for {@link BlockWriter} and {@link BlockReader}; docs/reference/journal.md tells it
 * byte by byte. A block begins with the number of its format and needs nothing but itself to be read. Its records follow each
 * other, each as what differs from the one before: of what recurs (who, where, which model) only what has changed, texts as places
 * in a table of words that the block builds up, ids and times as differences.
 *
 * <p>What is added to records gets a format of its own; an older program refuses a block of it, whole, and a file with such
 * blocks must have another version, so that it is not even opened.
 */
final class BlockFormat {
    /** The first byte of a block. */
    static final byte NUMBER = 1;
    /** What a record in a file of the journal's version 1 begins with: it is JSON. */
    static final byte JSON = '{';

    // What may differ from the record before. A bit each in front of a record; what differs usually has the lowest.
    static final int USER = 0;
    static final int KEY = 1;
    static final int CLIENT = 2;
    static final int MODEL_ASKED = 3;
    static final int MODEL_ANSWERED = 4;
    static final int GROUPS = 5;
    static final int CHANNEL = 6;
    static final int TAGS = 7;
    static final int CREDENTIAL = 8;
    static final int DIALECT = 9;
    static final int OPERATION = 10;
    static final int TEMPLATE = 11;
    static final int METHOD = 12;
    static final int STATUS = 13;
    static final int ENDING = 14;
    static final int FAILURE = 15;
    static final int FLAGS = 16;
    static final int CURRENCY = 17;
    static final int ATTEMPTS = 18;
    static final int CONFIG_VERSION = 19;

    static final int WORK = 20;
    /** How many of them there are. */
    static final int COLUMNS = 21;

    /** Flag: a WebSocket was opened. */
    static final int WEB_SOCKET = 1;
    /** Flag: there was a price. */
    static final int PRICED = 2;
    /** The source of the usage in the flags: 0 the provider, 1 estimated, 2 none. */
    static final int SOURCE_SHIFT = 2;

    /** How many numbers usage has. */
    static final int USAGE_FIELDS = 14;

    /** Seven bits of a number in each byte, the lowest first; this one says that more follow. */
    static final int MORE = 0x80;

    static final int DIGIT_BITS = 7;
    static final int DIGIT = 0x7F;

    /** The longest id, in bytes: {@link Words#LONGEST} characters are no longer. */
    static final int LONGEST_ID = 3 * Words.LONGEST;

    private BlockFormat() {}
}
