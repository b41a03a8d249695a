package io.aiproxy.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BigIntegerNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.math.BigInteger;
import java.util.Locale;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * A value of any kind, as JSON. Only what is a number in JSON too becomes one: {@code 007}, {@code 0x10} and {@code 12:30},
 * numbers to YAML 1.1, stay texts. Where a value cannot be used, the problem is told and null stands in its place.
 */
final class JsonReader {
    private static final int DEEPEST = 30;
    /** Aliases of aliases make millions of values of a short file; nobody writes as many as this by hand. */
    private static final int MOST = 10_000;

    private static final Pattern INTEGER = Pattern.compile("-?(?:0|[1-9][0-9]{0,39})");
    private static final Pattern DECIMAL =
            Pattern.compile("-?(?:0|[1-9][0-9]{0,39})(?:\\.[0-9]{1,40})?(?:[eE][-+]?[0-9]{1,3})?");
    private static final Set<String> TRUE = Set.of("true", "yes", "on");

    private final JsonNodeFactory json = JsonNodeFactory.instance;
    private final Consumer<Text> texts;
    private int left = MOST;

    private JsonReader(Consumer<Text> texts) {
        this.texts = texts;
    }

    /** The value; {@code texts} is shown every text in it, keys not included. */
    static JsonNode read(Value at, Consumer<Text> texts) {
        JsonReader reader = new JsonReader(texts);
        JsonNode node = reader.node(at, 0);
        if (reader.left < 0) {
            at.problem("has more than " + MOST + " values in it");
        }
        return node;
    }

    private JsonNode node(Value at, int depth) {
        if (--left < 0) {
            return NullNode.instance;
        }
        if (depth > DEEPEST) {
            at.problem("is nested more than " + DEEPEST + " levels deep");
            left = Math.min(left, 0); // it may be an alias within itself: enough is seen
            return NullNode.instance;
        }
        if (at.isUnquotedTemplate()) {
            at.problem(Value.UNQUOTED);
            return NullNode.instance;
        }
        if (at.isMap()) {
            ObjectNode object = json.objectNode();
            at.members().forEach((name, member) -> object.set(name, node(member, depth + 1)));
            return object;
        }
        if (at.isList()) {
            ArrayNode array = json.arrayNode();
            at.items().forEach(item -> array.add(node(item, depth + 1)));
            return array;
        }
        return at.isNull()
                ? NullNode.instance
                : at.text().<JsonNode>map(text -> scalar(text)).orElse(NullNode.instance);
    }

    private JsonNode scalar(Text text) {
        Tag tag = text.at().node().getTag();
        String value = text.value();
        if (!text.resolved()) {
            if (Tag.BOOL.equals(tag)) {
                return BooleanNode.valueOf(TRUE.contains(value.toLowerCase(Locale.ROOT)));
            }
            if (Tag.INT.equals(tag) && INTEGER.matcher(value).matches()) {
                return integer(new BigInteger(value));
            }
            if (Tag.FLOAT.equals(tag) && DECIMAL.matcher(value).matches()) {
                double number = Double.parseDouble(value);
                return Double.isInfinite(number) ? TextNode.valueOf(value) : DoubleNode.valueOf(number);
            }
        }
        texts.accept(text);
        return TextNode.valueOf(value);
    }

    private JsonNode integer(BigInteger number) {
        if (number.bitLength() < Integer.SIZE) {
            return json.numberNode(number.intValue());
        }
        return number.bitLength() < Long.SIZE ? json.numberNode(number.longValue()) : BigIntegerNode.valueOf(number);
    }
}
