package io.aiproxy.wire.frames;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ThreadLocalRandom;

/** Makes Close frames (RFC 6455, 5.5.1), the only frames that the gateway ever adds to a conversation. */
public final class CloseFrame {
    /** A control frame's payload is at most 125 bytes, two of which are the code. */
    private static final int LONGEST_REASON = 123;

    private CloseFrame() {}

    /**
     * A Close frame.
     *
     * @param reason cut at a character's end if it is too long
     * @param masked as a client's frames must be
     */
    public static ByteBuf of(int code, String reason, boolean masked) {
        byte[] text = cut(reason).getBytes(StandardCharsets.UTF_8);
        byte[] payload = new byte[2 + text.length];
        payload[0] = (byte) (code >> 8);
        payload[1] = (byte) code;
        System.arraycopy(text, 0, payload, 2, text.length);
        ByteBuf frame = Unpooled.buffer(6 + payload.length);
        frame.writeByte(0x80 | FrameScanner.CLOSE);
        frame.writeByte((masked ? 0x80 : 0) | payload.length);
        if (masked) {
            // Against proxies that take a client's bytes for HTTP (RFC 6455, 10.3); these bytes are the gateway's own.
            int key = ThreadLocalRandom.current().nextInt();
            frame.writeInt(key);
            for (int i = 0; i < payload.length; i++) {
                payload[i] ^= (byte) (key >> (24 - 8 * (i & 3)));
            }
        }
        return frame.writeBytes(payload);
    }

    private static String cut(String reason) {
        String cut = reason;
        while (cut.getBytes(StandardCharsets.UTF_8).length > LONGEST_REASON) {
            int end = cut.length() - 1;
            cut = cut.substring(0, Character.isLowSurrogate(cut.charAt(end)) && end > 0 ? end - 1 : end);
        }
        return cut;
    }
}
