package io.aiproxy.imports;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.StringReader;
import java.nio.file.Path;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/** A YAML file in the shape of JSON. All scalars but null stay texts, so that no key turns into a number. */
final class YamlTree {
    private static final int MOST_NODES = 200_000;
    private static final int DEEPEST = 60;
    private static final JsonNodeFactory MAKE = JsonNodeFactory.instance;

    private int nodes;

    private YamlTree() {}

    static JsonNode read(Path file, String text) throws ImportException {
        LoaderOptions options = new LoaderOptions();
        options.setNestingDepthLimit(30);
        options.setCodePointLimit(text.length() + 1);
        options.setMaxAliasesForCollections(1000);
        try {
            Node root = new Yaml(options).compose(new StringReader(text));
            if (root == null) {
                throw new ImportException(file + " is empty");
            }
            return new YamlTree().of(root, 0);
        } catch (YAMLException e) {
            Mark mark = e instanceof MarkedYAMLException marked ? marked.getProblemMark() : null;
            String place = mark == null ? "" : " at line " + (mark.getLine() + 1);
            throw new ImportException(file + place + ": is not valid YAML; mend it first");
        }
    }

    /** An alias within its own anchor would go on for ever: hence the depth. */
    private JsonNode of(Node node, int depth) {
        nodes++;
        if (nodes > MOST_NODES || depth > DEEPEST) {
            throw new YAMLException("too many nodes");
        }
        if (node instanceof SequenceNode sequence) {
            ArrayNode array = MAKE.arrayNode();
            sequence.getValue().forEach(item -> array.add(of(item, depth + 1)));
            return array;
        }
        if (node instanceof MappingNode mapping) {
            ObjectNode object = MAKE.objectNode();
            mapping.getValue().forEach(tuple -> own(object, tuple, depth));
            mapping.getValue().stream()
                    .filter(YamlTree::isMerge)
                    .forEach(tuple -> merge(object, of(tuple.getValueNode(), depth + 1)));
            return object;
        }
        ScalarNode scalar = (ScalarNode) node;
        if (Tag.NULL.equals(scalar.getTag())) {
            return MAKE.nullNode();
        }
        return MAKE.textNode(scalar.getValue());
    }

    private static boolean isMerge(NodeTuple tuple) {
        return Tag.MERGE.equals(tuple.getKeyNode().getTag());
    }

    private void own(ObjectNode object, NodeTuple tuple, int depth) {
        if (!isMerge(tuple) && tuple.getKeyNode() instanceof ScalarNode key) {
            object.set(key.getValue(), of(tuple.getValueNode(), depth + 1));
        }
    }

    private static void merge(ObjectNode into, JsonNode from) {
        if (from.isArray()) {
            from.forEach(one -> merge(into, one));
        } else {
            from.properties().forEach(field -> {
                if (!into.has(field.getKey())) {
                    into.set(field.getKey(), field.getValue());
                }
            });
        }
    }
}
