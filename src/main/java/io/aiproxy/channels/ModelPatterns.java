package io.aiproxy.channels;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Model names, exact or with {@code *} for any characters (none included), prepared once so that matching neither
 * compiles nor allocates. Case matters, as it does at the providers. Immutable.
 */
final class ModelPatterns {
    private final Set<String> exact = new HashSet<>();
    private final List<String[]> wildcards = new ArrayList<>();

    ModelPatterns(Collection<String> patterns, Collection<String> names) {
        for (String pattern : patterns) {
            if (pattern.indexOf('*') < 0) {
                exact.add(pattern);
            } else {
                wildcards.add(pattern.split("\\*+", -1));
            }
        }
        exact.addAll(names);
    }

    boolean matches(String model) {
        if (exact.contains(model)) {
            return true;
        }
        for (int i = 0; i < wildcards.size(); i++) { // by index: no iterator for every call
            if (matches(model, wildcards.get(i))) {
                return true;
            }
        }
        return false;
    }

    /** The first part begins the name, the last ends it, the others are found in between, leftmost first. */
    private static boolean matches(String model, String[] parts) {
        String last = parts[parts.length - 1];
        int end = model.length() - last.length();
        int at = parts[0].length();
        if (at > end || !model.startsWith(parts[0]) || !model.endsWith(last)) {
            return false;
        }
        for (int i = 1; i < parts.length - 1; i++) {
            int found = model.indexOf(parts[i], at);
            if (found < 0 || found + parts[i].length() > end) {
                return false;
            }
            at = found + parts[i].length();
        }
        return true;
    }
}
