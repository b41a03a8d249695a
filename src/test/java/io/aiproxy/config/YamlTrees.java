package io.aiproxy.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.composer.Composer;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.CollectionNode;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.parser.ParserImpl;
import org.yaml.snakeyaml.reader.StreamReader;
import org.yaml.snakeyaml.resolver.Resolver;

/** What the library makes of a text, all about a tree in words that can be compared, and the judgement on {@link QuickYaml}. */
final class YamlTrees {
    private YamlTrees() {}

    /** What {@link QuickYaml} may do with a text. */
    enum Verdict {
        LEFT,
        SAME
    }

    /** What it did. An assertion error if it answered what the library refuses, or anything but what the library answers. */
    static Verdict judged(String text) {
        Optional<Node> quick = QuickYaml.read(text);
        if (quick.isEmpty()) {
            return Verdict.LEFT;
        }
        List<String> expected;
        try {
            expected = told(library(text).orElseThrow());
        } catch (YAMLException refused) {
            throw new AssertionError("the library refuses what was read:\n" + shown(text), refused);
        }
        List<String> got = told(quick.get());
        for (int i = 0; i < Math.min(got.size(), expected.size()); i++) {
            if (!got.get(i).equals(expected.get(i))) {
                throw new AssertionError(got.get(i) + "\nshould be " + expected.get(i) + " in:\n" + shown(text));
            }
        }
        if (got.size() != expected.size()) {
            throw new AssertionError(got.size() + " nodes should be " + expected.size() + " in:\n" + shown(text));
        }
        return Verdict.SAME;
    }

    /** The root by the library alone, with its own resolver; empty if there is nothing in the text. */
    static Optional<Node> library(String text) {
        LoaderOptions options = new LoaderOptions();
        options.setNestingDepthLimit(30);
        return Optional.ofNullable(
                new Composer(new ParserImpl(new StreamReader(text), options), new Resolver(), options).getSingleNode());
    }

    /** All that there is to know of a tree but its ends, node by node. */
    static List<String> told(Node root) {
        List<String> all = new ArrayList<>();
        tell(root, "", all);
        return all;
    }

    private static void tell(Node node, String path, List<String> all) {
        String flow =
                node instanceof CollectionNode<?> some ? some.getFlowStyle().name() : "";
        String word = node instanceof ScalarNode scalar ? scalar.getScalarStyle() + " «" + scalar.getValue() + "»" : "";
        String merged = node instanceof MappingNode mapping && mapping.isMerged() ? " merged" : "";
        all.add(path + " " + node.getClass().getSimpleName() + " "
                + node.getTag().getValue() + " " + flow + word + merged
                + " " + node.getStartMark().getLine() + ":"
                + node.getStartMark().getColumn() + " "
                + node.getStartMark().getIndex() + " " + node.getStartMark().getName() + " " + node.getAnchor() + " "
                + node.getType().getSimpleName() + " " + node.useClassConstructor() + node.isTwoStepsConstruction());
        if (node instanceof SequenceNode sequence) {
            for (Node item : sequence.getValue()) {
                tell(item, path + "-", all);
            }
        }
        if (node instanceof MappingNode mapping) {
            for (NodeTuple entry : mapping.getValue()) {
                tell(entry.getKeyNode(), path + "?", all);
                tell(entry.getValueNode(), path + ":", all);
            }
        }
    }

    private static String shown(String text) {
        StringBuilder shown = new StringBuilder("«");
        for (char c : text.toCharArray()) {
            shown.append(c == '\n' || (c >= ' ' && c <= '~') ? String.valueOf(c) : String.format("\\u%04x", (int) c));
        }
        return shown.append("»").toString();
    }
}
