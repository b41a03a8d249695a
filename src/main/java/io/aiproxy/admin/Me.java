package io.aiproxy.admin;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aiproxy.config.KeyConfig;
import io.aiproxy.config.UserConfig;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** {@code me}: what the holder of a token or proxy key is to this gateway. */
final class Me {
    List<Operation> operations() {
        return List.of(new Operation("GET", "me", Operation.Right.SELF, "me.read", this::me));
    }

    private AdminAnswer me(Ask ask) {
        ask.params().only(Set.of());
        Who who = ask.who();
        ObjectNode view = Json.object().put("role", who.role().name().toLowerCase(Locale.ROOT));
        if (who.self().isEmpty()) {
            return Answers.read(ask, view.put("admin_token", who.name()));
        }
        UserConfig user = who.self().get().user();
        view.put("key", who.self().get().key().name());
        view.set("user", user(user));
        ArrayNode keys = view.putArray("keys");
        user.keys().forEach(key -> keys.add(key(key)));
        return Answers.read(ask, view);
    }

    private static ObjectNode user(UserConfig user) {
        ObjectNode view = Json.object()
                .put("id", user.id())
                .put("name", user.name())
                .put("department", user.department())
                .put("contact", user.contact())
                .put("status", user.status().name().toLowerCase(Locale.ROOT));
        ArrayNode tags = view.putArray("tags");
        user.tags().forEach(tags::add);
        ArrayNode groups = view.putArray("groups");
        user.groups().forEach(groups::add);
        ArrayNode channels = view.putArray("channels");
        user.channels().forEach(grant -> channels.add(grant.channel()));
        return view;
    }

    private static ObjectNode key(KeyConfig key) {
        ObjectNode view = Json.object()
                .put("name", key.name())
                .put("prefix", key.prefix())
                .put("status", key.status().name().toLowerCase(Locale.ROOT));
        key.createdAt().ifPresent(at -> view.put("created_at", at.toString()));
        key.expiresAt().ifPresent(at -> view.put("expires_at", at.toString()));
        key.previous().ifPresent(old -> view.put("previous_until", old.until().toString()));
        return view;
    }
}
