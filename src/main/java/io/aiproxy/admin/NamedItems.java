package io.aiproxy.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The keys of a user or the credentials of a channel, whichever way they are written: as mappings, as the secrets alone, or
 * as the short form of a single one. Each with the name that it has by its place, so that it keeps it when others go.
 *
 * @param list where they stand
 * @param single the short form of one
 * @param secret the field of the secret
 * @param first the name that the first has if it has none
 * @param others the beginning of the others' names
 */
record NamedItems(String list, String single, String secret, String first, String others) {
    static final NamedItems KEYS = new NamedItems("keys", "proxy_key", "proxy_key", "key-1", "key-");
    static final NamedItems CREDENTIALS = new NamedItems("credentials", "api_key", "api_key", "default", "credential-");

    /** All of them, as copies. */
    List<ObjectNode> items(JsonNode entry) {
        List<ObjectNode> items = new ArrayList<>();
        JsonNode alone = entry.path(single);
        if (alone.isValueNode() && !alone.isNull()) {
            items.add(named("default", Json.object().set(secret, alone)));
        }
        JsonNode all = entry.path(list);
        Iterable<JsonNode> written =
                all.isArray() ? all : all.isMissingNode() || all.isNull() ? List.of() : List.of(all);
        for (JsonNode item : written) {
            String standard = standardName(items.size());
            ObjectNode fields = item instanceof ObjectNode object
                    ? object.deepCopy()
                    : Json.object().set(secret, item);
            boolean unnamed = fields.path("name").asText("").isBlank();
            items.add(unnamed ? named(standard, fields) : fields);
        }
        return items;
    }

    private String standardName(int place) {
        return place == 0 ? first : others + (place + 1);
    }

    private static ObjectNode named(String name, ObjectNode fields) {
        ObjectNode named = Json.object().put("name", name);
        fields.properties().forEach(field -> {
            if (!field.getKey().equals("name")) {
                named.set(field.getKey(), field.getValue());
            }
        });
        return named;
    }

    /** The entry with these instead. */
    ObjectNode with(JsonNode entry, List<ObjectNode> items) {
        ObjectNode changed = entry.deepCopy();
        changed.remove(single);
        ArrayNode array = Json.array();
        array.addAll(items);
        changed.set(list, array);
        return changed;
    }

    /** A name that none of them has. */
    String freeName(List<ObjectNode> items) {
        Set<String> taken = new HashSet<>();
        items.forEach(item -> taken.add(item.path("name").asText("")));
        int number = items.size();
        while (taken.contains(standardName(number))) {
            number++;
        }
        return standardName(number);
    }

    /** The place of the one with this name; refuses when there is none. */
    int place(List<ObjectNode> items, String name) {
        for (int i = 0; i < items.size(); i++) {
            if (items.get(i).path("name").asText("").equals(name)) {
                return i;
            }
        }
        throw Refusal.missing("There is none with this name here.");
    }
}
