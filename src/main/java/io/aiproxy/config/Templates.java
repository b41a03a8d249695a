package io.aiproxy.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The texts of one token recipe in which {@code {name}} stands for a credential's field, and the fields that they name.
 * Secrets are the credential's, never the recipe's: no placeholder is allowed here, so nothing that was put in is ever
 * taken for a brace, and a recipe may be printed.
 */
final class Templates {
    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_.-]{0,63}");
    /** Keys of a credential that are not fields of it. */
    private static final Set<String> OWN = Set.of("name", "weight", "key_file");

    private final Set<String> names = new LinkedHashSet<>();

    /** Whether a credential's field may be called so. */
    static boolean isName(String name) {
        return NAME.matcher(name).matches();
    }

    /** All fields that were named up to now, in their order. */
    Set<String> names() {
        return Collections.unmodifiableSet(names);
    }

    /** The text under a key, {@code fallback} if there is none. */
    String text(NodeReader fields, String key, String fallback) {
        Optional<Value> value = fields.value(key);
        if (value.isEmpty()) {
            names.addAll(parse(fallback).orElseThrow());
            return fallback;
        }
        return text(value.get()).map(Text::value).orElse(fallback);
    }

    /** As above for a text that would be a secret if it named no field. */
    String secret(NodeReader fields, String key, String fallback) {
        Optional<Value> value = fields.value(key);
        if (value.isEmpty()) {
            return text(fields, key, fallback);
        }
        Optional<Text> text = text(value.get());
        if (text.isPresent() && parse(text.get().value()).map(List::isEmpty).orElse(false)) {
            text.get().secret(); // it may well be one, and is told nowhere
            text.get()
                    .problem("names no field of a credential; give the secret to the credential, under any name, and "
                            + "write that name in braces and quotation marks, e.g. \"{clientSecret}\"");
        }
        return text.map(Text::value).orElse(fallback);
    }

    /** Free names and their texts. */
    Map<String, Text> map(NodeReader fields, String key) {
        Map<String, Text> map = new LinkedHashMap<>();
        fields.value(key).map(Value::entries).orElse(Map.of()).forEach((name, value) -> text(value)
                .ifPresent(text -> map.put(name, text)));
        return map;
    }

    /** A mapping of values of any kind, whose texts are templates at any depth. */
    JsonNode object(NodeReader fields, String key) {
        Optional<Value> value = fields.value(key);
        if (value.isPresent() && !value.get().isMap()) {
            value.get().fields(); // tells that a mapping is needed
        }
        return value.filter(Value::isMap)
                .map(at -> JsonReader.read(at, this::check))
                .orElseGet(JsonNodeFactory.instance::objectNode);
    }

    /** Notes what texts of our own name. */
    void standard(JsonNode own) {
        own.forEach(text -> names.addAll(parse(text.asText()).orElseThrow()));
    }

    /** A value of any kind, whose texts are templates at any depth. */
    JsonNode json(Value at) {
        return JsonReader.read(at, this::check);
    }

    private Optional<Text> text(Value at) {
        if (at.isUnquotedTemplate()) {
            at.problem(Value.UNQUOTED);
            return Optional.empty();
        }
        Optional<Text> text = at.text();
        text.ifPresent(this::check);
        return text;
    }

    private void check(Text text) {
        if (text.resolved()) {
            text.problem(
                    "must not hold ${…}: what differs or is secret belongs to the credential; give it there as a field "
                            + "and write the field's name here, e.g. \"{clientSecret}\"");
            return;
        }
        Optional<List<String>> found = parse(text.value());
        if (found.isEmpty()) {
            text.problem("has a brace that belongs to no field; write {name} for the credential's field of that name, "
                    + "and {{ or }} for a brace");
            return;
        }
        for (String name : found.get()) {
            if (OWN.contains(name)) {
                text.problem("{" + name + "} is not a field: the credential's " + name
                        + " is the gateway's own; give the field another name");
            } else {
                names.add(name);
            }
        }
    }

    /** The names in a template; empty if its braces do not fit. */
    static Optional<List<String>> parse(String template) {
        List<String> names = new ArrayList<>();
        int at = 0;
        while (at < template.length()) {
            char c = template.charAt(at);
            if (c != '{' && c != '}') {
                at++;
            } else if (template.startsWith(c == '{' ? "{{" : "}}", at)) {
                at += 2;
            } else {
                int end = c == '{' ? template.indexOf('}', at) : -1;
                if (end < 0 || !isName(template.substring(at + 1, end))) {
                    return Optional.empty();
                }
                names.add(template.substring(at + 1, end));
                at = end + 1;
            }
        }
        return Optional.of(names);
    }
}
