package io.aiproxy.credentials;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.aiproxy.core.FailureException;
import io.aiproxy.core.Secret;
import java.util.Map;
import java.util.TreeSet;

/**
 * Puts a credential's fields into the texts of a recipe: <code>{name}</code> stands for the field of that name, doubled
 * braces stand for braces.
 */
final class Template {
    private final TokenOrder order;

    Template(TokenOrder order) {
        this.order = order;
    }

    /**
     * The text with its fields filled in.
     *
     * @throws FailureException CHANNEL_MISCONFIGURED when a field is missing or a brace stands alone
     */
    String fill(String text) {
        StringBuilder filled = new StringBuilder(text.length() + 64);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c != '{' && c != '}') {
                filled.append(c);
            } else if (i + 1 < text.length() && text.charAt(i + 1) == c) {
                filled.append(c);
                i++;
            } else {
                int end = c == '{' ? text.indexOf('}', i) : -1;
                if (end < 0) {
                    throw order.misconfigured("a template has a single " + c + "; a brace itself is written " + c + c);
                }
                filled.append(field(text.substring(i + 1, end)));
                i = end;
            }
        }
        return filled.toString();
    }

    /** A copy in which every text, at any depth, is filled in; names of fields stay. */
    JsonNode fill(JsonNode node) {
        if (node.isTextual()) {
            return TextNode.valueOf(fill(node.textValue()));
        }
        if (node.isObject()) {
            ObjectNode copy = JsonNodeFactory.instance.objectNode();
            for (Map.Entry<String, JsonNode> entry : node.properties()) {
                copy.set(entry.getKey(), fill(entry.getValue()));
            }
            return copy;
        }
        if (node.isArray()) {
            ArrayNode copy = JsonNodeFactory.instance.arrayNode(node.size());
            node.forEach(element -> copy.add(fill(element)));
            return copy;
        }
        return node;
    }

    /** The credential's field of this name. */
    String field(String name) {
        Secret value = order.credential().fields().get(name);
        if (value == null) {
            throw order.misconfigured("it has no field \"" + name + "\"; it has "
                    + new TreeSet<>(order.credential().fields().keySet()));
        }
        return value.reveal();
    }
}
