package io.aiproxy.channels;

import io.aiproxy.core.Wildcard;
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
    private final List<Wildcard> wildcards = new ArrayList<>();

    ModelPatterns(Collection<String> patterns, Collection<String> names) {
        for (String pattern : patterns) {
            if (pattern.indexOf('*') < 0) {
                exact.add(pattern);
            } else {
                wildcards.add(Wildcard.of(pattern));
            }
        }
        exact.addAll(names);
    }

    boolean matches(String model) {
        if (exact.contains(model)) {
            return true;
        }
        for (int i = 0; i < wildcards.size(); i++) { // by index: no iterator for every call
            if (wildcards.get(i).matches(model)) {
                return true;
            }
        }
        return false;
    }
}
