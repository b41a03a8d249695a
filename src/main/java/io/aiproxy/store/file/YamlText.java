package io.aiproxy.store.file;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.DumperOptions.FlowStyle;
import org.yaml.snakeyaml.DumperOptions.ScalarStyle;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeId;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;
import org.yaml.snakeyaml.resolver.Resolver;

/** Writes JSON as YAML, as a person would: mappings over lines, short lists on one, quotation marks only where needed. */
final class YamlText {
    /** Words that some reader of YAML takes for something else than a text. */
    private static final Set<String> WORDS =
            Set.of("true", "false", "yes", "no", "on", "off", "null", "y", "n", "~", "");

    private static final Resolver RESOLVER = new Resolver();
    /** What is longer is written over several lines. */
    static final int LONGEST_LINE = 100;

    private static final int LONGEST_KEY = 1000;
    private static final String PROBE = "k";

    private YamlText() {}

    /** On one line, for a place behind a block mapping's colon. */
    static String inline(JsonNode value) {
        String line = dump(pair(PROBE, node(value, FlowStyle.FLOW)));
        return line.substring(PROBE.length() + 2, line.length() - 1);
    }

    /** As {@link #inline(JsonNode)}, with the quotation marks of the scalar that stood there. */
    static String inline(JsonNode value, Part.Scalar before) {
        return value.isTextual() && quoted(before.style())
                ? dumpScalar(value.textValue(), before.style())
                : inline(value);
    }

    /** On one line, for a place within brackets or braces. */
    static String within(JsonNode value) {
        String line = dump(new SequenceNode(Tag.SEQ, List.of(node(value, FlowStyle.FLOW)), FlowStyle.FLOW));
        return line.substring(1, line.length() - 2);
    }

    /** As {@link #within(JsonNode)}, with the quotation marks of the scalar that stood there. */
    static String within(JsonNode value, Part.Scalar before) {
        return value.isTextual() && quoted(before.style())
                ? dumpScalar(value.textValue(), before.style())
                : within(value);
    }

    /** Lines for what stands below a key that is indented like this; empty if it belongs behind the colon. */
    static Optional<String> lines(JsonNode value, String indent) {
        String lines = entry(PROBE, value, indent);
        int first = lines.indexOf('\n') + 1;
        boolean below = first == indent.length() + PROBE.length() + 2;
        return below ? Optional.of(lines.substring(first)) : Optional.empty();
    }

    /** Lines for a key and its value, each beginning with {@code indent}. */
    static String entry(String key, JsonNode value, String indent) {
        return indented(dump(pair(key, node(value, FlowStyle.BLOCK))), indent);
    }

    private static String indented(String lines, String indent) {
        return lines.lines().map(line -> indent + line + "\n").collect(Collectors.joining());
    }

    private static Node pair(String key, Node value) {
        return new MappingNode(Tag.MAP, List.of(new NodeTuple(text(key), value)), FlowStyle.BLOCK);
    }

    private static Node node(JsonNode value, FlowStyle style) {
        if (value.isObject()) {
            List<NodeTuple> tuples = new ArrayList<>();
            value.properties()
                    .forEach(field -> tuples.add(new NodeTuple(text(field.getKey()), node(field.getValue(), style))));
            return new MappingNode(Tag.MAP, tuples, tuples.isEmpty() ? FlowStyle.FLOW : style);
        }
        if (value.isArray()) {
            FlowStyle own = fits(value) ? FlowStyle.FLOW : style;
            List<Node> items = new ArrayList<>();
            value.forEach(item -> items.add(node(item, own)));
            return new SequenceNode(Tag.SEQ, items, own);
        }
        if (value.isTextual()) {
            return text(value.textValue());
        }
        String word = value.asText();
        Tag tag = RESOLVER.resolve(NodeId.scalar, word, true);
        return new ScalarNode(tag, word, null, null, ScalarStyle.PLAIN);
    }

    /** Whether a list fits on a line. */
    private static boolean fits(JsonNode list) {
        int length = 0;
        for (JsonNode item : list) {
            length += item.asText().length() + 2;
            if (item.isContainerNode() && !item.isEmpty()) {
                return false;
            }
        }
        return length <= LONGEST_LINE;
    }

    private static Node text(String text) {
        boolean plain = Tag.STR.equals(RESOLVER.resolve(NodeId.scalar, text, true))
                && !WORDS.contains(text.toLowerCase(java.util.Locale.ROOT))
                && YamlJson.plain(text).isTextual()
                && !text.contains("${")
                && text.codePoints().noneMatch(YamlText::special);
        return new ScalarNode(Tag.STR, text, null, null, plain ? ScalarStyle.PLAIN : ScalarStyle.DOUBLE_QUOTED);
    }

    /** What would end a line, or cannot be seen. */
    private static boolean special(int c) {
        return c < ' ' || (c >= 0x7f && c <= 0xa0) || c == 0x2028 || c == 0x2029 || c == 0xfeff;
    }

    private static boolean quoted(ScalarStyle style) {
        return style == ScalarStyle.DOUBLE_QUOTED || style == ScalarStyle.SINGLE_QUOTED;
    }

    private static String dumpScalar(String text, ScalarStyle style) {
        ScalarStyle safe = text.codePoints().anyMatch(YamlText::special) ? ScalarStyle.DOUBLE_QUOTED : style;
        String line = dump(pair(PROBE, new ScalarNode(Tag.STR, text, null, null, safe)));
        return line.substring(PROBE.length() + 2, line.length() - 1);
    }

    private static String dump(Node node) {
        DumperOptions options = new DumperOptions();
        options.setAllowUnicode(true);
        options.setSplitLines(false);
        options.setIndent(2);
        options.setIndicatorIndent(2);
        options.setIndentWithIndicator(true);
        options.setMaxSimpleKeyLength(LONGEST_KEY);
        StringWriter out = new StringWriter();
        new Yaml(options).serialize(node, out);
        return out.toString();
    }
}
