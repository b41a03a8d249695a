package io.aiproxy.config;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** {@code rules:} of a channel. */
final class RuleReader {
    private RuleReader() {}

    static List<RequestRule> read(NodeReader channel) {
        List<RequestRule> rules = new ArrayList<>();
        for (Value item : channel.value("rules").map(Value::items).orElse(List.of())) {
            item.fields().ifPresent(fields -> rules.add(rule(item, fields)));
        }
        return List.copyOf(rules);
    }

    private static RequestRule rule(Value at, NodeReader rule) {
        RequestRule.Match match = match(rule.child("match"));
        NodeReader remove = rule.child("remove");
        NodeReader set = rule.child("set");
        NodeReader standard = rule.child("default");
        RequestRule result = new RequestRule(
                match,
                headerNames(remove.texts("headers")),
                headers(set.map("headers")),
                names(remove.texts("query")),
                query(set.map("query")),
                paths(remove.texts("body")),
                values(set),
                values(standard));
        remove.done();
        set.done();
        standard.refuse("headers", "have no default; write them under set");
        standard.refuse("query", "has no default; write it under set");
        standard.done();
        rule.done();
        boolean changes = result.changesBody()
                || !result.removeHeaders().isEmpty()
                || !result.setHeaders().isEmpty()
                || !result.removeQuery().isEmpty()
                || !result.setQuery().isEmpty();
        if (!changes && !rule.has("remove") && !rule.has("set") && !rule.has("default")) {
            at.problem("changes nothing; give remove, set or default, e.g. remove: {headers: [anthropic-beta]}");
        }
        return result;
    }

    private static RequestRule.Match match(NodeReader match) {
        List<Text> paths = match.texts("paths");
        for (Text path : paths) {
            boolean good = path.value().startsWith("/") || path.value().startsWith("*");
            if (!good || path.value().indexOf('?') >= 0) {
                path.problem("must begin with / (or be a pattern that begins with *) and have no query");
            }
        }
        Map<String, String> headers = new LinkedHashMap<>();
        match.map("headers").forEach((name, value) -> {
            if (!Rules.token(name)) {
                value.problem("is not a header name: letters, digits and - only");
            }
            Rules.checkHeaderValue(value);
            if (headers.put(name.toLowerCase(Locale.ROOT), value.value()) != null) {
                value.problem("is the same header as another one here: their case does not matter");
            }
        });
        match.done();
        return new RequestRule.Match(paths.stream().map(Text::value).toList(), Collections.unmodifiableMap(headers));
    }

    private static List<String> headerNames(List<Text> names) {
        for (Text name : names) {
            Rules.checkHeaderName(name.value(), name);
            if (name.value().indexOf('*') >= 0) {
                name.problem("names one header; patterns with * do not work here");
            }
        }
        return names.stream().map(name -> name.value().toLowerCase(Locale.ROOT)).toList();
    }

    private static Map<String, String> headers(Map<String, Text> set) {
        set.forEach((name, value) -> {
            Rules.checkHeaderName(name, value);
            Rules.checkHeaderValue(value);
        });
        return TokenReader.values(set);
    }

    private static List<String> names(List<Text> names) {
        names.stream().filter(name -> name.value().isBlank()).forEach(name -> name.problem("is empty"));
        return names.stream().map(Text::value).toList();
    }

    private static Map<String, String> query(Map<String, Text> set) {
        set.forEach((name, value) -> {
            if (name.isBlank()) {
                value.problem("has no name");
            }
        });
        return TokenReader.values(set);
    }

    private static List<String> paths(List<Text> paths) {
        paths.forEach(path -> Rules.checkBodyPath(path.value(), path.at()));
        return paths.stream().map(Text::value).toList();
    }

    private static Map<String, JsonNode> values(NodeReader fields) {
        Map<String, JsonNode> values = new LinkedHashMap<>();
        fields.value("body").map(Value::members).orElse(Map.of()).forEach((path, value) -> {
            Rules.checkBodyPath(path, value);
            values.put(path, JsonReader.read(value, text -> {}));
        });
        return Collections.unmodifiableMap(values);
    }
}
