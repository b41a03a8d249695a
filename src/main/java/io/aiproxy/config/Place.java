package io.aiproxy.config;

import org.jspecify.annotations.Nullable;

/**
 * Where a value stands, for people: {@code channels.bailian.timeouts}. Put into words only when somebody asks, because a file
 * has many thousands of values, and hardly one of them is ever told of.
 */
final class Place {
    private static final int NAMED = -1;
    /** Named with a word that was looked at already. */
    private static final int SHOWN = -2;

    /** That of a whole file. */
    static final Place ROOT = new Place(null, "", NAMED);

    private final @Nullable Place within;
    private final String name;
    /** In a list; or one of the following. */
    private final int index;

    private Place(@Nullable Place within, String name, int index) {
        this.within = within;
        this.name = name;
        this.index = index;
    }

    /** The one below this that {@code name} is the key of. */
    Place key(String name) {
        return new Place(this, name, NAMED);
    }

    /** As {@link #key}, of a word that can be shown as it is. */
    Place shown(String word) {
        return new Place(this, word, SHOWN);
    }

    /** The one below this that is the element {@code index} of a list, counted from 0. */
    Place item(int index) {
        return new Place(this, "", index);
    }

    /** The words; empty for a whole file. What does not look like a name, and so may be a secret, is {@code ***}. */
    @Override
    public String toString() {
        if (within == null) {
            return "";
        }
        String before = within.toString();
        if (index >= 0) {
            return before + "[" + index + "]";
        }
        String shown = index == SHOWN ? name : Words.shownId(name);
        return before.isEmpty() ? shown : before + "." + shown;
    }
}
