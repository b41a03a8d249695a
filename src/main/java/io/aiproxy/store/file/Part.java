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

    /**
     * How a node begins.
     *
     * @param start the first character, of an anchor or tag if it has them
     * @param anchor its name; empty: none
     * @param tag if it was written; empty: none
     */
    record Head(int start, String anchor, String tag) {}

    /** A single value; where nothing is written, one of length 0. */
    record Scalar(Head head, int end, String text, ScalarStyle style) implements Part {
        boolean plain() {
            return style == ScalarStyle.PLAIN;
        }
    }

    /** A mapping, in the text's order, doubled keys included. */
    record Mapping(Head head, int end, boolean flow, List<Pair> pairs) implements Part {}

    /** A list. */
    record Sequence(Head head, int end, boolean flow, List<Part> items) implements Part {}

    /** {@code *name}. */
    record Alias(Head head, int end, Part target) implements Part {}

    /** A key and its value. */
    record Pair(Part key, Part value) {
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
