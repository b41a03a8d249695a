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
     * What one level allows: these names or, where somebody is in several groups, what any of those allows.
     *
     * @param names exact or with {@code *}
     * @param patterns the same, ready to be asked
     * @param scopes instead of names: a model is allowed that one of them allows
     */
    public record Level(List<String> names, List<Wildcard> patterns, List<ModelScope> scopes) {
        /** Of these names. */
        public static Level of(List<String> names) {
            return new Level(
                    List.copyOf(names), names.stream().map(Wildcard::of).toList(), List.of());
        }

        private boolean allows(String model) {
            for (int i = 0; i < patterns.size(); i++) {
                if (patterns.get(i).matches(model)) {
                    return true;
                }
            }
            for (int i = 0; i < scopes.size(); i++) {
                if (scopes.get(i).allows(model)) {
                    return true;
                }
            }
            return false;
        }

        /** For people: {@code gpt-*, qwen-plus}. */
        @Override
        public String toString() {
            return scopes.isEmpty()
                    ? String.join(", ", names)
                    : String.join(
                            " or ",
                            scopes.stream().map(scope -> "(" + scope + ")").toList());
        }
    }

    /** What at least one of these allows. One that allows any model allows any; none at all restricts nothing. */
    public static ModelScope anyOf(List<ModelScope> scopes) {
        if (scopes.isEmpty() || scopes.contains(ANY)) {
            return ANY;
        }
        if (scopes.size() == 1) {
            return scopes.get(0);
        }
        boolean plain = scopes.stream().allMatch(ModelScope::isOneList);
        if (!plain) {
            return new ModelScope(List.of(new Level(List.of(), List.of(), List.copyOf(scopes))));
        }
        List<String> names = scopes.stream()
                .flatMap(scope -> scope.levels.get(0).names.stream())
                .distinct()
                .toList();
        return ANY.within(names);
    }

    private boolean isOneList() {
        return levels.size() == 1 && levels.get(0).scopes.isEmpty();
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

    /** Whether some model may not be asked for. */
    public boolean restricts() {
        return !levels.isEmpty();
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

    /** For people: {@code gpt-*, qwen-plus; gpt-5*}, level by level. */
    @Override
    public String toString() {
        return String.join("; ", levels.stream().map(Level::toString).toList());
    }
}
