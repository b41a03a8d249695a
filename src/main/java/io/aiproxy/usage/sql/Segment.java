package io.aiproxy.usage.sql;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A part of a question that one table answers.
 *
 * @param level of the sums; null: single records
 * @param range what of it
 * @param key which piece of time its rows belong to
 */
record Segment(@Nullable Level level, Range range, Key key) {
    /** Which piece of time a row belongs to. */
    sealed interface Key {
        /** All rows belong to one. */
        record Constant(long time) implements Key {}

        /** Each bucket is one. */
        record Bucket() implements Key {}

        /**
         * Pieces of the same length.
         *
         * @param length of each
         * @param shift how far each begins before the multiple of {@code length} behind it
         */
        record Even(long length, long shift) implements Key {}
    }

    /** The same from other sums of the same pieces of time. */
    Segment at(Level other) {
        return new Segment(other, range, key);
    }

    /** Sums or records. */
    String table() {
        return level == null ? "aiproxy_usage_record" : level.table();
    }

    /** The column that says when. */
    String at() {
        return level == null ? "r.started" : "r.bucket";
    }

    /** Its rows' piece of time as SQL; empty when all have the same. */
    Optional<String> time() {
        if (key instanceof Key.Constant) {
            return Optional.empty();
        }
        // numbers of our own, not of the asker
        return Optional.of(
                key instanceof Key.Even even
                        ? at() + " - (" + at() + " + " + even.shift() + ") % " + even.length()
                        : at());
    }

    /** The time of all rows, where they have the same. */
    long constant() {
        return key instanceof Key.Constant constant ? constant.time() : 0;
    }

    /** One that ends where {@code next} begins and is answered alike; empty if they are not. */
    Optional<Segment> with(Segment next) {
        boolean one = level == next.level && key.equals(next.key) && range.to() == next.range.from();
        return one ? Optional.of(new Segment(level, new Range(range.from(), next.range.to()), key)) : Optional.empty();
    }
}
