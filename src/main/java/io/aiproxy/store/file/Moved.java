package io.aiproxy.store.file;

import java.util.AbstractList;
import java.util.List;
import java.util.RandomAccess;
import java.util.function.BiFunction;

/**
 * Parts of a text in front of which something was put in or taken out. Each is moved when somebody asks for it: a change of one
 * of thousands moves nearly all others, of whose insides nobody wants to know.
 */
final class Moved<T> extends AbstractList<T> implements RandomAccess {
    private final List<T> parts;
    private final int by;
    private final BiFunction<T, Integer, T> mover;

    private Moved(List<T> parts, int by, BiFunction<T, Integer, T> mover) {
        this.parts = parts;
        this.by = by;
        this.mover = mover;
    }

    /** The pairs of a mapping that moves by so many chars. */
    static List<Part.Pair> pairs(List<Part.Pair> pairs, int by) {
        return of(pairs, by, Part.Pair::moved);
    }

    /** The items of a list that moves by so many chars. */
    static List<Part> items(List<Part> items, int by) {
        return of(items, by, Part::moved);
    }

    private static <T> List<T> of(List<T> parts, int by, BiFunction<T, Integer, T> mover) {
        if (parts instanceof Moved<T> again) { // however often they move, it is one step
            return new Moved<>(again.parts, again.by + by, mover);
        }
        return parts.isEmpty() ? parts : new Moved<>(parts, by, mover);
    }

    @Override
    public T get(int index) {
        return mover.apply(parts.get(index), by);
    }

    @Override
    public int size() {
        return parts.size();
    }
}
