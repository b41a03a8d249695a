package io.aiproxy.usage;

import io.aiproxy.core.Usage;
import io.aiproxy.core.UsageSource;
import io.aiproxy.usage.journal.Block;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Makes blocks of records, in {@link BlockFormat}. What is written of a text is what {@link Words#clean} makes of it. No byte is
 * {@link Block#MARK}: clean texts do not have it, and a number that would end with it gets a zero behind. One thread.
 */
final class BlockWriter {
    /** A block has no more records: this many are lost when one byte of it is damaged. */
    static final int MOST_RECORDS = 64;
    /** Nor does another come when it is so long, in bytes. */
    static final int USUAL_BYTES = 16 << 10;

    private static final int LONGEST_NUMBER = 11;

    /** What the first record of a block is compared with. */
    static final UsageRecord NOTHING = new UsageRecord(
            "",
            0,
            0,
            "",
            "",
            List.of(),
            "",
            "",
            "",
            "",
            "",
            "",
            "",
            "",
            false,
            0,
            "",
            "",
            0,
            0,
            0,
            -1,
            -1,
            -1,
            Usage.NONE,
            UsageSource.PROVIDER,
            0,
            "",
            false,
            Map.of(),
            "",
            0,
            "");

    private final Map<String, Integer> words = new HashMap<>(4 * MOST_RECORDS);
    private final long[] usage = new long[BlockFormat.USAGE_FIELDS];
    private byte[] bytes = new byte[2 * USUAL_BYTES];
    private int at;
    /** Up to here whole records lie. */
    private int whole;

    private int records;
    private UsageRecord before = NOTHING;
    private byte[] idBefore = new byte[Words.LONGEST];
    private int idLength;
    private byte[] idBuffer = new byte[Words.LONGEST];
    private boolean broken;

    BlockWriter() {
        begin();
    }

    private void begin() {
        words.clear();
        if (bytes.length > 2 * USUAL_BYTES) { // somebody's record was very long
            bytes = new byte[2 * USUAL_BYTES];
        }
        bytes[0] = BlockFormat.NUMBER;
        at = 1;
        whole = 1;
        records = 0;
        before = NOTHING;
        idLength = 0;
        broken = false;
    }

    /** Whether no further record may be added before {@link #end()}. */
    boolean full() {
        return records >= MOST_RECORDS || whole >= USUAL_BYTES || broken;
    }

    /** Whether there is no record in the block. */
    boolean isEmpty() {
        return records == 0;
    }

    /**
     * Adds a record; how many bytes it takes.
     *
     * @throws IllegalArgumentException when it is too long for any block; those before it are not harmed
     */
    int add(UsageRecord record) {
        boolean done = false;
        try {
            put(record);
            if (at > Block.LONGEST) {
                throw new IllegalArgumentException("its record would take " + at
                        + " bytes, and the journal has room for " + Block.LONGEST + ": it has too many groups or tags");
            }
            done = true;
        } finally {
            if (!done) {
                giveUp();
            }
        }
        int taken = at - whole;
        whole = at;
        records++;
        before = record;
        return taken;
    }

    /** The words that half a record has left in the table are in no block: this one has to end with the record before. */
    private void giveUp() {
        if (records == 0) {
            begin();
        } else {
            broken = true;
        }
    }

    /** Ends the block, which has some records, and begins the next. */
    Block end() {
        Block block = new Block(Arrays.copyOf(bytes, whole), records);
        begin();
        return block;
    }

    private void put(UsageRecord record) {
        int changed = texts(record, before) | others(record, before);
        number(changed);
        for (int left = changed; left != 0; left &= left - 1) {
            column(Integer.numberOfTrailingZeros(left), record);
        }
        id(record.id());
        signed(record.startedMillis() - before.startedMillis());
        signed(record.endedMillis() - record.startedMillis() - Math.max(0, record.durationMicros()) / 1_000);
        number(record.bytesIn());
        number(record.bytesOut());
        number(record.firstByteMicros() + 1);
        number(record.durationMicros() + 1);
        number(record.overheadMicros() + 1);
        usage(record.usage());
        signed(record.cost());
    }

    private static int texts(UsageRecord now, UsageRecord before) {
        return bit(BlockFormat.USER, now.user().equals(before.user()))
                | bit(BlockFormat.KEY, now.key().equals(before.key()))
                | bit(BlockFormat.CLIENT, now.client().equals(before.client()))
                | bit(BlockFormat.MODEL_ASKED, now.modelAsked().equals(before.modelAsked()))
                | bit(BlockFormat.MODEL_ANSWERED, now.modelAnswered().equals(before.modelAnswered()))
                | bit(BlockFormat.GROUPS, now.groups().equals(before.groups()))
                | bit(BlockFormat.CHANNEL, now.channel().equals(before.channel()))
                | bit(BlockFormat.TAGS, now.tags().equals(before.tags()))
                | bit(BlockFormat.CREDENTIAL, now.credential().equals(before.credential()))
                | bit(BlockFormat.DIALECT, now.dialect().equals(before.dialect()))
                | bit(BlockFormat.OPERATION, now.operation().equals(before.operation()))
                | bit(BlockFormat.TEMPLATE, now.template().equals(before.template()));
    }

    private static int others(UsageRecord now, UsageRecord before) {
        return bit(BlockFormat.METHOD, now.method().equals(before.method()))
                | bit(BlockFormat.STATUS, now.status() == before.status())
                | bit(BlockFormat.ENDING, now.ending().equals(before.ending()))
                | bit(BlockFormat.FAILURE, now.failure().equals(before.failure()))
                | bit(BlockFormat.FLAGS, flags(now) == flags(before))
                | bit(BlockFormat.CURRENCY, now.currency().equals(before.currency()))
                | bit(BlockFormat.ATTEMPTS, now.attempts() == before.attempts())
                | bit(BlockFormat.CONFIG_VERSION, now.configVersion() == before.configVersion())
                | bit(BlockFormat.WORK, now.work().equals(before.work()));
    }

    private static int bit(int column, boolean same) {
        return same ? 0 : 1 << column;
    }

    private void column(int column, UsageRecord of) {
        switch (column) {
            case BlockFormat.USER -> word(of.user());
            case BlockFormat.KEY -> word(of.key());
            case BlockFormat.CLIENT -> word(of.client());
            case BlockFormat.MODEL_ASKED -> word(of.modelAsked());
            case BlockFormat.MODEL_ANSWERED -> word(of.modelAnswered());
            case BlockFormat.GROUPS -> {
                number(of.groups().size());
                of.groups().forEach(this::word);
            }
            case BlockFormat.CHANNEL -> word(of.channel());
            case BlockFormat.TAGS -> {
                number(of.tags().size());
                of.tags().forEach((name, value) -> {
                    word(name);
                    word(value);
                });
            }
            case BlockFormat.CREDENTIAL -> word(of.credential());
            case BlockFormat.DIALECT -> word(of.dialect());
            case BlockFormat.OPERATION -> word(of.operation());
            case BlockFormat.TEMPLATE -> word(of.template());
            case BlockFormat.METHOD -> word(of.method());
            case BlockFormat.STATUS -> number(of.status());
            case BlockFormat.ENDING -> word(of.ending());
            case BlockFormat.FAILURE -> word(of.failure());
            case BlockFormat.FLAGS -> number(flags(of));
            case BlockFormat.CURRENCY -> word(of.currency());
            case BlockFormat.ATTEMPTS -> number(of.attempts());
            case BlockFormat.CONFIG_VERSION -> number(of.configVersion());
            case BlockFormat.WORK -> word(of.work());
            default -> throw new IllegalStateException("column " + column);
        }
    }

    private static int flags(UsageRecord of) {
        int source =
                switch (of.source()) {
                    case PROVIDER -> 0;
                    case ESTIMATED -> 1;
                    case NONE -> 2;
                };
        return (of.webSocket() ? BlockFormat.WEB_SOCKET : 0)
                | (of.priced() ? BlockFormat.PRICED : 0)
                | source << BlockFormat.SOURCE_SHIFT;
    }

    /** The place of a word in the table; where that is its end, the word itself follows. */
    private void word(String text) {
        Integer known = words.get(text);
        if (known != null) {
            number(known);
            return;
        }
        number(words.size());
        words.put(text, words.size());
        byte[] utf8 = Words.clean(text).getBytes(StandardCharsets.UTF_8);
        number(utf8.length);
        raw(utf8, 0, utf8.length);
    }

    /** What it has in common with the id before, and the rest. */
    private void id(String id) {
        int length = ascii(id);
        if (length < 0) {
            idBuffer = Words.clean(id).getBytes(StandardCharsets.UTF_8);
            length = idBuffer.length;
        }
        int differs = Arrays.mismatch(idBefore, 0, idLength, idBuffer, 0, length);
        int common = differs < 0 ? length : differs;
        number(common);
        number(length - common);
        raw(idBuffer, common, length - common);
        byte[] free = idBefore;
        idBefore = idBuffer;
        idBuffer = free;
        idLength = length;
    }

    /** Puts an id of plain letters into the buffer; its length, or -1 when it is none. */
    private int ascii(String id) {
        int length = id.length();
        if (length > Words.LONGEST) {
            return -1;
        }
        if (idBuffer.length < length) {
            idBuffer = new byte[Words.LONGEST];
        }
        for (int i = 0; i < length; i++) {
            char c = id.charAt(i);
            if (c < ' ' || c > '~') {
                return -1;
            }
            idBuffer[i] = (byte) c;
        }
        return length;
    }

    /** Which numbers are not zero, and these. A number's place is for ever: new ones come behind. */
    private void usage(Usage of) {
        usage[0] = of.inputTokens();
        usage[1] = of.outputTokens();
        usage[2] = of.cachedInputTokens();
        usage[3] = of.cacheWriteTokens();
        usage[4] = of.reasoningTokens();
        usage[5] = of.audioInputTokens();
        usage[6] = of.audioOutputTokens();
        usage[7] = of.imageInputTokens();
        usage[8] = of.characters();
        usage[9] = of.seconds();
        usage[10] = of.images();
        usage[11] = of.cacheWriteHourTokens();
        usage[12] = of.cachedAudioInputTokens();
        usage[13] = of.cachedImageInputTokens();
        int used = 0;
        for (int i = 0; i < usage.length; i++) {
            used |= usage[i] == 0 ? 0 : 1 << i;
        }
        number(used);
        for (int left = used; left != 0; left &= left - 1) {
            number(usage[Integer.numberOfTrailingZeros(left)]);
        }
    }

    /** A number that may be below zero; small ones of either sign are short. */
    private void signed(long value) {
        number(value << 1 ^ value >> (Long.SIZE - 1));
    }

    /** A number as if it had no sign: what is below zero is long. */
    private void number(long value) {
        if (bytes.length - at < LONGEST_NUMBER) {
            room(LONGEST_NUMBER);
        }
        long left = value;
        while ((left & ~BlockFormat.DIGIT) != 0) {
            bytes[at++] = (byte) ((left & BlockFormat.DIGIT) | BlockFormat.MORE);
            left >>>= BlockFormat.DIGIT_BITS;
        }
        if (left == Block.MARK) { // the same number with a zero before its highest digit is none
            bytes[at++] = (byte) (left | BlockFormat.MORE);
            left = 0;
        }
        bytes[at++] = (byte) left;
    }

    private void raw(byte[] from, int begin, int length) {
        room(length);
        System.arraycopy(from, begin, bytes, at, length);
        at += length;
    }

    private void room(int more) {
        if (bytes.length - at < more) {
            bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, at + more));
        }
    }
}
