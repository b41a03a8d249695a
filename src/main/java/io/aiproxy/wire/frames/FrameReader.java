package io.aiproxy.wire.frames;

import io.netty.buffer.ByteBuf;

/**
 * Somebody who reads data frames along while they pass. Called on the event loop, in order; must not change or keep the
 * buffers.
 */
public interface FrameReader {
    /**
     * A data frame begins.
     *
     * @param opcode {@link FrameScanner#CONTINUATION}, {@link FrameScanner#TEXT}, {@link FrameScanner#BINARY} or a reserved one
     * @param fin whether it is the last of its message
     * @param compressed the bit RSV1, which permessage-deflate sets in a message's first frame (RFC 7692, 6)
     * @param length bytes of payload
     */
    void begin(int opcode, boolean fin, boolean compressed, long length);

    /**
     * Some of the frame's payload.
     *
     * @param in holds it
     * @param at where in {@code in}
     * @param length how much; not all of the frame in most cases
     * @param mask the masking key; 0, which changes nothing, when the frame is not masked
     * @param offset how much of the frame's payload came before
     */
    void data(ByteBuf in, int at, int length, int mask, long offset);

    /** The frame is complete. */
    void end();
}
