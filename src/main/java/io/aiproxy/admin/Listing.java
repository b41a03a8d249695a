package io.aiproxy.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aiproxy.core.Percent;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A part of a collection: {@code limit}, {@code offset}, {@code sort=field,-field}, {@code q=} in some fields, and any other
 * parameter as a filter, {@code status=disabled}, {@code groups=team-a}, {@code timeouts.connect=5s}.
 */
final class Listing {
    static final int MOST = 1000;

    private static final int STANDARD = 100;
    private static final Set<String> OWN = Set.of("limit", "offset", "sort", "q", "format");
    private static final List<String> SEARCHED = List.of("id", "name", "department", "tags");
    private static final Pattern FIELD = Pattern.compile("[A-Za-z_][A-Za-z0-9_-]{0,63}(\\.[A-Za-z0-9_-]{1,64}){0,5}");

    private Listing() {}

    /** Those of the items that are asked for, with the total. */
    static ObjectNode page(Ask ask, List<ObjectNode> items) {
        Params params = ask.params();
        int limit = params.integer("limit", 1, MOST, STANDARD);
        int offset = params.integer("offset", 0, Integer.MAX_VALUE, 0);
        List<ObjectNode> found = selected(params, items);
        ObjectNode page = Json.object();
        int from = Math.min(offset, found.size());
        int to = (int) Math.min((long) from + limit, found.size());
        page.putArray("items").addAll(found.subList(from, to));
        page.put("total", found.size()).put("limit", limit).put("offset", offset);
        if (to < found.size()) {
            page.put("next", next(ask, to));
        }
        return page;
    }

    private static String next(Ask ask, int offset) {
        String others = ask.params().all().entrySet().stream()
                .filter(parameter -> !parameter.getKey().equals("offset"))
                .map(parameter -> Percent.encode(parameter.getKey()) + "=" + Percent.encode(parameter.getValue()) + "&")
                .collect(Collectors.joining());
        return ask.request().path() + "?" + others + "offset=" + offset;
    }

    /** All that fit, sorted. */
    static List<ObjectNode> selected(Params params, List<ObjectNode> items) {
        Predicate<ObjectNode> fits = item -> true;
        for (Map.Entry<String, String> parameter : params.all().entrySet()) {
            if (!OWN.contains(parameter.getKey())) {
                List<String> path = path(parameter.getKey());
                fits = fits.and(item -> holds(at(item, path), parameter.getValue()));
            }
        }
        String q = params.text("q").orElse("").toLowerCase(Locale.ROOT);
        if (!q.isEmpty()) {
            fits = fits.and(item -> SEARCHED.stream().anyMatch(field -> contains(item.path(field), q)));
        }
        List<ObjectNode> found = new ArrayList<>(items.stream().filter(fits).toList());
        params.text("sort").filter(sort -> !sort.isEmpty()).ifPresent(sort -> found.sort(order(sort)));
        return found;
    }

    private static List<String> path(String field) {
        if (!FIELD.matcher(field).matches()) {
            throw Refusal.malformed("A filter or an order names a field that cannot be one: expected the name of a"
                    + " field, or several with dots between them.");
        }
        return List.of(field.split("\\.", -1));
    }

    private static JsonNode at(JsonNode item, List<String> path) {
        JsonNode node = item;
        for (String name : path) {
            node = node.path(name);
        }
        return node;
    }

    /** A list holds its elements, a mapping its keys: channels are granted as either. */
    private static boolean holds(JsonNode node, String value) {
        if (node.isArray()) {
            for (JsonNode element : node) {
                if (holds(element, value)) {
                    return true;
                }
            }
            return false;
        }
        return node.isObject()
                ? node.has(value)
                : !node.isMissingNode() && node.asText().equals(value);
    }

    private static boolean contains(JsonNode node, String lower) {
        if (node.isArray()) {
            for (JsonNode element : node) {
                if (contains(element, lower)) {
                    return true;
                }
            }
            return false;
        }
        return node.asText("").toLowerCase(Locale.ROOT).contains(lower);
    }

    private static Comparator<ObjectNode> order(String sort) {
        List<Comparator<ObjectNode>> orders = new ArrayList<>();
        for (String field : sort.split(",", -1)) {
            boolean down = field.startsWith("-");
            List<String> path = path(down ? field.substring(1) : field);
            Comparator<JsonNode> values = down ? Listing::descending : Listing::ascending;
            orders.add(Comparator.comparing(item -> at(item, path), values));
        }
        return orders.stream().reduce(Comparator::thenComparing).orElseThrow();
    }

    /** What is missing comes last, whichever the direction. */
    private static int ascending(JsonNode a, JsonNode b) {
        int missing = Boolean.compare(a.isMissingNode(), b.isMissingNode());
        return missing != 0 ? missing : compared(a, b);
    }

    private static int descending(JsonNode a, JsonNode b) {
        int missing = Boolean.compare(a.isMissingNode(), b.isMissingNode());
        return missing != 0 ? missing : compared(b, a);
    }

    /** Numbers before texts. */
    private static int compared(JsonNode a, JsonNode b) {
        if (a.isNumber() && b.isNumber()) {
            return a.decimalValue().compareTo(b.decimalValue());
        }
        int kind = Boolean.compare(b.isNumber(), a.isNumber());
        return kind != 0 ? kind : text(a).compareTo(text(b));
    }

    private static String text(JsonNode node) {
        return node.isContainerNode() ? node.toString() : node.asText();
    }
}
