package io.aiproxy.store.file;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aiproxy.store.StoreException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What stands in YAML, as JSON. The configuration reads every value as the text that was written, so nothing may be lost on
 * the way: only {@code true}, {@code false} and numbers as JSON would write them become such; {@code on}, {@code 007},
 * {@code 1.10} and dates stay texts. Aliases and merge keys are written out.
 */
final class YamlJson {
    private static final JsonNodeFactory MAKE = JsonNodeFactory.instance;
    private static final Pattern INTEGER = Pattern.compile("-?[1-9][0-9]{0,39}|0");
    private static final Pattern DECIMAL = Pattern.compile("-?(0|[1-9][0-9]*)\\.[0-9]+");
    private static final Set<String> NULLS = Set.of("", "~", "null", "Null", "NULL");
    private static final String NULL_TAG = "tag:yaml.org,2002:null";
    private static final int LONGEST_NUMBER = 40;

    /** Aliases of aliases can make a short text a very large tree. */
    private static final int MOST_NODES = 5_000_000;

    private int nodes;

    private YamlJson() {}

    /** The tree of a node. */
    static JsonNode of(Part part) throws StoreException {
        return new YamlJson().tree(part);
    }

    /** A tree as it comes back when it has been written and read. */
    static JsonNode normal(JsonNode node) {
        if (node.isObject()) {
            ObjectNode object = MAKE.objectNode();
            node.properties().forEach(field -> object.set(field.getKey(), normal(field.getValue())));
            return object;
        }
        if (node.isArray()) {
            ArrayNode array = MAKE.arrayNode();
            node.forEach(item -> array.add(normal(item)));
            return array;
        }
        if (node.isNumber()) {
            String text = digits(node);
            JsonNode read = plain(text);
            return read.isNull() ? MAKE.textNode(text) : read;
        }
        if (node.isNull() || node.isMissingNode()) {
            return MAKE.nullNode();
        }
        return node.isBoolean() ? MAKE.booleanNode(node.booleanValue()) : MAKE.textNode(node.asText());
    }

    private static String digits(JsonNode number) {
        if (number.isIntegralNumber()) {
            return number.bigIntegerValue().toString();
        }
        double value = number.doubleValue();
        if (Double.isNaN(value) || Double.isInfinite(value)) {
            return number.asText();
        }
        BigDecimal exact = number.decimalValue().stripTrailingZeros();
        return Math.abs(exact.scale()) > LONGEST_NUMBER ? exact.toString() : exact.toPlainString();
    }

    /** What a scalar without quotation marks is. */
    static JsonNode plain(String text) {
        if (NULLS.contains(text)) {
            return MAKE.nullNode();
        }
        if (text.equals("true") || text.equals("false")) {
            return MAKE.booleanNode(text.equals("true"));
        }
        if (text.length() > LONGEST_NUMBER) {
            return MAKE.textNode(text);
        }
        if (INTEGER.matcher(text).matches()) {
            BigInteger value = new BigInteger(text);
            if (value.bitLength() < Integer.SIZE) {
                return MAKE.numberNode(value.intValue());
            }
            return value.bitLength() < Long.SIZE ? MAKE.numberNode(value.longValue()) : MAKE.numberNode(value);
        }
        if (DECIMAL.matcher(text).matches()
                && Double.toString(Double.parseDouble(text)).equals(text)) {
            return MAKE.numberNode(Double.parseDouble(text));
        }
        return MAKE.textNode(text);
    }

    private JsonNode tree(Part part) throws StoreException {
        if (++nodes > MOST_NODES) {
            throw new StoreException(StoreException.Why.UNAVAILABLE, "aliases make the configuration too large");
        }
        if (part instanceof Part.Alias alias) {
            return tree(alias.target());
        }
        if (part instanceof Part.Sequence sequence) {
            ArrayNode array = MAKE.arrayNode();
            for (Part item : sequence.items()) {
                array.add(tree(item));
            }
            return array;
        }
        if (part instanceof Part.Mapping mapping) {
            return object(mapping);
        }
        Part.Scalar scalar = (Part.Scalar) part;
        if (scalar.head().tag().equals(NULL_TAG)) {
            return MAKE.nullNode();
        }
        boolean plain = scalar.plain() && scalar.head().tag().isEmpty();
        return plain ? plain(scalar.text()) : MAKE.textNode(scalar.text());
    }

    /** Own keys first, then those of {@code <<:} that are not given here; the first of two equal keys counts. */
    private ObjectNode object(Part.Mapping mapping) throws StoreException {
        ObjectNode object = MAKE.objectNode();
        for (Part.Pair pair : mapping.pairs()) {
            if (!pair.merges() && pair.key() instanceof Part.Scalar && !object.has(pair.name())) {
                object.set(pair.name(), tree(pair.value()));
            }
        }
        for (Part.Pair pair : mapping.pairs()) {
            if (pair.merges()) {
                merge(object, tree(pair.value()));
            }
        }
        return object;
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
