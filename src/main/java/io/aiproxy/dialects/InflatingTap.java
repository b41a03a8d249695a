package io.aiproxy.dialects;

import io.aiproxy.core.AnswerTap;
import io.aiproxy.core.Usage;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/**
 * Unpacks a copy of what passes (RFC 1952, gzip; RFC 1950, which HTTP calls {@code deflate}) for another tap. The sums at the
 * end are not checked: the caller's library does that, and here is nobody to tell.
 */
final class InflatingTap implements AnswerTap {
    /** What unpacks to more is made to harm; nobody's answer is so long. */
    private static final long MOST = 1L << 30;

    private static final int HEADER = 10;
    private static final int FLAG_HEADER_CRC = 2;
    private static final int FLAG_EXTRA = 4;
    private static final int FLAG_NAME = 8;
    private static final int FLAG_COMMENT = 16;

    private final AnswerTap plain;
    private final byte[] out = new byte[8192];
    private @Nullable Inflater inflater;
    private long unpacked;

    /** Where in gzip's header the next byte stands; {@link #BODY} behind it. */
    private int place;

    private int flags;
    private int extra;

    private static final int EXTRA_LENGTH = HEADER;
    private static final int EXTRA = EXTRA_LENGTH + 2;
    private static final int NAME = EXTRA + 1;
    private static final int COMMENT = NAME + 1;
    private static final int HEADER_CRC = COMMENT + 1;
    private static final int BODY = HEADER_CRC + 2;

    InflatingTap(AnswerTap plain, boolean gzip) {
        this.plain = plain;
        this.inflater = new Inflater(gzip);
        this.place = gzip ? 0 : BODY;
    }

    @Override
    public void bytes(ByteBuffer part) {
        Inflater unpacking = inflater;
        if (unpacking == null) {
            return;
        }
        while (place < BODY && part.hasRemaining()) {
            header(part.get() & 0xff);
        }
        if (!part.hasRemaining()) {
            return;
        }
        unpacking.setInput(part);
        try {
            int n = unpacking.inflate(out);
            while (n > 0 && unpacked < MOST) {
                unpacked += n;
                plain.bytes(ByteBuffer.wrap(out, 0, n));
                n = unpacking.inflate(out);
            }
            if (unpacking.finished() || unpacking.needsDictionary() || unpacked >= MOST) {
                close();
            }
        } catch (DataFormatException notPacked) {
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

    private void close() {
        Inflater unpacking = inflater;
        inflater = null;
        if (unpacking != null) {
            unpacking.end();
        }
    }

    @Override
    public void end() {
        close();
        plain.end();
    }

    @Override
    public Optional<Usage> usage() {
        return plain.usage();
    }

    @Override
    public String model() {
        return plain.model();
    }

    @Override
    public boolean complete() {
        return plain.complete();
    }

    @Override
    public CharSequence text() {
        return plain.text();
    }

    @Override
    public long textChars() {
        return plain.textChars();
    }
}
