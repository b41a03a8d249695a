package io.aiproxy.core;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A pattern in which {@code *} stands for any characters, none included; all others stand for themselves, case matters.
 * Prepared once, so that matching neither compiles nor allocates. Immutable.
 */
public final class Wildcard {
    private final String[] parts;

    private Wildcard(String[] parts) {
        this.parts = parts;
    }

    /** The pattern of this text. */
    public static Wildcard of(String pattern) {
        int star = pattern.indexOf('*');
        if (star < 0) {
            return new Wildcard(new String[] {pattern});
        }
        List<String> parts = new ArrayList<>();
        int from = 0;
        while (star >= 0) {
            parts.add(pattern.substring(from, star));
            from = star + 1;
            while (from < pattern.length() && pattern.charAt(from) == '*') { // several together are one
                from++;
            }
            star = pattern.indexOf('*', from);
        }
        parts.add(pattern.substring(from));
        return new Wildcard(parts.toArray(String[]::new));
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Wildcard that && Arrays.equals(parts, that.parts);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(parts);
    }

    /** Whether the whole text fits: the first part begins it, the last ends it, the others stand between, leftmost first. */
    public boolean matches(String text) {
        if (parts.length == 1) {
            return text.equals(parts[0]);
        }
        String last = parts[parts.length - 1];
        int end = text.length() - last.length();
        int at = parts[0].length();
        if (at > end || !text.startsWith(parts[0]) || !text.endsWith(last)) {
            return false;
        }
        for (int i = 1; i < parts.length - 1; i++) {
            int found = text.indexOf(parts[i], at);
            if (found < 0 || found + parts[i].length() > end) {
                return false;
            }
            at = found + parts[i].length();
        }
        return true;
    }
}
