package io.aiproxy.wire.frames;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;

/** Frames made by hand, as RFC 6455, 5.2 draws them. */
final class Frames {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final boolean masked;

    private Frames(boolean masked) {
        this.masked = masked;
    }

    static Frames fromCaller() {
        return new Frames(true);
    }

    static Frames fromChannel() {
        return new Frames(false);
    }

    Frames frame(int first, byte[] payload) {
        out.write(first);
        int bit = masked ? 0x80 : 0;
        if (payload.length < 126) {
            out.write(bit | payload.length);
        } else if (payload.length < 65_536) {
            out.write(bit | 126);
            out.write(payload.length >> 8);
            out.write(payload.length);
        } else {
            out.write(bit | 127);
            for (int shift = 56; shift >= 0; shift -= 8) {
                out.write((int) ((long) payload.length >> shift));
            }
        }
        byte[] key = {0x37, (byte) 0xfa, 0x21, 0x3d};
        if (masked) {
            out.writeBytes(key);
        }
        for (int i = 0; i < payload.length; i++) {
            out.write(masked ? payload[i] ^ key[i & 3] : payload[i]);
        }
        return this;
    }

    Frames raw(int... bytes) {
        for (int b : bytes) {
            out.write(b);
        }
        return this;
    }

    byte[] bytes() {
        return out.toByteArray();
    }

    ByteBuf buffer() {
        return Unpooled.wrappedBuffer(bytes());
    }
}
