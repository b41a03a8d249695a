package io.aiproxy.testing;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The head of an HTTP message as it stood on the wire.
 *
 * @param raw every byte, the empty line included
 * @param startLine request line or status line
 * @param fields header fields in order, names as written
 */
public record Head(byte[] raw, String startLine, List<Field> fields) {
    /**
     * One header field.
     *
     * @param name as written
     * @param value without surrounding white space
     */
    public record Field(String name, String value) {
        @Override
        public String toString() {
            return name + ": " + value;
        }
    }

    /** Takes the bytes of a head apart, forgivingly: what has no colon becomes a field without a value. */
    static Head parse(byte[] raw) {
        String[] lines = new String(raw, StandardCharsets.ISO_8859_1).split("\r?\n");
        List<Field> fields = new ArrayList<>();
        for (int i = 1; i < lines.length; i++) {
            if (!lines[i].isEmpty()) {
                int colon = lines[i].indexOf(':');
                fields.add(
                        colon < 0
                                ? new Field(lines[i], "")
                                : new Field(
                                        lines[i].substring(0, colon),
                                        lines[i].substring(colon + 1).strip()));
            }
        }
        return new Head(raw, lines[0], List.copyOf(fields));
    }

    /** The first value of a field. */
    public Optional<String> header(String name) {
        return headers(name).stream().findFirst();
    }

    /** All values of a field, in order. */
    public List<String> headers(String name) {
        return fields.stream()
                .filter(f -> f.name().equalsIgnoreCase(name))
                .map(Field::value)
                .toList();
    }

    /** The head as text. */
    public String text() {
        return new String(raw, StandardCharsets.ISO_8859_1);
    }

    /** The status of a response. */
    public int status() {
        return Integer.parseInt(startLine.split(" ", 3)[1]);
    }

    boolean chunked() {
        return headers("transfer-encoding").stream()
                .anyMatch(v -> v.toLowerCase(java.util.Locale.ROOT).contains("chunked"));
    }

    Optional<Long> contentLength() {
        return header("content-length").map(Long::valueOf);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Head head && text().equals(head.text());
    }

    @Override
    public int hashCode() {
        return text().hashCode();
    }

    @Override
    public String toString() {
        return text();
    }
}
