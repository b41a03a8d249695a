package io.aiproxy.core;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.util.Collections;
import java.util.List;

/**
 * A request body, held once: heap segments in the order in which they arrived. Immutable by convention; nobody writes
 * into the segments. Kept until the call's last attempt has been decided, so that it can be sent again.
 */
public final class Body {
    /** No body. */
    public static final Body EMPTY = new Body(List.of(), 0);

    private final List<byte[]> segments;
    private final long size;

    private Body(List<byte[]> segments, long size) {
        this.segments = segments;
        this.size = size;
    }

    /** A body over these segments, which must not be changed afterwards. */
    public static Body of(List<byte[]> segments) {
        long size = 0;
        for (byte[] segment : segments) {
            size += segment.length;
        }
        return size == 0 ? EMPTY : new Body(List.copyOf(segments), size);
    }

    /** A body over one array, which must not be changed afterwards. */
    public static Body of(byte[] bytes) {
        return bytes.length == 0 ? EMPTY : new Body(List.of(bytes), bytes.length);
    }

    /** The segments in order; not to be written to. */
    public List<byte[]> segments() {
        return segments;
    }

    /** Length in bytes. */
    public long size() {
        return size;
    }

    /** Whether there is nothing in it. */
    public boolean isEmpty() {
        return size == 0;
    }

    /** The bytes as a stream, without copying them. */
    public InputStream stream() {
        if (segments.size() == 1) {
            return new ByteArrayInputStream(segments.get(0));
        }
        List<InputStream> streams =
                segments.stream().<InputStream>map(ByteArrayInputStream::new).toList();
        return new SequenceInputStream(Collections.enumeration(streams));
    }

    /** The bytes in one array: the segment itself when there is only one, otherwise a copy. */
    public byte[] bytes() {
        if (segments.size() == 1) {
            return segments.get(0);
        }
        byte[] all = new byte[Math.toIntExact(size)];
        int at = 0;
        for (byte[] segment : segments) {
            System.arraycopy(segment, 0, all, at, segment.length);
            at += segment.length;
        }
        return all;
    }

    @Override
    public String toString() {
        return "Body[" + size + " bytes]";
    }
}
