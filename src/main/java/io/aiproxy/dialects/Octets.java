package io.aiproxy.dialects;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Looks at eight bytes at a time: most of an answer is text that nobody has to understand. */
final class Octets {
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());
    private static final long ONES = 0x0101010101010101L;
    private static final long HIGHS = 0x8080808080808080L;
    private static final long QUOTES = ONES * '"';
    private static final long ESCAPES = ONES * '\\';

    private Octets() {}

    /** Where a JSON string ends or has an escape; {@code to} if it goes on. */
    static int endOfText(byte[] bytes, int from, int to) {
        int i = from;
        while (i <= to - Long.BYTES) {
            long eight = (long) LONGS.get(bytes, i);
            if (((zeros(eight ^ QUOTES) | zeros(eight ^ ESCAPES)) & HIGHS) != 0) {
                break;
            }
            i += Long.BYTES;
        }
        while (i < to && bytes[i] != '"' && bytes[i] != '\\') {
            i++;
        }
        return i;
    }

    /** The highest bit of each byte is set if it is zero, and perhaps of one behind such a byte. */
    private static long zeros(long eight) {
        return (eight - ONES) & ~eight;
    }

    /** How many units of UTF-16 these bytes of UTF-8 make, wherever they are cut. */
    static int units(byte[] bytes, int from, int to) {
        int units = 0;
        int i = from;
        while (i <= to - Long.BYTES && ((long) LONGS.get(bytes, i) & HIGHS) == 0) {
            i += Long.BYTES;
            units += Long.BYTES;
        }
        for (; i < to; i++) {
            // all but the first byte of a character begin with the bits 10; four bytes make two units
            units += (bytes[i] & 0xc0) == 0x80 ? 0 : (bytes[i] & 0xf8) == 0xf0 ? 2 : 1;
        }
        return units;
    }
}
