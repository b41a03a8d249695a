package io.aiproxy.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Users as a table: what is written, and what a row that comes back means. */
final class UserTable {
    /** The columns that are written, and read. Lists have {@code ;} between their elements. */
    static final List<String> COLUMNS = List.of(
            "id", "name", "department", "contact", "status", "tags", "groups", "channels", "models", "allowed_ips");

    /** Read only: secrets do not come out. */
    static final String KEY = "proxy_key";

    private static final Set<String> LISTS = Set.of("tags", "groups", "channels", "models", "allowed_ips");

    private UserTable() {}

    static byte[] write(List<ObjectNode> users) {
        List<List<String>> rows = new ArrayList<>();
        for (ObjectNode user : users) {
            rows.add(COLUMNS.stream().map(column -> cell(user.path(column))).toList());
        }
        return Csv.write(COLUMNS, rows).getBytes(StandardCharsets.UTF_8);
    }

    private static String cell(JsonNode node) {
        List<String> parts = new ArrayList<>();
        if (node.isArray()) {
            node.forEach(element -> parts.add(element.asText()));
        } else if (node.isObject()) {
            node.fieldNames().forEachRemaining(parts::add);
        } else {
            return node.asText("");
        }
        return String.join(";", parts);
    }

    static List<Csv.Row> read(byte[] csv) {
        List<String> columns = new ArrayList<>(COLUMNS);
        columns.add(KEY);
        return Csv.read(csv, columns);
    }

    /**
     * The user with what the row says. An empty cell takes nothing away, except that it takes the field away where the user
     * has it and the column is given: what was exported and sent back changes nothing.
     */
    static ObjectNode merged(JsonNode before, Csv.Row row) {
        ObjectNode user = before instanceof ObjectNode object ? object.deepCopy() : Json.object();
        for (Map.Entry<String, String> cell : row.cells().entrySet()) {
            String column = cell.getKey();
            String value = cell.getValue();
            boolean same = cell(before.path(column)).equals(value);
            if (column.equals("id") || column.equals(KEY) || same) {
                continue; // channels with priorities of their own stay so
            }
            if (value.isEmpty()) {
                user.remove(column);
            } else if (LISTS.contains(column)) {
                user.set(column, list(value));
            } else {
                user.put(column, value);
            }
        }
        return user;
    }

    private static ArrayNode list(String cell) {
        ArrayNode list = Json.array();
        for (String part : cell.split(";", -1)) {
            if (!part.isBlank()) {
                list.add(part.strip());
            }
        }
        return list;
    }
}
