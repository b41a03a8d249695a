package io.aiproxy.testing;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.zip.Deflater;

/**
 * One side's permessage-deflate with context takeover (RFC 7692): every message refers back to those before it, so whoever
 * misses one understands none behind it. {@link Frame#deflated()} is without.
 */
public final class PerMessageDeflate implements AutoCloseable {
    private static final int TAIL = 4;

    private final Deflater deflater = new Deflater(Deflater.BEST_COMPRESSION, true);

    /** The next message of this side, compressed; control frames stay as they are. */
    public Frame pack(Frame message) {
        if (message.control()) {
            return message;
        }
        deflater.setInput(message.payload());
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        byte[] piece = new byte[8192];
        int n = deflater.deflate(piece, 0, piece.length, Deflater.SYNC_FLUSH);
        while (n > 0) {
            out.write(piece, 0, n);
            n = deflater.deflate(piece, 0, piece.length, Deflater.SYNC_FLUSH);
        }
        byte[] all = out.toByteArray();
        return Frame.of(message.opcode(), Arrays.copyOf(all, all.length - TAIL)).rsv(Frame.COMPRESSED);
    }

    @Override
    public void close() {
        deflater.end();
    }
}
