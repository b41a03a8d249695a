package io.aiproxy.wire.frames;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/**
 * Puts the messages of one direction together for somebody who reads along: unmasked, uncompressed (RFC 7692), text and
 * what looks like JSON in binary. Messages beyond {@link #LARGEST} are left out.
 *
 * <p>A message that came whole in one piece, which is the usual case, is copied only if it contains the marker.
 */
public final class MessageReader implements FrameReader, AutoCloseable {
    /** Larger messages are media and not reports. */
    static final int LARGEST = 1 << 20;
    /** A message that unpacks to more than this is an attack or a mistake: nothing is read along any more. */
    private static final long BOMB = 16L << 20;

    private static final int PIECE = 8 * 1024;
    private static final int FIRST_SIZE = 1024;
    private static final byte[] TAIL = {0, 0, (byte) 0xff, (byte) 0xff};

    private final BooleanSupplier wanted;
    private final Supplier<byte[]> markers;
    private final Consumer<byte[]> reader;

    private byte[] marker = {};
    private boolean compressed;
    private boolean interesting;
    private boolean binary;
    private boolean fin;
    private boolean first;
    private long frameLength;
    private byte[] bytes = {};
    private int size;
    private @Nullable Inflater inflater;
    private long unpacked;
    private boolean over;

    /**
     * @param wanted whether anything more is of interest; once it is not, it never is again
     * @param markers asked before each message: only if it contains this is it of interest; empty: in any case
     * @param reader takes whole messages
     */
    public MessageReader(BooleanSupplier wanted, Supplier<byte[]> markers, Consumer<byte[]> reader) {
        this.wanted = wanted;
        this.markers = markers;
        this.reader = reader;
    }

    @Override
    public void begin(int opcode, boolean last, boolean rsv1, long length) {
        if (!over && opcode != FrameScanner.CONTINUATION && !wanted.getAsBoolean()) {
            close();
        }
        if (over) {
            return;
        }
        fin = last;
        frameLength = length;
        first = opcode != FrameScanner.CONTINUATION;
        if (first) {
            marker = markers.get();
            size = 0;
            unpacked = 0;
            compressed = rsv1;
            binary = opcode == FrameScanner.BINARY;
            interesting = opcode == FrameScanner.TEXT || binary;
        }
    }

    @Override
    public void data(ByteBuf in, int at, int length, int mask, long offset) {
        if (over) {
            return;
        }
        if (compressed) {
            inflate(copy(in, at, length, mask, offset), length);
            return;
        }
        if (!interesting) {
            return;
        }
        if (first && offset == 0 && binary && ((in.getByte(at) ^ mask >> 24) & 0xff) != '{') {
            interesting = false;
        } else if (first && fin && length == frameLength && mask == 0 && !contains(in, at, length)) {
            interesting = false;
        } else {
            append(copy(in, at, length, mask, offset), length);
        }
    }

    private boolean contains(ByteBuf in, int at, int length) {
        int end = at + length - marker.length + 1;
        int found = marker.length == 0 ? -1 : in.indexOf(at, Math.max(at, end), marker[0]);
        while (found >= 0) {
            int i = 1;
            while (i < marker.length && in.getByte(found + i) == marker[i]) {
                i++;
            }
            if (i == marker.length) {
                return true;
            }
            found = in.indexOf(found + 1, Math.max(found + 1, end), marker[0]);
        }
        return marker.length == 0;
    }

    private static byte[] copy(ByteBuf in, int at, int length, int mask, long offset) {
        byte[] copy = new byte[length];
        in.getBytes(at, copy);
        if (mask != 0) {
            for (int i = 0; i < length; i++) {
                copy[i] ^= (byte) (mask >> (24 - 8 * (int) ((offset + i) & 3)));
            }
        }
        return copy;
    }

    private void append(byte[] more, int length) {
        if (!interesting) {
            return;
        }
        if (binary && size == 0 && length > 0 && more[0] != '{') {
            interesting = false;
            return;
        }
        if (length > LARGEST - size) {
            interesting = false;
            bytes = new byte[0];
            return;
        }
        if (bytes.length - size < length) {
            bytes = Arrays.copyOf(bytes, Math.max(FIRST_SIZE, Math.max(size + length, Math.min(LARGEST, 2 * size))));
        }
        System.arraycopy(more, 0, bytes, size, length);
        size += length;
    }

    /** Every compressed message has to be unpacked, wanted or not: the next one may refer back to it. */
    private void inflate(byte[] packed, int length) {
        Inflater with = inflater;
        if (with == null) {
            with = new Inflater(true);
            inflater = with;
        }
        with.setInput(packed, 0, length);
        byte[] piece = new byte[PIECE];
        try {
            int n = with.inflate(piece);
            while (n > 0) {
                unpacked += n;
                if (unpacked > BOMB) {
                    close();
                    return;
                }
                append(piece, n);
                n = with.inflate(piece);
            }
            if (with.finished()) {
                with.reset(); // a final block: legal, and the next message begins afresh
            }
        } catch (DataFormatException e) {
            close(); // not what it was agreed to be; the two ends will notice
        }
    }

    @Override
    public void end() {
        if (over || !fin) {
            return;
        }
        if (compressed) {
            inflate(TAIL, TAIL.length);
        }
        if (!over && interesting && size > 0) {
            byte[] message = Arrays.copyOf(bytes, size);
            if (indexOf(message) >= 0) {
                reader.accept(message);
            }
        }
        if (bytes.length > PIECE) {
            bytes = new byte[0]; // an idle socket holds no more than a little
        }
        interesting = false;
        size = 0;
    }

    private int indexOf(byte[] message) {
        for (int i = 0; i <= message.length - marker.length; i++) {
            int j = 0;
            while (j < marker.length && message[i + j] == marker[j]) {
                j++;
            }
            if (j == marker.length) {
                return i;
            }
        }
        return -1;
    }

    /** Nothing more is read; lets go of memory outside the heap. */
    @Override
    public void close() {
        over = true;
        bytes = new byte[0];
        Inflater with = inflater;
        inflater = null;
        if (with != null) {
            with.end();
        }
    }
}
