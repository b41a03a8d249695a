package io.aiproxy.usage;

/**
 * Makes texts that callers have chosen fit to be kept: some databases refuse a whole batch for one character that is no text, and
 * one caller must not be able to stop the books.
 */
final class Words {
    /** Characters (UTF-16 units) that are kept of a text. */
    static final int LONGEST = 512;

    private static final char REPLACEMENT = '\uFFFD';

    private Words() {}

    /** The text itself, if nothing is wrong with it. */
    static String clean(String text) {
        int length = Math.min(text.length(), LONGEST);
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            if ((c < ' ' || c >= Character.MIN_SURROGATE) && !good(text, i, length)) {
                return mended(text, length);
            }
        }
        return length == text.length() ? text : text.substring(0, length);
    }

    private static String mended(String text, int length) {
        StringBuilder clean = new StringBuilder(length);
        for (int i = 0; i < length; i++) {
            clean.append(good(text, i, length) ? text.charAt(i) : REPLACEMENT);
        }
        return clean.toString();
    }

    private static boolean good(String text, int i, int length) {
        char c = text.charAt(i);
        if (Character.isHighSurrogate(c)) {
            return i + 1 < length && Character.isLowSurrogate(text.charAt(i + 1));
        }
        if (Character.isLowSurrogate(c)) {
            return i > 0 && Character.isHighSurrogate(text.charAt(i - 1));
        }
        return c >= ' ';
    }
}
