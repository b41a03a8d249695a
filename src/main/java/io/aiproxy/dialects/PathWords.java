package io.aiproxy.dialects;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/**
 * The segments of a path as offsets into the request target: read for every call, so nothing is copied until a segment
 * is asked for. Empty segments (a doubled or trailing slash) do not count, and neither does what lies beyond
 * {@link #MOST} segments; no API goes that deep.
 */
final class PathWords {
    private static final int MOST = 32;

    private final String target;
    private final int[] bounds;
    private final int count;
    private final int queryAt;

    private PathWords(String target, int[] bounds, int count, int queryAt) {
        this.target = target;
        this.bounds = bounds;
        this.count = count;
        this.queryAt = queryAt;
    }

    static PathWords of(String target) {
        int end = target.indexOf('?');
        int pathEnd = end < 0 ? target.length() : end;
        int[] bounds = new int[2 * MOST];
        int count = 0;
        int at = 0;
        while (at < pathEnd && count < MOST) {
            int slash = target.indexOf('/', at);
            int to = slash < 0 || slash > pathEnd ? pathEnd : slash;
            if (to > at) {
                bounds[2 * count] = at;
                bounds[2 * count + 1] = to;
                count++;
            }
            at = to + 1;
        }
        return new PathWords(target, bounds, count, end);
    }

    int count() {
        return count;
    }

    /** Offset of segment {@code i} in the target. */
    int from(int i) {
        return bounds[2 * i];
    }

    /** Offset behind segment {@code i} in the target. */
    int to(int i) {
        return bounds[2 * i + 1];
    }

    /** Whether there is a segment {@code i} and it is {@code word}. */
    boolean is(int i, String word) {
        return has(i) && to(i) - from(i) == word.length() && target.startsWith(word, from(i));
    }

    /** Whether there is a segment {@code i} that begins with {@code prefix}. */
    boolean startsWith(int i, String prefix) {
        return has(i) && to(i) - from(i) >= prefix.length() && target.startsWith(prefix, from(i));
    }

    boolean has(int i) {
        return i >= 0 && i < count;
    }

    /** Segment {@code i} as it was sent; empty when there is none. */
    String text(int i) {
        return has(i) ? target.substring(from(i), to(i)) : "";
    }

    /** Segment {@code i} up to {@code end} (an offset in the target), percent-decoded. */
    String decoded(int i, int end) {
        return decode(target.substring(from(i), end));
    }

    /** Segment {@code i}, percent-decoded; empty when there is none. */
    String decoded(int i) {
        return has(i) ? decode(text(i)) : "";
    }

    /** Offset of the last colon in segment {@code i}, behind which Google writes the operation, or -1. */
    int colon(int i) {
        if (!has(i)) {
            return -1;
        }
        int colon = target.lastIndexOf(':', to(i) - 1);
        return colon > from(i) ? colon : -1;
    }

    /** The text between a colon in segment {@code i} and its end. */
    String behind(int colon, int i) {
        return target.substring(colon + 1, to(i));
    }

    /** Whether what stands behind a colon in segment {@code i} is {@code word}. */
    boolean endsWith(int i, int colon, String word) {
        return to(i) - colon - 1 == word.length() && target.startsWith(word, colon + 1);
    }

    /** Whether segment {@code i} is a version: {@code v}, digits, perhaps {@code alpha} or {@code beta}, digits. */
    boolean version(int i) {
        return has(i) && release(i) >= 0;
    }

    /** Whether segment {@code i} is a version that only Google uses, e.g. {@code v1beta}. */
    boolean previewVersion(int i) {
        return version(i) && release(i) < to(i);
    }

    /** Offset behind the digits of a version, or -1 when segment {@code i} is none. */
    private int release(int i) {
        int at = from(i);
        if (target.charAt(at) != 'v') {
            return -1;
        }
        int digits = skipDigits(at + 1, to(i));
        if (digits == at + 1) {
            return -1;
        }
        int word = target.startsWith("beta", digits)
                ? digits + 4
                : target.startsWith("alpha", digits) ? digits + 5 : digits;
        return word <= to(i) && skipDigits(word, to(i)) == to(i) ? digits : -1;
    }

    private int skipDigits(int from, int end) {
        int at = from;
        while (at < end && target.charAt(at) >= '0' && target.charAt(at) <= '9') {
            at++;
        }
        return at;
    }

    /** Offset of the value of a query parameter in the target, or -1. */
    int parameterAt(String name) {
        int at = queryAt < 0 ? target.length() : queryAt + 1;
        while (at < target.length()) {
            int and = target.indexOf('&', at);
            int end = and < 0 ? target.length() : and;
            int value = at + name.length() + 1;
            if (value <= end && target.charAt(value - 1) == '=' && target.startsWith(name, at)) {
                return value;
            }
            at = end + 1;
        }
        return -1;
    }

    /** Offset behind a query parameter's value that begins at {@code from}. */
    int parameterEnd(int from) {
        int and = target.indexOf('&', from);
        return and < 0 ? target.length() : and;
    }

    /** How many query parameters are called by one of these names, however the names are encoded. */
    int parameters(String name, String other) {
        int count = 0;
        int at = queryAt < 0 ? target.length() : queryAt + 1;
        while (at < target.length()) {
            int and = target.indexOf('&', at);
            int end = and < 0 ? target.length() : and;
            int equals = target.indexOf('=', at);
            String said = decode(target.substring(at, equals < 0 || equals > end ? end : equals));
            count += said.equalsIgnoreCase(name) || said.equalsIgnoreCase(other) ? 1 : 0;
            at = end + 1;
        }
        return count;
    }

    /** The value of a query parameter, percent-decoded; empty when there is none. */
    String parameter(String name) {
        int from = parameterAt(name);
        return from < 0 ? "" : decode(target.substring(from, parameterEnd(from)));
    }

    /**
     * Undoes percent-encoding. A plus sign stays what it is: in a path it means itself, and none of the ids and models
     * looked for in queries has a space. Text that is not valid is returned as it came: what cannot be read matches
     * nothing.
     */
    static String decode(String text) {
        if (text.indexOf('%') < 0) {
            return text;
        }
        byte[] raw = text.getBytes(StandardCharsets.UTF_8);
        byte[] out = new byte[raw.length];
        int length = 0;
        for (int i = 0; i < raw.length; i++) {
            if (raw[i] != '%') {
                out[length++] = raw[i];
                continue;
            }
            int high = i + 2 < raw.length ? Character.digit((char) raw[i + 1], 16) : -1;
            int low = i + 2 < raw.length ? Character.digit((char) raw[i + 2], 16) : -1;
            if (high < 0 || low < 0) {
                return text;
            }
            out[length++] = (byte) (high << 4 | low);
            i += 2;
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(out, 0, length))
                    .toString();
        } catch (CharacterCodingException notUtf8) {
            return text;
        }
    }
}
