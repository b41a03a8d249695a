package io.aiproxy.dialects;

import org.jspecify.annotations.Nullable;

/**
 * A dotted path into a JSON body: {@code metadata.user_id}, {@code tools.0.name}, {@code tools.*.cache_control}. A step of
 * digits is a place in an array, and in an object the member of that name; {@code *} is every item of an array and every
 * member of an object. Two objects are never equal: the same path may be meant twice.
 */
final class BodyPath {
    private static final String ANY = "*";
    /** More digits than any body has items. */
    private static final int LONGEST_INDEX = 9;

    private final String[] steps;
    private final int[] places;

    private BodyPath(String[] steps) {
        this.steps = steps;
        this.places = new int[steps.length];
        for (int i = 0; i < steps.length; i++) {
            places[i] = place(steps[i]);
        }
    }

    static BodyPath of(String dotted) {
        return new BodyPath(dotted.split("\\.", -1));
    }

    /** The place that a step names; -1 when it is a name. {@code 007} is a name: there is one way to write a place. */
    private static int place(String step) {
        boolean digits = !step.isEmpty()
                && step.length() <= LONGEST_INDEX
                && step.chars().allMatch(c -> c >= '0' && c <= '9');
        return !digits || (step.length() > 1 && step.charAt(0) == '0') ? -1 : Integer.parseInt(step);
    }

    String step(int depth) {
        return steps[depth];
    }

    int length() {
        return steps.length;
    }

    boolean endsAt(int depth) {
        return depth == steps.length - 1;
    }

    /** @param name of a member; null for an item of an array, whose place counts */
    boolean fits(int depth, @Nullable String name, int place) {
        String step = steps[depth];
        return step.equals(ANY) || (name == null ? places[depth] == place : step.equals(name));
    }

    boolean isAny(int depth) {
        return steps[depth].equals(ANY);
    }

    /** Whether only names follow, so that what is missing can be made. */
    boolean isNamesFrom(int depth) {
        for (int i = depth; i < steps.length; i++) {
            if (places[i] >= 0 || isAny(i)) {
                return false;
            }
        }
        return true;
    }
}
