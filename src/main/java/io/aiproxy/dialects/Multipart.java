package io.aiproxy.dialects;

import io.aiproxy.core.Body;
import io.aiproxy.dialects.BodyBytes.Range;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Finds plain fields of a {@code multipart/form-data} body (RFC 7578) by its delimiters, without copying the files in it.
 * Number of parts and length of headers and values are bounded.
 */
final class Multipart {
    private static final int MOST_PARTS = 256;
    private static final int LONGEST_HEADERS = 8 * 1024;
    private static final int LONGEST_VALUE = 1024;
    private static final int LONGEST_DOCUMENT = 1024 * 1024;
    private static final int LONGEST_BOUNDARY = 200;
    private static final byte[] BLANK_LINE = {'\r', '\n', '\r', '\n'};

    private final BodyBytes bytes;
    private final String boundary;

    Multipart(Body body, String contentType) {
        this.bytes = new BodyBytes(body);
        this.boundary = boundary(contentType);
    }

    /** Whether a {@code Content-Type} announces such a body. */
    static boolean is(String contentType) {
        return contentType.regionMatches(true, 0, "multipart/form-data", 0, 19);
    }

    /** The values of all fields of that name. */
    List<String> values(String field) {
        return ranges(field).stream().map(bytes::text).toList();
    }

    /** The JSON documents in all fields of that name, which are longer than a plain value and may be sent as files. */
    List<Body> documents(String field) {
        return documentRanges(field).stream().map(bytes::body).toList();
    }

    /** Where {@link #documents} stand. */
    List<Range> documentRanges(String field) {
        return ranges(field, LONGEST_DOCUMENT, true);
    }

    /** Where the values of all fields of that name stand; fields with a file name or an overlong value do not count. */
    List<Range> ranges(String field) {
        return ranges(field, LONGEST_VALUE, false);
    }

    private List<Range> ranges(String field, int longest, boolean files) {
        List<Range> found = new ArrayList<>(1);
        if (boundary.isEmpty() || boundary.length() > LONGEST_BOUNDARY) {
            return found;
        }
        byte[] delimiter = ("\n--" + boundary).getBytes(StandardCharsets.UTF_8);
        long part = first(delimiter);
        for (int parts = 0; part >= 0 && parts < MOST_PARTS; parts++) {
            long headersEnd = bytes.find(BLANK_LINE, part);
            if (headersEnd < 0 || headersEnd - part > LONGEST_HEADERS || bytes.at(part) == '-') {
                return found;
            }
            long next = bytes.find(delimiter, headersEnd + 3);
            long from = headersEnd + BLANK_LINE.length;
            long to = next > 0 && bytes.at(next - 1) == '\r' ? next - 1 : next;
            if (to >= from && to - from <= longest && named(new Range(part, headersEnd), field, files)) {
                found.add(new Range(from, to));
            }
            part = next < 0 ? -1 : next + delimiter.length;
        }
        return found;
    }

    /** Offset behind the first delimiter, which needs no line before it. */
    private long first(byte[] delimiter) {
        byte[] opening = ("--" + boundary).getBytes(StandardCharsets.UTF_8);
        long at = bytes.find(opening, 0);
        if (at == 0) {
            return opening.length;
        }
        long later = bytes.find(delimiter, 0);
        return later < 0 ? -1 : later + delimiter.length;
    }

    private boolean named(Range headers, String field, boolean files) {
        for (String line : bytes.text(headers).split("\r\n", -1)) {
            if (line.regionMatches(true, 0, "content-disposition:", 0, 20)) {
                return parameter(line, "name").equals(field)
                        && (files || parameter(line, "filename").isEmpty());
            }
        }
        return false;
    }

    private static String boundary(String contentType) {
        return parameter(contentType, "boundary");
    }

    /** The value of a parameter behind a semicolon, with or without quotes; empty when there is none. */
    private static String parameter(String line, String name) {
        String lower = line.toLowerCase(Locale.ROOT);
        int at = lower.indexOf(';');
        while (at >= 0) {
            int start = at + 1;
            while (start < line.length() && line.charAt(start) == ' ') {
                start++;
            }
            int value = start + name.length() + 1;
            if (lower.startsWith(name + "=", start)) {
                return value(line, value);
            }
            at = afterQuotes(line, start);
        }
        return "";
    }

    private static String value(String line, int from) {
        if (from < line.length() && line.charAt(from) == '"') {
            int quote = line.indexOf('"', from + 1);
            return quote < 0 ? "" : line.substring(from + 1, quote);
        }
        int end = line.indexOf(';', from);
        return line.substring(from, end < 0 ? line.length() : end).strip();
    }

    /** Offset of the next semicolon that does not stand in quotes, or -1. */
    private static int afterQuotes(String line, int from) {
        boolean quoted = false;
        for (int i = from; i < line.length(); i++) {
            char c = line.charAt(i);
            quoted ^= c == '"';
            if (c == ';' && !quoted) {
                return i;
            }
        }
        return -1;
    }
}
