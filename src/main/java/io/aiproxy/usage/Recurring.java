package io.aiproxy.usage;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Texts that come again and again in records (users, models, channels) as one object each: what is read takes less memory, and
 * is compared and hashed at once. Which are remembered is left to chance: one pushes another out. One thread.
 */
final class Recurring {
    private static final int LONGEST = 64;

    private final @Nullable Known[] known;

    @SuppressWarnings("ArrayRecordComponent") // nobody compares them as a whole
    private record Known(byte[] utf8, String text) {}

    /** @param size how many are remembered at most; a power of two */
    Recurring(int size) {
        known = new Known[size];
    }

    /** The text that these bytes are in UTF-8. */
    String text(byte[] utf8, int from, int length) {
        if (length > LONGEST) {
            return new String(utf8, from, length, StandardCharsets.UTF_8);
        }
        int hash = 0;
        for (int i = from; i < from + length; i++) {
            hash = 31 * hash + utf8[i];
        }
        int at = (hash ^ hash >>> 16) & (known.length - 1);
        Known one = known[at];
        if (one == null || !Arrays.equals(one.utf8, 0, one.utf8.length, utf8, from, from + length)) {
            byte[] own = Arrays.copyOfRange(utf8, from, from + length);
            one = new Known(own, new String(own, StandardCharsets.UTF_8));
            known[at] = one;
        }
        return one.text;
    }
}
