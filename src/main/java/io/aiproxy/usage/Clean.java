package io.aiproxy.usage;

import java.util.Arrays;

/**
 * What {@link Words#clean} makes of texts that come again and again (users, models, channels), without looking at each letter each
 * time, and as one object for the same text: whatever compares records then sees at once that nothing has changed. Which are
 * remembered is left to chance: one pushes another out. One thread.
 */
final class Clean {
    private static final int LONGEST = 64;

    private final String[] known;

    /** @param size how many are remembered at most; a power of two */
    Clean(int size) {
        known = new String[size];
        Arrays.fill(known, "");
    }

    /** The text, fit to be kept. */
    String text(String text) {
        if (text.length() > LONGEST) {
            return Words.clean(text);
        }
        int hash = text.hashCode(); // a text of the configuration knows its own
        int at = (hash ^ hash >>> 16) & (known.length - 1);
        String one = known[at];
        if (one.equals(text)) {
            return one;
        }
        String clean = Words.clean(text);
        if (clean.equals(text)) { // only what is clean is remembered
            known[at] = clean;
        }
        return clean;
    }
}
