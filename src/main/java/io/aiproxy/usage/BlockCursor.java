package io.aiproxy.usage;

import java.io.IOException;

/** Reads a block from its beginning to its end, and nothing behind, whatever is in it. One thread. */
final class BlockCursor {
    private final byte[] bytes;
    private int at;

    BlockCursor(byte[] bytes, int from) {
        this.bytes = bytes;
        this.at = from;
    }

    /** All that is read or not read yet. */
    byte[] bytes() {
        return bytes;
    }

    /** Whether nothing is left. */
    boolean isAtEnd() {
        return at == bytes.length;
    }

    /** A number as if it had no sign. */
    long number() throws IOException {
        long value = 0;
        for (int shift = 0; shift < Long.SIZE; shift += BlockFormat.DIGIT_BITS) {
            if (at >= bytes.length) {
                throw early();
            }
            byte next = bytes[at++];
            value |= (long) (next & BlockFormat.DIGIT) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw new IOException("it has a number that is too long");
    }

    /** A number that may be below zero. */
    long signed() throws IOException {
        long value = number();
        return value >>> 1 ^ -(value & 1);
    }

    /** A number that is no larger than this. */
    int upTo(int most, String what) throws IOException {
        return upTo(most, number(), what);
    }

    private static int upTo(int most, long value, String what) throws IOException {
        if (value < 0 || value > most) {
            throw new IOException(
                    "its " + what + " is " + Long.toUnsignedString(value) + ", and cannot be more than " + most);
        }
        return (int) value;
    }

    /** An int that was written as {@link #number()}. */
    int small(String what) throws IOException {
        long value = number();
        if (value != (int) value) {
            throw new IOException("its " + what + " is too large");
        }
        return (int) value;
    }

    /** How many things follow, each of which takes at least so many bytes. */
    int count(int bytesEach, String what) throws IOException {
        long count = number();
        return upTo((bytes.length - at) / bytesEach, count, what);
    }

    /** Goes over so many bytes, which are there; where they begin. */
    int skip(int length) throws IOException {
        if (length > bytes.length - at) {
            throw early();
        }
        int from = at;
        at += length;
        return from;
    }

    private static IOException early() {
        return new IOException("it ends early");
    }
}
