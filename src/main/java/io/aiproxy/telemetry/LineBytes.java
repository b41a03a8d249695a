package io.aiproxy.telemetry;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Bytes of log lines in a row and the few ways to append to them. Nothing is checked against the end of the array:
 * whoever begins a line makes sure beforehand, with {@link LineBound}, that the longest possible line fits.
 *
 * <p>Text is written as UTF-8. Whatever could end a line, end a field, move a terminal's cursor or turn the reading
 * direction is escaped, so that a caller cannot forge a line; half of a surrogate pair becomes U+FFFD.
 */
final class LineBytes {
    /** Bytes that one char of text takes at most: an escaped one, for example a backslash, u and four digits. */
    static final int WORST_PER_CHAR = 6;

    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] ELLIPSIS = "…".getBytes(StandardCharsets.UTF_8);

    private static final byte[] SAFE = safeAscii();
    private static final byte JSON_SAFE = 1;
    private static final byte QUOTED_SAFE = 2;
    private static final byte TOKEN_SAFE = 4;

    private final byte[] bytes;
    private int at;
    private final LineTime time = new LineTime();

    LineBytes(int capacity) {
        this.bytes = new byte[capacity];
    }

    private static byte[] safeAscii() {
        byte[] safe = new byte[128];
        for (int c = 0x20; c < 0x7f; c++) {
            if (c == '"' || c == '\\') {
                continue;
            }
            safe[c] = (byte) (JSON_SAFE | QUOTED_SAFE | (c == ' ' ? 0 : TOKEN_SAFE));
        }
        return safe;
    }

    int size() {
        return at;
    }

    int room() {
        return bytes.length - at;
    }

    /** Forgets everything behind the first {@code size} bytes. */
    void cut(int size) {
        at = size;
    }

    /** The bytes written so far, not copied. */
    ByteBuffer view() {
        return ByteBuffer.wrap(bytes, 0, at);
    }

    void put(char ascii) {
        bytes[at++] = (byte) ascii;
    }

    void put(byte[] ascii) {
        System.arraycopy(ascii, 0, bytes, at, ascii.length);
        at += ascii.length;
    }

    /** A number of at least zero. */
    void number(long value) {
        long rest = Math.max(0, value);
        int digits = digits(rest);
        for (int i = at + digits - 1; i >= at; i--) {
            bytes[i] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        at += digits;
    }

    private static int digits(long value) {
        int digits = 1;
        for (long rest = value; rest >= 10; rest /= 10) {
            digits++;
        }
        return digits;
    }

    /** Nanoseconds as milliseconds with three decimals. */
    void millis(long nanos) {
        long micros = Math.max(0, nanos) / 1000;
        number(micros / 1000);
        int rest = (int) (micros % 1000);
        bytes[at++] = '.';
        bytes[at++] = (byte) ('0' + rest / 100);
        bytes[at++] = (byte) ('0' + rest / 10 % 10);
        bytes[at++] = (byte) ('0' + rest % 10);
    }

    /** ISO-8601 in UTC with milliseconds, e.g. {@code 2026-11-21T01:30:00.123Z}. */
    void isoTime(long epochMillis) {
        at = time.iso(epochMillis, bytes, at);
    }

    /** The time as web servers write it, e.g. {@code 21/Nov/2026:01:30:00 +0000}. */
    void commonLogTime(long epochMillis) {
        at = time.commonLog(epochMillis, bytes, at);
    }

    /** The inside of a JSON string: at most {@code max} chars of {@code text}, then an ellipsis. */
    void json(String text, int max) {
        text(text, max, JSON_SAFE);
    }

    /** The inside of a quoted field of a plain line. */
    void quoted(String text, int max) {
        text(text, max, QUOTED_SAFE);
    }

    /** A field of a plain line that stands without quotes: spaces are escaped too. */
    void token(String text, int max) {
        text(text, max, TOKEN_SAFE);
    }

    private void text(String text, int max, byte safety) {
        int length = Math.min(text.length(), max);
        byte[] to = bytes;
        int position = at;
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            if (c < 128 && (SAFE[c] & safety) != 0) {
                to[position++] = (byte) c;
                continue;
            }
            at = position;
            i += rare(text, i, safety);
            position = at;
        }
        at = position;
        if (length < text.length()) {
            put(ELLIPSIS);
        }
    }

    /** Writes the char at {@code i}, which is not plain ASCII, and returns how many more chars that took. */
    private int rare(String text, int i, byte safety) {
        char c = text.charAt(i);
        if (c < 128) {
            escapeAscii(c, safety);
        } else if (Character.isSurrogate(c)) {
            if (Character.isHighSurrogate(c) && i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))) {
                fourBytes(Character.toCodePoint(c, text.charAt(i + 1)));
                return 1;
            }
            threeBytes('\ufffd');
        } else if (misleading(c)) {
            escapeUnicode(c);
        } else if (c < 0x800) {
            put((char) (0xc0 | (c >> 6)));
            put((char) (0x80 | (c & 0x3f)));
        } else {
            threeBytes(c);
        }
        return 0;
    }

    /** C1 controls, line and paragraph separators, what turns the reading direction, the byte order mark. */
    private static boolean misleading(char c) {
        return c < 0xa0
                || (c >= 0x200e && c <= 0x200f)
                || (c >= 0x2028 && c <= 0x202e)
                || (c >= 0x2066 && c <= 0x2069)
                || c == 0xfeff;
    }

    private void escapeAscii(char c, byte safety) {
        if (safety != JSON_SAFE) {
            put('\\');
            put('x');
        } else if (c == '"' || c == '\\') {
            put('\\');
            put(c);
            return;
        } else {
            put('\\');
            put('u');
            put('0');
            put('0');
        }
        bytes[at++] = HEX[c >> 4];
        bytes[at++] = HEX[c & 15];
    }

    private void escapeUnicode(char c) {
        put('\\');
        put('u');
        for (int shift = 12; shift >= 0; shift -= 4) {
            bytes[at++] = HEX[(c >> shift) & 15];
        }
    }

    private void threeBytes(char c) {
        put((char) (0xe0 | (c >> 12)));
        put((char) (0x80 | ((c >> 6) & 0x3f)));
        put((char) (0x80 | (c & 0x3f)));
    }

    private void fourBytes(int c) {
        put((char) (0xf0 | (c >> 18)));
        put((char) (0x80 | ((c >> 12) & 0x3f)));
        put((char) (0x80 | ((c >> 6) & 0x3f)));
        put((char) (0x80 | (c & 0x3f)));
    }
}
