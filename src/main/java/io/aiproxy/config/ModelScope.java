package io.aiproxy.config;

import io.aiproxy.core.Wildcard;
import java.util.ArrayList;
import java.util.List;

/**
 * Which models may be asked for. Every level (group, user, key) may narrow it: a model must be allowed by each of them.
 *
 * @param levels the levels that say something
 */
public record ModelScope(List<Level> levels) {
    /** Any model. */
    public static final ModelScope ANY = new ModelScope(List.of());

    /**
     * What one level allows.
     *
     * @param names exact or with {@code *}
     * @param patterns the same, ready to be asked
     */
    public record Level(List<String> names, List<Wildcard> patterns) {
        /** Of these names. */
        public static Level of(List<String> names) {
            return new Level(
                    List.copyOf(names), names.stream().map(Wildcard::of).toList());
        }

        private boolean allows(String model) {
            for (int i = 0; i < patterns.size(); i++) {
                if (patterns.get(i).matches(model)) {
                    return true;
                }
            }
            return false;
        }
    }

    /** Narrowed by another level; an empty list narrows nothing. */
    public ModelScope within(List<String> names) {
        if (names.isEmpty()) {
            return this;
        }
        List<Level> narrower = new ArrayList<>(levels);
        narrower.add(Level.of(names));
        return new ModelScope(List.copyOf(narrower));
    }

    /** Whether a model may be asked for; a call that names none may be made in any case. Allocates nothing. */
    public boolean allows(String model) {
        if (model.isEmpty()) {
            return true;
        }
        for (int i = 0; i < levels.size(); i++) {
            if (!levels.get(i).allows(model)) {
                return false;
            }
        }
        return true;
    }
}
