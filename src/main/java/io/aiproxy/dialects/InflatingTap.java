package io.aiproxy.dialects;

import io.aiproxy.core.AnswerTap;
import java.nio.ByteBuffer;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/**
 * Unpacks gzip (RFC 1952) and what HTTP calls {@code deflate} (RFC 1950, or RFC 1951 from servers that have misunderstood
 * it; RFC 9110, 8.4.1.2). The sums at the end are not checked: the caller's library does that, and here is nobody to tell.
 */
final class InflatingTap extends PackedTap {
    private static final int HEADER = 10;
    /** Sum and length at the end of a member. */
    private static final int TRAILER = 8;

    private static final int FLAG_HEADER_CRC = 2;
    private static final int FLAG_EXTRA = 4;
    private static final int FLAG_NAME = 8;
    private static final int FLAG_COMMENT = 16;

    /** In the low half of the first byte of RFC 1950; no packer of RFC 1951 begins so. */
    private static final int ZLIB = 8;

    private final byte[] out = new byte[8192];
    private @Nullable Inflater inflater;
    private boolean begun;

    /** Where in gzip's header the next byte stands; {@link #BODY} behind it. */
    private int place;

    private final boolean gzip;
    private int flags;
    private int extra;
    /** How many bytes of a member's end are still to come. */
    private int trailer;

    private static final int EXTRA_LENGTH = HEADER;
    private static final int EXTRA = EXTRA_LENGTH + 2;
    private static final int NAME = EXTRA + 1;
    private static final int COMMENT = NAME + 1;
    private static final int HEADER_CRC = COMMENT + 1;
    private static final int BODY = HEADER_CRC + 2;

    InflatingTap(AnswerTap plain, boolean gzip) {
        super(plain);
        this.inflater = new Inflater(true);
        this.place = gzip ? 0 : BODY;
        this.begun = gzip;
        this.gzip = gzip;
    }

    @Override
    void unpack(ByteBuffer part) {
        while (inflater != null && part.hasRemaining()) {
            more(inflater, part);
        }
    }

    private void more(Inflater inForce, ByteBuffer part) {
        Inflater unpacking = inForce;
        while (trailer > 0 && part.hasRemaining()) {
            part.get();
            trailer--;
        }
        while (place < BODY && part.hasRemaining()) {
            header(part.get() & 0xff);
        }
        if (!part.hasRemaining()) {
            return;
        }
        if (!begun) {
            begun = true;
            if ((part.get(part.position()) & 0x0f) == ZLIB) {
                unpacking.end();
                unpacking = new Inflater();
                inflater = unpacking;
            }
        }
        unpacking.setInput(part);
        try {
            inflate(unpacking);
        } catch (DataFormatException notPacked) {
            close();
        }
    }

    private void inflate(Inflater unpacking) throws DataFormatException {
        int n = unpacking.inflate(out);
        while (n > 0 && plain(ByteBuffer.wrap(out, 0, n))) {
            n = unpacking.inflate(out);
        }
        if (n == 0 && unpacking.finished() && gzip) {
            unpacking.reset(); // another member may follow (RFC 1952, 2.2)
            trailer = TRAILER;
            place = 0;
        } else if (n > 0 || unpacking.finished() || unpacking.needsDictionary()) {
            close();
        }
    }

    private void header(int b) {
        if (place == 3) {
            flags = b;
        }
        switch (place) {
            case EXTRA_LENGTH -> extra = b;
            case EXTRA_LENGTH + 1 -> extra |= b << 8;
            case EXTRA -> extra--;
            default -> {
                // fixed fields, names and sums say nothing of interest
            }
        }
        boolean stays = (place == EXTRA && extra > 0) || ((place == NAME || place == COMMENT) && b != 0);
        if (!stays) {
            place++;
        }
        skipAbsent();
    }

    private void skipAbsent() {
        if (place == EXTRA_LENGTH && (flags & FLAG_EXTRA) == 0) {
            place = NAME;
        }
        if (place == EXTRA && extra == 0) {
            place = NAME;
        }
        if (place == NAME && (flags & FLAG_NAME) == 0) {
            place = COMMENT;
        }
        if (place == COMMENT && (flags & FLAG_COMMENT) == 0) {
            place = HEADER_CRC;
        }
        if (place == HEADER_CRC && (flags & FLAG_HEADER_CRC) == 0) {
            place = BODY;
        }
    }

    @Override
    void close() {
        Inflater unpacking = inflater;
        inflater = null;
        if (unpacking != null) {
            unpacking.end();
        }
    }
}
