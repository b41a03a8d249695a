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
        return isNull(node);
    }

    @SuppressWarnings("ReferenceEquality") // a first look at what nearly all are
    static boolean isNull(Node node) {
        Tag tag = node.getTag();
        return tag != Tag.STR && tag != Tag.MAP && tag != Tag.SEQ && Tag.NULL.equals(tag);
    }

    /** The text of a scalar. */
    Optional<Text> text() {
        return Optional.ofNullable(textOrNull());
    }

    /** As above; null, after telling why, if it cannot be had. For what is done with every value of a file. */
    @Nullable
    Text textOrNull() {
        if (!plainTag()) {
            problem(NO_TAGS);
            return null;
        }
        if (!(node instanceof ScalarNode scalar) || isNull()) {
            problem(isNull() ? "is empty" : "must be a single value");
            return null;
        }
        String raw = scalar.getValue();
        if (!Placeholders.in(raw)) {
            return new Text(raw, false, this);
        }
        String resolved = source.placeholders().resolve(raw, this::problem);
        return resolved == null ? null : new Text(resolved, true, this);
    }

    /** The elements of a list; a scalar is a list of one. */
    List<Value> items() {
        if (node instanceof SequenceNode sequence) {
            List<Node> nodes = sequence.getValue();
            List<Value> items = new ArrayList<>(nodes.size());
            String kind = source.keys().gathers() ? shape + "[]" : "";
            for (Node item : nodes) {
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
        MappingNode mapping = mapping();
        return mapping == null ? Optional.empty() : Optional.of(new NodeReader(this, collected(mapping, Naming.KNOWN)));
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
        MappingNode mapping = mapping();
        if (mapping == null) {
            return Map.of();
        }
        Fields entries = collected(mapping, naming);
        Map<String, Value> values = new LinkedHashMap<>(entries.count() * 2);
        for (int i = 0; i < entries.count(); i++) {
            String name = entries.name(i);
            values.put(name, below(name, entries.node(i), naming));
        }
        return values;
    }

    /** What stands behind the key {@code name} of this mapping with known keys. */
    Value below(String name, Node node) {
        return below(name, node, Naming.KNOWN);
    }

    private Value below(String name, Node node, Naming naming) {
        String kind = "";
        if (source.keys().gathers()) {
            kind = shape.isEmpty() ? name : shape + "." + (naming == Naming.KNOWN ? name : "*");
        }
        return new Value(source, node, place.key(name), kind);
    }

    private @Nullable MappingNode mapping() {
        boolean plain = plainTag();
        if (node instanceof MappingNode mapping && plain) {
            return mapping;
        }
        problem(
                !plain
                        ? NO_TAGS
                        : isNull() ? "is empty; a mapping (key: value) is needed" : "must be a mapping (key: value)");
        return null;
    }

    /** Hardly any value has another tag than the resolver's own objects. */
    @SuppressWarnings("ReferenceEquality")
    private boolean plainTag() {
        Tag tag = node.getTag();
        return tag == Tag.STR || tag == Tag.MAP || tag == Tag.SEQ || TAGS.contains(tag);
    }

    private Fields collected(MappingNode mapping, Naming naming) {
        Fields fields = new Fields(mapping.getValue().size());
        collect(mapping, fields, naming, 0);
        return fields;
    }

    /** Own keys first, then those of {@code <<:} that are not given here; underscored keys are comments. */
    private void collect(MappingNode mapping, Fields into, Naming naming, int depth) {
        boolean first = into.count() == 0;
        Fields own = first ? into : new Fields(mapping.getValue().size());
        List<Node> merged = null;
        for (NodeTuple tuple : mapping.getValue()) {
            if (isMerge(tuple.getKeyNode())) {
                merged = merged == null ? new ArrayList<>() : merged;
                merged.add(tuple.getValueNode());
            } else {
                collect(tuple, own, naming);
            }
        }
        if (!first) {
            into.addMissing(own);
        }
        if (merged != null) {
            merge(merged, into, naming, depth);
        }
    }

    @SuppressWarnings("ReferenceEquality") // as above
    private static boolean isMerge(Node key) {
        Tag tag = key.getTag();
        return tag != Tag.STR && Tag.MERGE.equals(tag);
    }

    private void merge(List<Node> merged, Fields into, Naming naming, int depth) {
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

    private void collect(NodeTuple tuple, Fields own, Naming naming) {
        if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
            source.problem(tuple.getKeyNode(), field(), "a key must be a single word");
            return;
        }
        String name = naming == Naming.KNOWN ? Words.normal(key.getValue()) : key.getValue();
        if (naming != Naming.FOREIGN && name.startsWith("_")) {
            return;
        }
        int first = own.add(name, key, tuple.getValueNode());
        if (first >= 0) {
            int line = own.key(first).getStartMark().getLine() + 1;
            source.problem(key, place.key(name).toString(), "is given twice, first in line " + line + "; remove one");
        }
    }
}
