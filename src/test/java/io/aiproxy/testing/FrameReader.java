package io.aiproxy.testing;

import java.io.IOException;
import java.util.Optional;

/** Reads WebSocket frames, sound or not, from a blocking stream. */
final class FrameReader {
    private static final int SANE = 1 << 28;

    private final HttpReader in;

    FrameReader(HttpReader in) {
        this.in = in;
    }

    /** The next frame; empty when the peer finished before its first byte. */
    Optional<Frame> next() throws IOException {
        Optional<Frame> head = head();
        return head.isPresent() ? Optional.of(whole(head.get())) : head;
    }

    /** The next frame up to its payload; empty when the peer finished before its first byte. */
    Optional<Frame> head() throws IOException {
        int first = in.read();
        if (first < 0) {
            return Optional.empty();
        }
        int second = octet();
        int lengthBytes = (second & 0x7f) == 126 ? 2 : (second & 0x7f) == 127 ? 8 : 0;
        long length = lengthBytes == 0 ? second & 0x7f : number(lengthBytes);
        boolean masked = (second & 0x80) != 0;
        int key = masked ? (int) number(4) : 0;
        return Optional.of(new Frame(
                (first & 0x80) != 0, first >> 4 & 7, first & 0x0f, masked, key, lengthBytes, length, new byte[0]));
    }

    /** The frame with its payload, read to the end and unmasked. */
    Frame whole(Frame head) throws IOException {
        if (head.length() < 0 || head.length() > SANE) {
            throw new IOException("A frame of " + head.length() + " bytes is more than a test can want");
        }
        byte[] payload = new byte[(int) head.length()];
        int at = 0;
        while (at < payload.length) {
            at += piece(payload, at, payload.length - at);
        }
        head.mask(payload, 0, payload.length, 0);
        return head.withPayload(payload);
    }

    /** At least one byte of a payload, as it stands on the wire. */
    int piece(byte[] into, int offset, int max) throws IOException {
        int n = in.readInto(into, offset, max);
        if (n < 0) {
            throw new HttpReader.Truncated("The peer finished inside a frame");
        }
        return n;
    }

    private long number(int bytes) throws IOException {
        long number = 0;
        for (int i = 0; i < bytes; i++) {
            number = number << 8 | octet();
        }
        return number;
    }

    private int octet() throws IOException {
        int b = in.read();
        if (b < 0) {
            throw new HttpReader.Truncated("The peer finished inside the head of a frame");
        }
        return b;
    }
}
