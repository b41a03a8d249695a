package io.aiproxy.store.file;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;

/** Documents as people write them: comments everywhere, all styles, any indentation. */
final class RandomYaml {
    private static final JsonNodeFactory MAKE = JsonNodeFactory.instance;
    private static final String[] WORDS = {
        "a",
        "active",
        "30s",
        "pk_test_1",
        "a b",
        "张三",
        "true",
        "12",
        "2027-01-31",
        "${env:X}",
        "x: y",
        "#",
        "",
        "🔑",
        "a, b",
        "{x}",
        "off",
        "it's",
        "\"q\"",
        "007",
        "1.10",
        "-",
        "*",
        "null",
        "two\nlines\n",
        "a\\b",
        " lead",
        "tab\there"
    };

    private final Random random;
    private String end = "\n";

    /** The text of an entry, its comment and blank lines included. */
    record Chunk(String id, String text) {}

    /** A document and what is in it. */
    record Text(String whole, Map<String, JsonNode> users, List<Chunk> chunks) {}

    RandomYaml(Random random) {
        this.random = random;
    }

    Text document() {
        end = one(4) ? "\r\n" : "\n";
        Map<String, JsonNode> users = new LinkedHashMap<>();
        List<Chunk> chunks = new ArrayList<>();
        StringBuilder out = new StringBuilder(one(4) ? "\uFEFF" : "");
        out.append(one(2) ? "# Header 🔑" + end + end : "");
        out.append(one(6) ? "---" + end : "");
        if (one(3)) {
            out.append("user_groups: {g: {x: 1}}").append(comment()).append(end);
        }
        out.append(one(4) ? "\"users\":" : "users:").append(comment()).append(end);
        String indent = " ".repeat(1 + random.nextInt(4));
        for (int i = random.nextInt(5); i >= 0; i--) {
            String id = "u" + i;
            JsonNode body = one(5) ? value(1) : mapping(1);
            String text = lead(indent) + entry(indent, id, body);
            users.put(id, YamlJson.normal(body));
            chunks.add(new Chunk(id, text));
            out.append(text);
        }
        out.append(one(3) ? indent + "# the end" + end : "");
        if (one(3)) {
            out.append(end)
                    .append("user_groups_: # more")
                    .append(end)
                    .append("  x: 1")
                    .append(end);
        }
        String whole = out.toString();
        String tail = chunks.get(chunks.size() - 1).text();
        boolean literal =
                tail.stripTrailing().endsWith("   lines"); // whose text would be another without its line's end
        boolean cut = one(5) && whole.endsWith(tail) && !literal;
        if (cut) {
            Chunk last = chunks.remove(chunks.size() - 1);
            chunks.add(new Chunk(last.id(), last.text().substring(0, last.text().length() - end.length())));
            whole = whole.substring(0, whole.length() - end.length());
        }
        return new Text(whole, users, chunks);
    }

    JsonNode value(int depth) {
        int kind = random.nextInt(depth > 3 ? 5 : 8);
        if (kind == 5) {
            return mapping(depth + 1);
        }
        if (kind > 5) {
            ArrayNode array = MAKE.arrayNode();
            for (int i = random.nextInt(3); i > 0; i--) {
                array.add(value(depth + 1));
            }
            return array;
        }
        return switch (kind) {
            case 0 -> MAKE.numberNode(random.nextInt(100));
            case 1 -> one(2) ? MAKE.nullNode() : MAKE.booleanNode(one(2));
            default -> MAKE.textNode(WORDS[random.nextInt(WORDS.length)]);
        };
    }

    ObjectNode mapping(int depth) {
        ObjectNode object = MAKE.objectNode();
        for (int i = random.nextInt(4); i >= 0; i--) {
            object.set(one(6) ? WORDS[random.nextInt(WORDS.length - 8)] : "key" + i, value(depth + 1));
        }
        return object;
    }

    private boolean one(int of) {
        return random.nextInt(of) == 0;
    }

    private String comment() {
        return one(3) ? "  # said: \"here\", {x" : "";
    }

    private String lead(String indent) {
        return (one(4) ? end : "") + (one(3) ? indent + "# about" + end : "") + (one(6) ? "# left" + end : "");
    }

    /** Lines of a key and its value. */
    private String entry(String indent, String key, JsonNode value) {
        String head = indent + scalar(key, false) + ":";
        if (value.isObject() && !value.isEmpty() && !one(3)) {
            StringBuilder lines = new StringBuilder(head + comment() + end);
            String deeper = indent + " ".repeat(1 + random.nextInt(4));
            value.properties().forEach(field -> lines.append(lead(deeper))
                    .append(entry(deeper, field.getKey(), field.getValue())));
            return lines.toString();
        }
        if (value.isArray() && !value.isEmpty() && !one(3)) {
            StringBuilder lines = new StringBuilder(head + comment() + end);
            String deeper = indent + " ".repeat(random.nextInt(3));
            value.forEach(item -> lines.append(one(4) ? deeper + "# item" + end : "")
                    .append(deeper)
                    .append("- ")
                    .append(flow(item))
                    .append(comment())
                    .append(end));
            return lines.toString();
        }
        if (value.isNull() && one(2)) {
            return head + comment() + end;
        }
        if (value.isTextual() && value.textValue().equals("two\nlines\n") && one(2)) {
            return head + " |" + comment() + end + indent + "   two" + end + indent + "   lines" + end
                    + (one(3) ? end : "");
        }
        if (one(8)) {
            return head + end + indent + "  " + flow(value) + comment() + end;
        }
        return head + " " + (value.isTextual() ? scalar(value.textValue(), true) : flow(value)) + comment() + end;
    }

    private String flow(JsonNode value) {
        if (value.isObject()) {
            return "{"
                    + value.properties().stream()
                            .map(field -> scalar(field.getKey(), false) + ": " + flow(field.getValue()))
                            .collect(Collectors.joining(one(5) ? "," + end + "         " : ", "))
                    + "}";
        }
        if (value.isArray()) {
            List<String> items = new ArrayList<>();
            value.forEach(item -> items.add(flow(item)));
            return "[" + String.join(one(5) ? " , " : ",", items) + "]";
        }
        return value.isTextual() ? scalar(value.textValue(), false) : value.asText();
    }

    private String scalar(String text, boolean block) {
        boolean simple = text.matches("[\\p{L}_][\\p{L}0-9_]*( b)?|30s|007|1\\.10|2027-01-31|off")
                && !List.of("true", "null").contains(text);
        if ((simple && !one(4)) || (block && text.equals("${env:X}") && one(2))) {
            return text;
        }
        if (one(2) && !text.contains("\n")) {
            return "'" + text.replace("'", "''") + "'";
        }
        return "\""
                + text.replace("\\", "\\\\")
                        .replace("\"", "\\\"")
                        .replace("\n", "\\n")
                        .replace("\t", "\\t") + "\"";
    }
}
