package io.aiproxy.edge;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.yaml.snakeyaml.Yaml;

/** One route file as plain maps and lists, read without Camel. */
record RouteYaml(String where, String text, List<Map<String, Object>> elements) {
    static RouteYaml read(String where, String text) {
        List<Map<String, Object>> elements = new Yaml().load(text);
        return new RouteYaml(where, text, elements);
    }

    /** Elements of one kind: {@code route}, {@code routeConfiguration}. */
    List<Map<String, Object>> all(String kind) {
        List<Map<String, Object>> found = new ArrayList<>();
        elements.stream().filter(e -> e.containsKey(kind)).forEach(e -> found.add(map(e.get(kind))));
        return found;
    }

    /** Every list named {@code steps} or {@code onException}, at any depth, step by step: its kind and what it says. */
    void steps(Consumer<Map.Entry<String, Map<String, Object>>> visitor) {
        walk(elements, visitor);
    }

    private static void walk(Object node, Consumer<Map.Entry<String, Map<String, Object>>> visitor) {
        if (node instanceof List<?> list) {
            list.forEach(item -> walk(item, visitor));
        } else if (node instanceof Map<?, ?> map) {
            map.forEach((key, value) -> {
                if (List.of("steps", "onException").contains(key) && value instanceof List<?> steps) {
                    steps.forEach(
                            step -> map(step).forEach((kind, says) -> visitor.accept(Map.entry(kind, map(says)))));
                }
                walk(value, visitor);
            });
        }
    }

    /** Endpoints of consumers and producers: URI and parameters. */
    List<Map<String, Object>> endpoints() {
        List<Map<String, Object>> found = new ArrayList<>();
        endpoints(elements, found);
        return found;
    }

    private static void endpoints(Object node, List<Map<String, Object>> found) {
        if (node instanceof List<?> list) {
            list.forEach(item -> endpoints(item, found));
        } else if (node instanceof Map<?, ?> map) {
            if (map.get("uri") instanceof String) {
                found.add(map(map));
            }
            map.values().forEach(value -> endpoints(value, found));
        }
    }

    /** As one URI, the way Camel joins it. */
    static String uri(Map<String, Object> endpoint) {
        StringBuilder uri = new StringBuilder(endpoint.get("uri").toString());
        map(endpoint.getOrDefault("parameters", Map.of()))
                .forEach((name, value) -> uri.append(uri.indexOf("?") < 0 ? '?' : '&')
                        .append(name)
                        .append('=')
                        .append(value));
        return uri.toString().replaceAll("\\{\\{[^}]*}}", "8001");
    }

    @SuppressWarnings("unchecked") // YAML's keys are strings here; the schema says so
    static Map<String, Object> map(Object value) {
        return value instanceof Map<?, ?> map ? (Map<String, Object>) map : new LinkedHashMap<>();
    }

    @Override
    public String toString() {
        return where;
    }
}
