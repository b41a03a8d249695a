package io.aiproxy.dialects;

import io.aiproxy.core.Body;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Looks into a body at byte offsets and replaces ranges of it, whatever its segments are. */
final class BodyBytes {
    private final List<byte[]> segments;
    private final long size;

    BodyBytes(Body body) {
        this.segments = body.segments();
        this.size = body.size();
    }

    /**
     * A piece of a body.
     *
     * @param from offset of its first byte
     * @param to offset behind its last byte
     */
    record Range(long from, long to) {}

    /**
     * A change.
     *
     * @param from offset of the first byte that goes
     * @param to offset behind the last byte that goes; {@code from}: none does
     * @param replacement what comes in their place
     */
    record Splice(long from, long to, Body replacement) {}

    /** The byte at an offset, or -1 behind the end. */
    int at(long offset) {
        long before = 0;
        for (byte[] segment : segments) {
            if (offset < before + segment.length) {
                return segment[(int) (offset - before)] & 0xff;
            }
            before += segment.length;
        }
        return -1;
    }

    /** Offset of the last byte before {@code end} that is no white space of JSON, or -1. */
    long lastVisible(long end) {
        long behind = size;
        for (int n = segments.size() - 1; n >= 0; n--) {
            byte[] segment = segments.get(n);
            behind -= segment.length;
            for (int i = (int) Math.min(segment.length, end - behind) - 1; i >= 0; i--) {
                byte b = segment[i];
                if (b != ' ' && b != '\n' && b != '\r' && b != '\t') {
                    return behind + i;
                }
            }
        }
        return -1;
    }

    /** A range as text; for short ranges. */
    String text(Range range) {
        return new String(body(range).bytes(), StandardCharsets.UTF_8);
    }

    /** A range as a body of its own. */
    Body body(Range range) {
        List<byte[]> pieces = new ArrayList<>(2);
        copy(range.from, range.to, pieces);
        return Body.of(pieces);
    }

    /** Offset of the first occurrence of {@code needle} at or behind {@code from}, or -1. One pass (Knuth-Morris-Pratt). */
    long find(byte[] needle, long from) {
        int[] fallback = fallback(needle);
        long before = 0;
        int matched = 0;
        for (byte[] segment : segments) {
            for (int i = (int) Math.min(segment.length, Math.max(0, from - before)); i < segment.length; i++) {
                while (matched > 0 && needle[matched] != segment[i]) {
                    matched = fallback[matched - 1];
                }
                if (needle[matched] == segment[i] && ++matched == needle.length) {
                    return before + i - needle.length + 1;
                }
            }
            before += segment.length;
        }
        return -1;
    }

    private static int[] fallback(byte[] needle) {
        int[] fallback = new int[needle.length];
        int matched = 0;
        for (int i = 1; i < needle.length; i++) {
            while (matched > 0 && needle[matched] != needle[i]) {
                matched = fallback[matched - 1];
            }
            if (needle[matched] == needle[i]) {
                matched++;
            }
            fallback[i] = matched;
        }
        return fallback;
    }

    /** The body with every range replaced; segments without a range in them are shared, not copied. */
    Body replace(List<Range> ranges, byte[] replacement) {
        List<byte[]> out = new ArrayList<>(segments.size() + 2 * ranges.size());
        long at = 0;
        for (Range range : ranges) {
            copy(at, range.from, out);
            out.add(replacement);
            at = range.to;
        }
        copy(at, size, out);
        return Body.of(out);
    }

    /**
     * The body with these changes, which are in order and do not overlap; segments without a change in them are shared, not
     * copied.
     */
    Body splice(List<Splice> changes) {
        List<byte[]> out = new ArrayList<>(segments.size() + 2 * changes.size());
        long at = 0;
        for (Splice change : changes) {
            copy(at, change.from, out);
            out.addAll(change.replacement.segments());
            at = change.to;
        }
        copy(at, size, out);
        return Body.of(out);
    }

    /** Offset behind the JSON string whose opening quote stands at {@code from}. */
    long stringEnd(long from) throws IOException {
        long before = 0;
        boolean escaped = false;
        for (byte[] segment : segments) {
            for (int i = (int) Math.min(segment.length, Math.max(0, from + 1 - before)); i < segment.length; i++) {
                if (escaped) {
                    escaped = false;
                } else if (segment[i] == '"') {
                    return before + i + 1;
                } else {
                    escaped = segment[i] == '\\';
                }
            }
            before += segment.length;
        }
        throw new IOException("a string without an end");
    }

    private void copy(long from, long to, List<byte[]> out) {
        long before = 0;
        for (byte[] segment : segments) {
            int start = (int) Math.min(segment.length, Math.max(0, from - before));
            int end = (int) Math.min(segment.length, Math.max(0, to - before));
            if (end - start == segment.length) {
                out.add(segment);
            } else if (end > start) {
                out.add(Arrays.copyOfRange(segment, start, end));
            }
            before += segment.length;
        }
    }
}
