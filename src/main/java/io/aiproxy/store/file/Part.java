package io.aiproxy.store.file;

import java.util.List;
import org.yaml.snakeyaml.DumperOptions.ScalarStyle;

/** A node of a YAML document that knows where in the text it begins and ends, in chars. */
sealed interface Part {
    /** How it begins. */
    Head head();

    /** Behind its last character; of a block collection, behind the last character of its last element. */
    int end();

    /** Where it begins, its anchor and tag included. */
    default int start() {
        return head().start();
    }

    /** This where {@code by} chars more stand in front of it; less, if that is negative. It has no alias in it. */
    Part moved(int by);

    /**
     * How a node begins.
     *
     * @param start the first character, of an anchor or tag if it has them
     * @param anchor its name; empty: none
     * @param tag if it was written; empty: none
     */
    record Head(int start, String anchor, String tag) {
        Head moved(int by) {
            return new Head(start + by, anchor, tag);
        }
    }

    /** A single value; where nothing is written, one of length 0. */
    record Scalar(Head head, int end, String text, ScalarStyle style) implements Part {
        boolean plain() {
            return style == ScalarStyle.PLAIN;
        }

        @Override
        public Scalar moved(int by) {
            return new Scalar(head.moved(by), end + by, text, style);
        }
    }

    /** A mapping, in the text's order, doubled keys included. */
    record Mapping(Head head, int end, boolean flow, List<Pair> pairs) implements Part {
        @Override
        public Mapping moved(int by) {
            return new Mapping(head.moved(by), end + by, flow, Moved.pairs(pairs, by));
        }
    }

    /** A list. */
    record Sequence(Head head, int end, boolean flow, List<Part> items) implements Part {
        @Override
        public Sequence moved(int by) {
            return new Sequence(head.moved(by), end + by, flow, Moved.items(items, by));
        }
    }

    /** {@code *name}. */
    record Alias(Head head, int end, Part target) implements Part {
        @Override
        public Alias moved(int by) {
            throw new IllegalStateException("an alias does not know whether its target moves too");
        }
    }

    /** A key and its value. */
    record Pair(Part key, Part value) {
        /** As {@link Part#moved}. */
        Pair moved(int by) {
            return new Pair(key.moved(by), value.moved(by));
        }

        /** The key's text; of a key that is no scalar, something that is no key. */
        String name() {
            return key instanceof Scalar scalar ? scalar.text() : "\0";
        }

        /** Whether this is {@code <<:}. */
        boolean merges() {
            return key instanceof Scalar scalar
                    && scalar.plain()
                    && scalar.head().tag().isEmpty()
                    && scalar.text().equals("<<");
        }
    }
}
