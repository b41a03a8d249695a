package io.aiproxy.dialects;

/** The beginning of a text that grows, and the length of all of it: enough to know how many tokens it is worth. */
final class Excerpt {
    private final int most;
    private final StringBuilder text = new StringBuilder();
    private long bytes;
    private long chars;

    /** @param most so many UTF-16 units are kept */
    Excerpt(int most) {
        this.most = most;
    }

    /** More of it. */
    void add(String more) {
        keep(more);
        chars += more.length();
        bytes += utf8(more);
    }

    /** Another text behind it. */
    void add(Excerpt other) {
        keep(other.text);
        chars += other.chars;
        bytes += other.bytes;
    }

    private void keep(CharSequence more) {
        text.append(more, 0, Math.min(more.length(), most - text.length()));
    }

    private static long utf8(String more) {
        long length = 0;
        for (int i = 0; i < more.length(); i++) {
            char c = more.charAt(i);
            length += c < 0x80 ? 1 : c < 0x800 || Character.isSurrogate(c) ? 2 : 3;
        }
        return length;
    }

    /** The beginning. */
    String text() {
        return text.toString();
    }

    /** Length of all of it in UTF-8. */
    long bytes() {
        return bytes;
    }

    /** Length of all of it in UTF-16 units. */
    long chars() {
        return chars;
    }
}
