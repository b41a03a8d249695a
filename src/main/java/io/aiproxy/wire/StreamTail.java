package io.aiproxy.wire;

import io.netty.buffer.ByteBuf;

/** The last four bytes of what has passed. */
final class StreamTail {
    private int last;

    void remember(ByteBuf bytes) {
        int end = bytes.writerIndex();
        for (int i = Math.max(bytes.readerIndex(), end - 4); i < end; i++) {
            last = (last << 8) | (bytes.getByte(i) & 0xff);
        }
    }

    byte[] bytes() {
        return new byte[] {(byte) (last >> 24), (byte) (last >> 16), (byte) (last >> 8), (byte) last};
    }
}
