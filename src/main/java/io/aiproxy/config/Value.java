package io.aiproxy.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * A node of the file that knows its place. What it should be is decided by whoever asks; what it is not is told as a
 * problem, and reading goes on.
 *
 * @param source the file
 * @param node the node
 * @param place where that is, for people
 * @param shape its place in the structure, e.g. {@code channels.*.timeouts}
 */
record Value(Source source, Node node, Place place, String shape) {
    static final String UNQUOTED =
            "braces without quotation marks are a mapping to YAML; write \"{name}\" for the field, "
                    + "{name: null} for a mapping";

    private static final int DEEPEST_MERGE = 10;
    private static final String NO_TAGS = "has a YAML tag, which means nothing here; quote a value that begins with !";
    private static final Set<Tag> TAGS =
            Set.of(Tag.STR, Tag.INT, Tag.FLOAT, Tag.BOOL, Tag.NULL, Tag.TIMESTAMP, Tag.MAP, Tag.SEQ, Tag.MERGE);

    /** A key of a mapping and its value. */
    record Entry(ScalarNode key, Value value) {}

    /** What the keys of a mapping are. */
    private enum Naming {
        /** Our own words, however they are spelt; underscored keys are comments. */
        KNOWN,
        /** The operator's choice; underscored keys are comments. */
        CHOSEN,
        /** Somebody else's words, all of which count. */
        FOREIGN
    }

    void problem(String message) {
        source.problem(node, field(), message);
    }

    /** Its place for people, e.g. {@code channels.bailian.timeouts}. */
    String field() {
        return place.toString();
    }

    boolean isMap() {
        return node instanceof MappingNode;
    }

    boolean isList() {
        return node instanceof SequenceNode;
    }

    /** Whether nothing stands behind the colon, or {@code null} or {@code ~}. */
    boolean isNull() {
        return Tag.NULL.equals(node.getTag());
    }

    /** The text of a scalar. */
    Optional<Text> text() {
        if (!plainTag()) {
            problem(NO_TAGS);
            return Optional.empty();
        }
        if (!(node instanceof ScalarNode scalar) || isNull()) {
            problem(isNull() ? "is empty" : "must be a single value");
            return Optional.empty();
        }
        String raw = scalar.getValue();
        if (!Placeholders.in(raw)) {
            return Optional.of(new Text(raw, false, this));
        }
        String resolved = source.placeholders().resolve(raw, this::problem);
        return resolved == null ? Optional.empty() : Optional.of(new Text(resolved, true, this));
    }

    /** The elements of a list; a scalar is a list of one. */
    List<Value> items() {
        if (node instanceof SequenceNode sequence) {
            List<Value> items = new ArrayList<>();
            for (Node item : sequence.getValue()) {
                String kind = source.keys().gathers() ? shape + "[]" : "";
                items.add(new Value(source, item, place.item(items.size()), kind));
            }
            return items;
        }
        if (isMap() || isNull()) {
            problem("must be a list");
            return List.of();
        }
        return List.of(this);
    }

    /** The fields of a mapping with known keys; empty after telling the problem if it is none. */
    Optional<NodeReader> fields() {
        return mapping().map(mapping -> {
            Map<String, Entry> fields = new LinkedHashMap<>();
            collect(mapping, fields, Naming.KNOWN, 0);
            return new NodeReader(this, fields);
        });
    }

    /** The entries of a mapping whose keys the operator chooses, e.g. channels by id, in the file's order. */
    Map<String, Value> entries() {
        return entries(Naming.CHOSEN);
    }

    /** The entries of a mapping that goes to somebody else as it is, so that no key is a comment. */
    Map<String, Value> members() {
        return entries(Naming.FOREIGN);
    }

    /** Whether this is {@code {name}} without quotation marks, which YAML takes for a mapping. */
    boolean isUnquotedTemplate() {
        if (!(node instanceof MappingNode mapping)
                || mapping.getFlowStyle() != DumperOptions.FlowStyle.FLOW
                || mapping.getValue().size() != 1) {
            return false;
        }
        return mapping.getValue().get(0).getValueNode() instanceof ScalarNode scalar
                && scalar.getValue().isEmpty()
                && Tag.NULL.equals(scalar.getTag());
    }

    private Map<String, Value> entries(Naming naming) {
        Map<String, Entry> entries = new LinkedHashMap<>();
        mapping().ifPresent(mapping -> collect(mapping, entries, naming, 0));
        Map<String, Value> values = new LinkedHashMap<>();
        entries.forEach((key, entry) -> values.put(key, entry.value()));
        return values;
    }

    private Optional<MappingNode> mapping() {
        if (node instanceof MappingNode mapping && plainTag()) {
            return Optional.of(mapping);
        }
        problem(
                !plainTag()
                        ? NO_TAGS
                        : isNull() ? "is empty; a mapping (key: value) is needed" : "must be a mapping (key: value)");
        return Optional.empty();
    }

    private boolean plainTag() {
        return TAGS.contains(node.getTag());
    }

    /** Own keys first, then those of {@code <<:} that are not given here; underscored keys are comments. */
    private void collect(MappingNode mapping, Map<String, Entry> into, Naming naming, int depth) {
        boolean first = into.isEmpty();
        Map<String, Entry> own = first ? into : new LinkedHashMap<>();
        List<Node> merged = new ArrayList<>();
        for (NodeTuple tuple : mapping.getValue()) {
            if (Tag.MERGE.equals(tuple.getKeyNode().getTag())) {
                merged.add(tuple.getValueNode());
            } else {
                collect(tuple, own, naming);
            }
        }
        if (!first) {
            own.forEach(into::putIfAbsent);
        }
        for (Node node : merged) {
            for (Node one : node instanceof SequenceNode several ? several.getValue() : List.of(node)) {
                if (one instanceof MappingNode part && depth < DEEPEST_MERGE) {
                    collect(part, into, naming, depth + 1);
                } else {
                    source.problem(one, field(), "<<: needs a mapping, or a list of mappings, e.g. *name");
                }
            }
        }
    }

    private void collect(NodeTuple tuple, Map<String, Entry> own, Naming naming) {
        if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
            source.problem(tuple.getKeyNode(), field(), "a key must be a single word");
            return;
        }
        boolean known = naming == Naming.KNOWN;
        String name = known ? Words.normal(key.getValue()) : key.getValue();
        if (name.startsWith("_") && naming != Naming.FOREIGN) {
            return;
        }
        Place below = place.key(name);
        String kind = !source.keys().gathers() ? "" : shape.isEmpty() ? name : shape + "." + (known ? name : "*");
        @Nullable
        Entry first = own.putIfAbsent(name, new Entry(key, new Value(source, tuple.getValueNode(), below, kind)));
        if (first != null) {
            int line = first.key().getStartMark().getLine() + 1;
            source.problem(key, below.toString(), "is given twice, first in line " + line + "; remove one");
        }
    }
}
