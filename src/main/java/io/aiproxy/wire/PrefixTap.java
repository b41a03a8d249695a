package io.aiproxy.wire;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import java.util.function.Predicate;

/** Copies the beginning of a body that passes by, for somebody who wants to read it. */
final class PrefixTap {
    private final int max;
    private final Predicate<byte[]> reader;
    private byte[] seen = {};

    PrefixTap(int max, Predicate<byte[]> reader) {
        this.max = max;
        this.reader = reader;
    }

    /** Looks at {@code bytes} without consuming them; true when no more is wanted. */
    boolean read(ByteBuf bytes) {
        int n = Math.min(bytes.readableBytes(), max - seen.length);
        int before = seen.length;
        seen = Arrays.copyOf(seen, before + n);
        bytes.getBytes(bytes.readerIndex(), seen, before, n);
        return reader.test(seen) || seen.length >= max;
    }
}
