package io.aiproxy.testing;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/** What permessage-deflate does to one message without a memory of the ones before (RFC 7692, 7.2). */
final class Compression {
    private static final byte[] TAIL = {0, 0, (byte) 0xff, (byte) 0xff};

    private Compression() {}

    static byte[] deflate(byte[] message) {
        Deflater deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, true);
        try {
            deflater.setInput(message);
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            byte[] piece = new byte[8192];
            int n = deflater.deflate(piece, 0, piece.length, Deflater.SYNC_FLUSH);
            while (n > 0) {
                out.write(piece, 0, n);
                n = deflater.deflate(piece, 0, piece.length, Deflater.SYNC_FLUSH);
            }
            byte[] all = out.toByteArray();
            return Arrays.copyOf(all, all.length - TAIL.length);
        } finally {
            deflater.end();
        }
    }

    static byte[] inflate(byte[] compressed) {
        Inflater inflater = new Inflater(true);
        try {
            byte[] whole = Arrays.copyOf(compressed, compressed.length + TAIL.length);
            System.arraycopy(TAIL, 0, whole, compressed.length, TAIL.length);
            inflater.setInput(whole);
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            byte[] piece = new byte[8192];
            int n = inflater.inflate(piece);
            while (n > 0) {
                out.write(piece, 0, n);
                n = inflater.inflate(piece);
            }
            return out.toByteArray();
        } catch (DataFormatException e) {
            throw new AssertionError("The payload is not compressed as permessage-deflate says", e);
        } finally {
            inflater.end();
        }
    }
}
