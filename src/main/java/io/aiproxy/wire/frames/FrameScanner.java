package io.aiproxy.wire.frames;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Follows the frames of one direction of a WebSocket (RFC 6455, 5.2) through whatever pieces the bytes arrive in, and says
 * which bytes may pass: a frame that is not allowed is stopped before its first byte. Only what is needed to find the next
 * frame is required of a frame; what reserved bits and opcodes mean is left to the two ends, which may have agreed on an
 * extension. Nothing passes after a Close frame. After a frame that is too large, and after {@link #stop}, nothing passes
 * either, but frames are followed further, because the peer's Close frame is still to come.
 *
 * <p>Confined to one thread.
 */
public final class FrameScanner {
    /** Opcodes of RFC 6455, 5.2. */
    public static final int CONTINUATION = 0;

    public static final int TEXT = 1;
    public static final int BINARY = 2;
    public static final int CLOSE = 8;

    private static final int LONGEST_HEADER = 14;
    private static final int LONGEST_CONTROL = 125;

    private final boolean masked;
    private final long maxFrame;
    private final long maxMessage;
    private final byte[] header = new byte[LONGEST_HEADER];
    private @Nullable FrameReader reader;
    private int have;
    private int opcode;
    private int mask;
    private long length;
    private long remaining;
    private long message;
    private long frames;
    private final byte[] closing = new byte[LONGEST_CONTROL];
    private boolean closed;
    private boolean stopping;
    private boolean stopped;
    private @Nullable CloseCause violation;

    /**
     * @param masked whether frames must be masked, as a client's must, or must not, as a server's
     * @param maxFrame largest payload of a frame; 0: any
     * @param maxMessage largest payload of a message; 0: any
     */
    public FrameScanner(boolean masked, long maxFrame, long maxMessage) {
        this.masked = masked;
        this.maxFrame = maxFrame;
        this.maxMessage = maxMessage;
    }

    /** Shows the data frames to {@code along}. */
    public void readAlong(FrameReader along) {
        reader = along;
    }

    /** Lets nothing pass any more: from now on, or behind the frame of which a part has passed already. */
    public void stop() {
        stopping = true;
        stopped |= remaining == 0;
    }

    /**
     * Looks at bytes that have arrived. Takes them over, and gives those that may pass, which are somebody else's then: the
     * same buffer wherever possible. Null when none may pass yet (the beginning of a header is held back until it is whole)
     * or none at all ({@link #violation}, {@link #stop}, {@link #closed}).
     */
    public @Nullable ByteBuf pass(ByteBuf in) {
        int start = in.readerIndex();
        byte[] held = have == 0 ? null : Arrays.copyOf(header, have);
        int good = scan(in);
        if (good == start) {
            in.release();
            return null;
        }
        if (held == null) {
            return in.writerIndex(good);
        }
        ByteBuf whole = in.alloc().buffer(held.length + good - start);
        whole.writeBytes(held).writeBytes(in, start, good - start);
        in.release();
        return whole;
    }

    /** Index behind the last byte that may pass. */
    private int scan(ByteBuf in) {
        int at = in.readerIndex();
        int end = in.writerIndex();
        int good = at;
        while (at < end && violation != CloseCause.PROTOCOL_ERROR && !closed) {
            if (remaining > 0) {
                int n = (int) Math.min(remaining, end - at);
                boolean passes = passes();
                payload(in, at, n);
                at += n;
                good = passes ? at : good;
                continue;
            }
            int n = Math.min(headerLength() - have, end - at);
            in.getBytes(at, header, have, n);
            have += n;
            at += n;
            if (have == headerLength() && begin()) {
                good = at;
            }
        }
        return good;
    }

    /** Length of the header as far as it can be told from what is there. */
    private int headerLength() {
        if (have < 2) {
            return 2;
        }
        int size = header[1] & 0x7f;
        return 2 + (size == 126 ? 2 : size == 127 ? 8 : 0) + (header[1] < 0 ? 4 : 0);
    }

    /** The header is whole; says whether its frame may pass. */
    private boolean begin() {
        boolean fin = header[0] < 0;
        boolean isMasked = header[1] < 0;
        opcode = header[0] & 0x0f;
        length = length();
        mask = isMasked ? number(headerLength() - 4, 4) : 0;
        CloseCause problem = judge(fin, isMasked);
        if (problem != null) {
            violation = problem;
            reader = null;
            if (problem == CloseCause.PROTOCOL_ERROR) {
                return false;
            }
        }
        have = 0;
        remaining = length;
        frames++;
        boolean passes = passes();
        FrameReader along = reader;
        if (along != null && passes && isData()) {
            along.begin(opcode, fin, (header[0] & 0x40) != 0, length);
        }
        if (remaining == 0) {
            frameEnd();
        }
        return passes;
    }

    private boolean passes() {
        return violation == null && !stopped;
    }

    private long length() {
        int size = header[1] & 0x7f;
        if (size < 126) {
            return size;
        }
        return size == 126
                ? number(2, 2)
                : ((long) number(2, 4) << 32) | (number(6, 4) & 0xffff_ffffL); // the highest bit must be 0
    }

    private int number(int at, int bytes) {
        int value = 0;
        for (int i = at; i < at + bytes; i++) {
            value = (value << 8) | (header[i] & 0xff);
        }
        return value;
    }

    private @Nullable CloseCause judge(boolean fin, boolean isMasked) {
        if (isMasked != masked || length < 0) {
            return CloseCause.PROTOCOL_ERROR;
        }
        if (!isData()) {
            return fin && length <= LONGEST_CONTROL ? null : CloseCause.PROTOCOL_ERROR;
        }
        if (maxFrame > 0 && length > maxFrame) {
            return CloseCause.FRAME_TOO_LARGE;
        }
        if (opcode != CONTINUATION) {
            message = 0;
        }
        if (maxMessage > 0 && length > maxMessage - message) {
            return CloseCause.MESSAGE_TOO_LARGE;
        }
        message += length;
        return null;
    }

    private boolean isData() {
        return (opcode & 0x08) == 0;
    }

    private void payload(ByteBuf in, int at, int n) {
        long offset = length - remaining;
        FrameReader along = reader;
        if (opcode == CLOSE) {
            in.getBytes(at, closing, (int) offset, n);
        } else if (along != null && passes() && isData()) {
            along.data(in, at, n, mask, offset);
        }
        remaining -= n;
        if (remaining == 0) {
            frameEnd();
        }
    }

    private void frameEnd() {
        FrameReader along = reader;
        if (opcode == CLOSE) {
            closed = true;
            for (int i = 0; i < length; i++) {
                closing[i] ^= (byte) (mask >> (24 - 8 * (i & 3)));
            }
        } else if (along != null && passes() && isData()) {
            along.end();
        }
        stopped = stopping;
    }

    /** Whether the last byte that passed was the last of a frame, so that another frame may follow it. */
    public boolean betweenFrames() {
        return remaining == 0 || !passes();
    }

    /** Frames begun so far, control frames among them. */
    public long frames() {
        return frames;
    }

    /** Why no more passes; null while all is well. */
    public @Nullable CloseCause violation() {
        return violation;
    }

    /** Whether a Close frame has come, so that none follows. */
    public boolean closed() {
        return closed;
    }

    /** The code of the Close frame; {@code without} if it had none. */
    public int closeCode(int without) {
        return length < 2 ? without : ((closing[0] & 0xff) << 8) | (closing[1] & 0xff);
    }
}
