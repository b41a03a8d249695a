package io.aiproxy.dialects;

import io.aiproxy.core.Usage;
import io.aiproxy.core.UsageField;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Finds numbers at places that the configuration names with JSON pointers (RFC 6901), in each document anew: the last one
 * told counts.
 */
final class PointedUsage implements JsonScan.Visitor {
    private static final int DEEPEST = 32;
    /** One bit for each stands in a mask. */
    private static final int MOST_POINTERS = 31;

    /** What a number is, and where it stands. */
    private record Pointer(String number, List<String> path) {
        static Pointer of(String number, String pointer) {
            List<String> path = new ArrayList<>(4);
            String[] parts = pointer.split("/", -1);
            for (int i = 1; i < parts.length; i++) {
                path.add(parts[i].replace("~1", "/").replace("~0", "~"));
            }
            return new Pointer(number, path);
        }
    }

    private final Pointer[] pointers;
    /** The pointers that lead through what is open at each level. */
    private final int[] through = new int[DEEPEST + 1];
    /** Of an array, which of its elements comes next; -1 of an object. */
    private final int[] next = new int[DEEPEST + 1];

    private int depth;
    private final long[] numbers;
    private int told;

    PointedUsage(Map<String, String> places) {
        this.pointers = places.entrySet().stream()
                .limit(MOST_POINTERS)
                .map(entry -> Pointer.of(entry.getKey(), entry.getValue()))
                .toArray(Pointer[]::new);
        this.numbers = new long[pointers.length];
    }

    /** Whether input and output, as far as their places are known, have been told. */
    boolean complete() {
        for (int i = 0; i < pointers.length; i++) {
            boolean tokens = pointers[i].number.equals("input") || pointers[i].number.equals("output");
            if (tokens && (told & 1 << i) == 0) {
                return false;
            }
        }
        return told != 0;
    }

    /** What was found, in place of what is known from elsewhere. */
    Optional<Usage> over(Optional<Usage> known) {
        if (told == 0) {
            return known;
        }
        Usage old = known.orElse(Usage.NONE);
        return Optional.of(UsageField.usage(field -> number(name(field), field.of(old))));
    }

    /** How the configuration calls it; tokens need not be called so. */
    private static String name(UsageField field) {
        return field.word().replace("_tokens", "");
    }

    private long number(String name, long otherwise) {
        for (int i = 0; i < pointers.length; i++) {
            if (pointers[i].number.equals(name) && (told & 1 << i) != 0) {
                return numbers[i];
            }
        }
        return otherwise;
    }

    @Override
    public void begins() {
        depth = 0;
    }

    @Override
    public String name(byte[] bytes, int length) {
        return new String(bytes, 0, length, StandardCharsets.UTF_8);
    }

    @Override
    public boolean opens(String name, boolean array) {
        int leading = depth == 0 ? (1 << pointers.length) - 1 : leading(name);
        if (leading == 0 || depth == DEEPEST) {
            return false;
        }
        depth++;
        through[depth] = leading;
        next[depth] = array ? 0 : -1;
        return true;
    }

    @Override
    public void closes() {
        depth--;
    }

    @Override
    public JsonScan.Use string(String name) {
        passed();
        return JsonScan.Use.SKIP;
    }

    @Override
    public void kept(String name, byte[] bytes, int length) {
        throw new IllegalStateException("no string is wanted");
    }

    @Override
    public void text(byte[] bytes, int from, int to) {
        throw new IllegalStateException("no text is wanted");
    }

    @Override
    public void scalar(String name, byte[] bytes, int length) {
        double value = JsonScan.number(bytes, length);
        int leading = leading(name);
        for (int i = 0; i < pointers.length && leading != 0; i++) {
            if ((leading & 1 << i) != 0 && pointers[i].path.size() == depth && !Double.isNaN(value)) {
                numbers[i] = UsageFields.amount(value);
                told |= 1 << i;
            }
        }
    }

    /** The pointers that lead to or through the value that comes. */
    private int leading(String name) {
        int index = passed();
        int leading = 0;
        for (int i = 0; i < pointers.length; i++) {
            boolean here = (through[depth] & 1 << i) != 0 && pointers[i].path.size() >= depth;
            if (here && names(pointers[i].path.get(depth - 1), name, index)) {
                leading |= 1 << i;
            }
        }
        return leading;
    }

    private static boolean names(String part, String name, int index) {
        return index < 0 ? part.equals(name) : part.equals(Integer.toString(index));
    }

    /** The index of the value that comes, which has then gone; -1 in an object. */
    private int passed() {
        return next[depth] < 0 ? -1 : next[depth]++;
    }
}
