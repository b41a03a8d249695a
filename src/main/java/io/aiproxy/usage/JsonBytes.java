package io.aiproxy.usage;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A JSON object on one line as it is written, UTF-8. Every call has one written for it, and these values are simple: texts of
 * plain letters go through as they are, all others as Jackson escapes them. One thread.
 */
final class JsonBytes {
    private static final int DIGITS = 20;

    private byte[] bytes;
    private int length;

    /** @param size bytes that are usually enough */
    JsonBytes(int size) {
        bytes = new byte[size];
    }

    /** The name of a field as it stands in front of its value. */
    static byte[] name(String field) {
        return ('"' + field + "\":").getBytes(StandardCharsets.US_ASCII);
    }

    /** Forgets what was written, so that another object can be written with the same memory. */
    JsonBytes again() {
        length = 0;
        return this;
    }

    /** Begins the object. */
    JsonBytes begin() {
        put('{');
        return this;
    }

    /** Ends it. */
    JsonBytes end() {
        put('}');
        return this;
    }

    JsonBytes beginList() {
        put('[');
        return this;
    }

    JsonBytes endList() {
        put(']');
        return this;
    }

    /** A field's name; its value has to follow. */
    JsonBytes field(byte[] name) {
        comma();
        room(name.length);
        System.arraycopy(name, 0, bytes, length, name.length);
        length += name.length;
        return this;
    }

    /** As above, with any name. */
    JsonBytes field(String name) {
        text(name);
        put(':');
        return this;
    }

    /** A comma, where something stands before. */
    private void comma() {
        byte last = bytes[length - 1];
        if (last != '{' && last != '[' && last != ':') {
            put(',');
        }
    }

    /**
     * A text.
     *
     * @throws IllegalArgumentException when it is no Unicode (half a surrogate pair)
     */
    JsonBytes text(String value) {
        comma();
        int chars = value.length();
        room(chars + 2);
        bytes[length] = '"';
        int to = length + 1;
        for (int i = 0; i < chars; i++) {
            char c = value.charAt(i);
            if (c < ' ' || c > '~' || c == '"' || c == '\\') {
                escaped(value);
                return this;
            }
            bytes[to++] = (byte) c;
        }
        bytes[to] = '"';
        length = to + 1;
        return this;
    }

    private void escaped(String value) {
        byte[] quoted = JsonStringEncoder.getInstance().quoteAsUTF8(value);
        put('"');
        room(quoted.length);
        System.arraycopy(quoted, 0, bytes, length, quoted.length);
        length += quoted.length;
        put('"');
    }

    JsonBytes flag(boolean value) {
        return plain(value ? "true" : "false");
    }

    JsonBytes number(long value) {
        if (value < 0) {
            return plain(Long.toString(value));
        }
        int digits = digits(value);
        room(digits);
        digits(length + digits, digits, value);
        length += digits;
        return this;
    }

    private static int digits(long value) {
        int digits = 1;
        for (long rest = value / 10; rest > 0; rest /= 10) {
            digits++;
        }
        return digits;
    }

    /** Puts the last digits of a number in front of {@code end}. */
    private void digits(int end, int count, long value) {
        long left = value;
        for (int i = end - 1; i >= end - count; i--) {
            bytes[i] = (byte) ('0' + left % 10);
            left /= 10;
        }
    }

    /** A decimal number counted in its parts: 1500 with three digits is {@code 1.500}. */
    JsonBytes decimal(long value, int digits) {
        if (value < 0 || digits == 0) {
            return digits == 0 ? number(value) : plain(Decimals.text(value, digits));
        }
        long unit = 1;
        for (int i = 0; i < digits; i++) {
            unit *= 10;
        }
        number(value / unit);
        room(digits + 1);
        bytes[length++] = '.';
        length += digits;
        digits(length, digits, value % unit);
        return this;
    }

    /** As above without zeros at its end. */
    JsonBytes stripped(long value, int digits) {
        long left = value;
        int behind = digits;
        while (behind > 0 && left % 10 == 0) {
            left /= 10;
            behind--;
        }
        return decimal(left, behind);
    }

    /** A time of day. */
    JsonBytes time(long millis) {
        put('"');
        room(Moments.LENGTH);
        if (Moments.put(millis, bytes, length)) {
            length += Moments.LENGTH;
        } else {
            plain(Moments.text(millis));
        }
        put('"');
        return this;
    }

    private JsonBytes plain(String ascii) {
        room(Math.max(ascii.length(), DIGITS));
        for (int i = 0; i < ascii.length(); i++) {
            bytes[length++] = (byte) ascii.charAt(i);
        }
        return this;
    }

    private void put(char ascii) {
        room(1);
        bytes[length++] = (byte) ascii;
    }

    private void room(int more) {
        if (bytes.length - length < more) {
            bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, length + more));
        }
    }

    /** What was written. */
    byte[] bytes() {
        return Arrays.copyOf(bytes, length);
    }
}
