package io.aiproxy.dialects;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The text that an answer has brought so far: its beginning, and the length of all of it. */
final class DeliveredText {
    /** In bytes of UTF-8: enough to know how many tokens a character is worth. */
    private static final int MOST = 64 * 1024;

    private byte[] kept = {};
    private int length;
    private long units;

    private int lengthBefore;
    private long unitsBefore;
    private boolean cut;
    private boolean apart;
    private boolean whole;

    /** A piece, in UTF-8, cut anywhere. */
    void add(byte[] bytes, int from, int to) {
        units += Octets.units(bytes, from, to);
        int more = Math.min(to - from, MOST - length);
        if (more < to - from) {
            cut = true;
        }
        if (length + more > kept.length) {
            kept = Arrays.copyOf(kept, Math.min(MOST, Math.max(Math.max(256, length + more), kept.length * 2)));
        }
        System.arraycopy(bytes, from, kept, length, more);
        length += more;
    }

    /** An event begins; {@link #back} leads here. */
    void mark() {
        lengthBefore = length;
        unitsBefore = units;
        cut = false;
    }

    /** What came since the mark was no text. */
    void back() {
        length = lengthBefore;
        units = unitsBefore;
    }

    /**
     * The event has ended, and it may have repeated all that was before (DashScope without {@code incremental_output}): then
     * it takes its place. Which of the two it is shows in the first event that has something before it, for all of them.
     */
    void mayRepeat() {
        if (apart || unitsBefore == 0 || units == unitsBefore) {
            return;
        }
        if (!whole) {
            whole = length - lengthBefore >= lengthBefore
                    && Arrays.equals(kept, lengthBefore, 2 * lengthBefore, kept, 0, lengthBefore);
            apart = !whole;
        }
        if (whole) {
            replace();
        }
    }

    private void replace() {
        units -= unitsBefore;
        if (cut) {
            length = lengthBefore; // there was no room for all of it; what is there is its beginning
        } else {
            System.arraycopy(kept, lengthBefore, kept, 0, length - lengthBefore);
            length -= lengthBefore;
        }
    }

    /** Nobody needs it any more. */
    void drop() {
        kept = new byte[0];
        length = 0;
        units = 0;
        mark();
    }

    long units() {
        return units;
    }

    /** The beginning, without a half character at its end. */
    String text() {
        int end = length;
        while (end > 0 && length - end < 4 && (kept[end - 1] & 0xc0) == 0x80) {
            end--;
        }
        boolean starts = end > 0 && (kept[end - 1] & 0xc0) == 0xc0;
        boolean complete = !starts || length - end == trailing(kept[end - 1]);
        return new String(kept, 0, complete ? length : end - 1, StandardCharsets.UTF_8);
    }

    private static int trailing(byte first) {
        return (first & 0xf8) == 0xf0 ? 3 : (first & 0xf0) == 0xe0 ? 2 : 1;
    }
}
