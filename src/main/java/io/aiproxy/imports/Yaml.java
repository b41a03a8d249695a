package io.aiproxy.imports;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Writes configuration files as a person would. Values are texts, numbers, booleans, {@code Map<String, ?>} (in
 * order), {@code List<?>}, and what the methods here make. A text is always taken literally: it never becomes a number, a
 * placeholder or anything else when the file is read.
 */
final class Yaml {
    private static final Pattern PLAIN = Pattern.compile("[\\p{L}_/][\\p{L}\\p{N}_./@+:~ -]*");
    private static final Pattern DURATION = Pattern.compile("[0-9]+(\\.[0-9]+)?(ms|s|m|h|d)");
    private static final Set<String> WORDS = Set.of("true", "false", "yes", "no", "on", "off", "null", "y", "n");
    private static final int WIDTH = 100;

    private final StringBuilder out = new StringBuilder();

    private Yaml() {}

    /** A placeholder for a variable of the environment. */
    private record Env(String name) {}

    /** A value written on one line. */
    private record Inline(Map<String, ?> map) {}

    /** A value with a comment above it. */
    private record Noted(String comment, Object value) {}

    /** {@code ${env:NAME}}. */
    static Object env(String name) {
        return new Env(name);
    }

    /** A mapping on one line: {@code {a: b}}. */
    static Object inline(Map<String, ?> map) {
        return new Inline(map);
    }

    /** A value with lines of comment above its key. */
    static Object noted(String comment, Object value) {
        return new Noted(comment, value);
    }

    /** A file: comments, then the mapping, with an empty line before each of its entries' entries. */
    static String file(String head, Map<String, ?> root) {
        Yaml yaml = new Yaml();
        yaml.comment("", head);
        root.forEach((key, value) -> {
            yaml.out.append(yaml.out.indexOf(":\n") < 0 ? "" : "\n");
            if (value instanceof Map<?, ?> entries && !entries.isEmpty() && nested(entries)) {
                yaml.out.append(key).append(":\n");
                entries.forEach((id, entry) -> {
                    yaml.out.append('\n');
                    yaml.entry("  ", String.valueOf(id), entry);
                });
            } else {
                yaml.entry("", key, value);
            }
        });
        return yaml.out.toString();
    }

    private static boolean nested(Map<?, ?> entries) {
        return entries.values().stream().allMatch(value -> value instanceof Map<?, ?>);
    }

    private void comment(String indent, String text) {
        text.lines().forEach(line -> out.append(indent)
                .append(line.isEmpty() ? "#" : "# ")
                .append(line)
                .append('\n'));
    }

    private void entry(String indent, String key, Object value) {
        if (value instanceof Noted noted) {
            comment(indent, noted.comment());
            entry(indent, key, noted.value());
            return;
        }
        out.append(indent).append(quoted(key)).append(':');
        if (value instanceof Map<?, ?> map && !map.isEmpty()) {
            out.append('\n');
            map.forEach((name, inner) -> entry(indent + "  ", String.valueOf(name), inner));
        } else if (value instanceof List<?> list && !fits(indent, list)) {
            out.append('\n');
            list.forEach(item -> item(indent + "  ", item));
        } else {
            out.append(' ').append(line(value, false)).append('\n');
        }
    }

    private static boolean fits(String indent, List<?> list) {
        boolean scalars = list.stream().noneMatch(item -> item instanceof Map<?, ?>);
        return scalars && indent.length() + 20 + line(list, false).length() <= WIDTH;
    }

    private void item(String indent, Object item) {
        if (!(item instanceof Map<?, ?> map) || map.isEmpty()) {
            out.append(indent).append("- ").append(line(item, false)).append('\n');
            return;
        }
        int from = out.length();
        map.forEach((name, inner) -> entry(indent + "  ", String.valueOf(name), inner));
        out.setCharAt(from + indent.length(), '-'); // the first entry's indentation makes room for the dash
    }

    private static String line(Object value, boolean inner) {
        if (value instanceof Inline inline) {
            return line(inline.map(), inner);
        }
        if (value instanceof Map<?, ?> map) {
            List<String> parts = new ArrayList<>();
            map.forEach((key, entry) -> parts.add(quoted(String.valueOf(key)) + ": " + line(entry, true)));
            return "{" + String.join(", ", parts) + "}";
        }
        if (value instanceof List<?> list) {
            return "["
                    + String.join(
                            ", ", list.stream().map(item -> line(item, true)).toList()) + "]";
        }
        if (value instanceof Env env) {
            String text = "${env:" + env.name() + "}";
            return inner ? "\"" + text + "\"" : text;
        }
        if (value instanceof BigDecimal number) {
            return number.toPlainString();
        }
        boolean literal = value instanceof Integer || value instanceof Boolean;
        return literal ? value.toString() : quoted(String.valueOf(value).replace("${", "$${"));
    }

    private static String quoted(String text) {
        boolean plain = PLAIN.matcher(text).matches()
                && !text.contains(": ")
                && !text.endsWith(":")
                && !text.endsWith(" ")
                && !WORDS.contains(text.toLowerCase(java.util.Locale.ROOT));
        if (plain || DURATION.matcher(text).matches()) {
            return text;
        }
        StringBuilder quoted = new StringBuilder("\"");
        text.codePoints().forEach(c -> {
            if (c == '"' || c == '\\') {
                quoted.append('\\').append((char) c);
            } else if (c < ' ' || (c >= 0x7f && c < 0xa0) || c == 0x2028 || c == 0x2029 || c == 0xfeff) {
                quoted.append(String.format("\\u%04x", c));
            } else {
                quoted.appendCodePoint(c >= 0xd800 && c < 0xe000 ? 0xfffd : c);
            }
        });
        return quoted.append('"').toString();
    }
}
