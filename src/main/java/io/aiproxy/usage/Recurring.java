package io.aiproxy.usage;

import java.util.Arrays;

/**
 * Texts that come again and again in records (users, models, channels) as one object each: what is read takes less memory, and
 * is compared and hashed at once. Which are remembered is left to chance: one pushes another out. One thread.
 */
final class Recurring {
    /** Remembers nothing; any thread. */
    static final Recurring NONE = new Recurring(0);

    private static final int LONGEST = 64;

    private final String[] texts;

    /** @param size how many are remembered at most; a power of two, or 0 */
    Recurring(int size) {
        texts = new String[size];
        Arrays.fill(texts, "");
    }

    /** The text that these characters are. */
    String text(char[] chars, int from, int length) {
        if (length > LONGEST || texts.length == 0) {
            return new String(chars, from, length);
        }
        int hash = 0;
        for (int i = 0; i < length; i++) {
            hash = 31 * hash + chars[from + i]; // String.hashCode() counts the same
        }
        int at = (hash ^ (hash >>> 16)) & (texts.length - 1);
        String known = texts[at];
        if (known.length() != length || known.hashCode() != hash || !same(known, chars, from)) {
            known = new String(chars, from, length);
            texts[at] = known;
        }
        return known;
    }

    private static boolean same(String text, char[] chars, int from) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) != chars[from + i]) {
                return false;
            }
        }
        return true;
    }
}
