package io.aiproxy.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * Users as the records of {@code api_keys.json} have them, {@code {"proxy_key", "channel", "user", "status",
 * "description", "created_at"}}, told in the fields of today.
 */
final class OldUsers {
    private OldUsers() {}

    /** The same in today's fields; what is in them already stays. */
    static ObjectNode translated(ObjectNode sent) {
        ObjectNode user = sent.deepCopy();
        JsonNode id = user.remove("user");
        if (id != null && !user.has("id")) {
            user.set("id", id);
        }
        JsonNode channel = user.remove("channel");
        if (channel != null && !user.has("channels")) {
            user.putArray("channels").add(channel);
        }
        boolean described = user.has("description") || user.has("created_at");
        if (described && user.has("proxy_key") && !user.has("keys")) {
            ObjectNode key = user.putArray("keys").addObject();
            key.set("proxy_key", user.remove("proxy_key"));
            move(user, "description", key, "name");
            move(user, "created_at", key, "created_at");
        }
        return user;
    }

    private static void move(ObjectNode from, String field, ObjectNode to, String as) {
        JsonNode value = from.remove(field);
        if (value != null && !value.asText("").isEmpty()) {
            to.set(as, value);
        }
    }
}
