package io.aiproxy.testing;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * One WebSocket frame as it stood on the wire, or as it is to stand there, sound or not (RFC 6455, 5.2).
 *
 * <p>Two frames are equal when an application would see the same: masking and the form of the length belong to one hop.
 * {@link #bytes()} is for those who want to compare everything.
 *
 * @param fin whether it is the last of its message
 * @param rsv the three reserved bits as a number: 4 is RSV1, which says "compressed" (RFC 7692)
 * @param opcode 0 to 15, see the constants
 * @param masked whether the payload is masked on the wire
 * @param maskKey the key, four bytes as a number; 0 when not masked
 * @param lengthBytes in how many bytes the length stands behind the first two: 0, 2 or 8
 * @param length the length that the frame claims
 * @param payload what it carries, never masked; shorter than {@code length} only where somebody says so
 */
public record Frame(
        boolean fin, int rsv, int opcode, boolean masked, int maskKey, int lengthBytes, long length, byte[] payload) {
    /** A further piece of a message. */
    public static final int CONTINUATION = 0;
    /** UTF-8 text. */
    public static final int TEXT = 1;
    /** Bytes. */
    public static final int BINARY = 2;
    /** The end. */
    public static final int CLOSE = 8;
    /** A question for a sign of life. */
    public static final int PING = 9;
    /** The answer to it. */
    public static final int PONG = 10;

    /** RSV1 alone. */
    public static final int COMPRESSED = 4;

    /** A whole, unmasked message of one frame, its length in the shortest form. */
    public static Frame of(int opcode, byte[] payload) {
        return new Frame(true, 0, opcode, false, 0, shortest(payload.length), payload.length, payload);
    }

    /** A whole text. */
    public static Frame text(String text) {
        return of(TEXT, text.getBytes(StandardCharsets.UTF_8));
    }

    /** A whole binary message. */
    public static Frame binary(byte[] bytes) {
        return of(BINARY, bytes);
    }

    /** The last piece of a message; {@link #more()} makes it a middle one. */
    public static Frame continuation(byte[] bytes) {
        return of(CONTINUATION, bytes);
    }

    /** The last piece of a text; {@link #more()} makes it a middle one. */
    public static Frame continuation(String text) {
        return continuation(text.getBytes(StandardCharsets.UTF_8));
    }

    /** A ping. */
    public static Frame ping(String text) {
        return of(PING, text.getBytes(StandardCharsets.UTF_8));
    }

    /** A pong. */
    public static Frame pong(String text) {
        return of(PONG, text.getBytes(StandardCharsets.UTF_8));
    }

    /** A Close frame that says nothing. */
    public static Frame close() {
        return of(CLOSE, new byte[0]);
    }

    /** A Close frame. */
    public static Frame close(int code, String reason) {
        byte[] words = reason.getBytes(StandardCharsets.UTF_8);
        return of(
                CLOSE,
                ByteBuffer.allocate(2 + words.length)
                        .putShort((short) code)
                        .put(words)
                        .array());
    }

    private static int shortest(long length) {
        return length < 126 ? 0 : length < 65536 ? 2 : 8;
    }

    /** The same without FIN: more of the message follows. */
    public Frame more() {
        return new Frame(false, rsv, opcode, masked, maskKey, lengthBytes, length, payload);
    }

    /** The same with these reserved bits. */
    public Frame rsv(int bits) {
        return new Frame(fin, bits, opcode, masked, maskKey, lengthBytes, length, payload);
    }

    /** The same, masked with this key. */
    public Frame masked(int key) {
        return new Frame(fin, rsv, opcode, true, key, lengthBytes, length, payload);
    }

    /** The same with the length in so many extra bytes, 0, 2 or 8, needed or not. */
    public Frame lengthIn(int bytes) {
        return new Frame(fin, rsv, opcode, masked, maskKey, bytes, length, payload);
    }

    /** The same, claiming a length that need not be true. */
    public Frame claiming(long bytes) {
        return new Frame(fin, rsv, opcode, masked, maskKey, Math.max(lengthBytes, shortest(bytes)), bytes, payload);
    }

    /** The same as a message compressed on its own (RFC 7692, 7.2.1), which RSV1 says. */
    public Frame deflated() {
        byte[] small = Compression.deflate(payload);
        return new Frame(fin, COMPRESSED, opcode, masked, maskKey, shortest(small.length), small.length, small);
    }

    /** The payload of a message that was compressed on its own. */
    public byte[] inflated() {
        return Compression.inflate(payload);
    }

    /** The payload as UTF-8. */
    public String text() {
        return new String(payload, StandardCharsets.UTF_8);
    }

    /** Whether it is a Close, ping or pong. */
    public boolean control() {
        return opcode >= 8;
    }

    /** What a Close frame says. */
    public SocketEnd closing() {
        if (payload.length < 2) {
            return SocketEnd.close(payload.length == 0 ? SocketEnd.NO_STATUS : 0, "");
        }
        int code = ByteBuffer.wrap(payload).getShort() & 0xffff;
        return SocketEnd.close(code, new String(payload, 2, payload.length - 2, StandardCharsets.UTF_8));
    }

    /** The frame as it stands on the wire. */
    public byte[] bytes() {
        byte[] head = head();
        byte[] all = Arrays.copyOf(head, head.length + payload.length);
        System.arraycopy(payload, 0, all, head.length, payload.length);
        mask(all, head.length, payload.length, 0);
        return all;
    }

    /** What stands on the wire before the payload. */
    byte[] head() {
        ByteBuffer head = ByteBuffer.allocate(2 + lengthBytes + (masked ? 4 : 0));
        int first = lengthBytes == 0 ? (int) length : lengthBytes == 2 ? 126 : 127;
        head.put((byte) ((fin ? 0x80 : 0) | rsv << 4 | opcode));
        head.put((byte) ((masked ? 0x80 : 0) | first));
        if (lengthBytes == 2) {
            head.putShort((short) length);
        } else if (lengthBytes == 8) {
            head.putLong(length);
        }
        if (masked) {
            head.putInt(maskKey);
        }
        return head.array();
    }

    /** Masks or unmasks a piece of this frame's payload in place; {@code place}: where in the payload it begins. */
    void mask(byte[] bytes, int offset, int count, long place) {
        if (!masked) {
            return;
        }
        for (int i = 0; i < count; i++) {
            bytes[offset + i] ^= (byte) (maskKey >>> (24 - 8 * (int) ((place + i) & 3)));
        }
    }

    Frame withPayload(byte[] bytes) {
        return new Frame(fin, rsv, opcode, masked, maskKey, lengthBytes, length, bytes);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Frame frame
                && fin == frame.fin
                && rsv == frame.rsv
                && opcode == frame.opcode
                && length == frame.length
                && Arrays.equals(payload, frame.payload);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(payload) * 31 + opcode;
    }

    @Override
    public String toString() {
        String name =
                switch (opcode) {
                    case CONTINUATION -> "continuation";
                    case TEXT -> "text";
                    case BINARY -> "binary";
                    case CLOSE -> "close " + closing();
                    case PING -> "ping";
                    case PONG -> "pong";
                    default -> "opcode " + opcode;
                };
        String readable = opcode == TEXT && rsv == 0 && payload.length < 500 ? " \"" + text() + '"' : "";
        return name + (fin ? "" : " more") + (rsv == 0 ? "" : " rsv=" + rsv) + " (" + length + ")" + readable;
    }
}
