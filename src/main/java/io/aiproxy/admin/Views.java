package io.aiproxy.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aiproxy.config.ChannelGrant;
import io.aiproxy.config.KeyConfig;
import io.aiproxy.config.Snapshot;
import io.aiproxy.config.UserConfig;
import io.aiproxy.store.ConfigStore;
import io.aiproxy.store.Entries;
import io.aiproxy.store.Kind;
import io.aiproxy.store.State;
import io.aiproxy.store.StoreException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** Parts of all entries at one glance: {@code limits} and {@code mappings}. They are changed where they belong. */
final class Views {
    private final ConfigStore store;
    private final Supplier<Snapshot> snapshot;

    Views(ConfigStore store, Supplier<Snapshot> snapshot) {
        this.store = store;
        this.snapshot = snapshot;
    }

    List<Operation> operations() {
        return List.of(
                new Operation("GET", "limits", Operation.Right.LOOK, "limit.list", this::limits),
                new Operation("GET", "mappings", Operation.Right.LOOK, "mapping.list", this::mappings));
    }

    private AdminAnswer limits(Ask ask) throws StoreException {
        State state = store.state();
        return Answers.read(ask, Listing.page(ask, limits(state.entries())), Etags.of(state.tag()));
    }

    /** Every limit with whom it holds for. */
    static List<ObjectNode> limits(Entries entries) {
        List<ObjectNode> all = new ArrayList<>();
        entries.of(Kind.USER_GROUP).forEach((id, group) -> {
            add(all, "user_group", id, "", group.path("limits"));
            add(all, "user_group_member", id, "", group.path("user_limits"));
        });
        entries.of(Kind.USER).forEach((id, user) -> {
            add(all, "user", id, "", user.path("limits"));
            NamedItems.KEYS.items(user).forEach(key -> add(all, "key", id, Json.text(key, "name"), key.path("limits")));
        });
        entries.of(Kind.CHANNEL).forEach((id, channel) -> add(all, "channel", id, "", channel.path("limits")));
        return all;
    }

    private static void add(List<ObjectNode> to, String scope, String id, String key, JsonNode limits) {
        if (limits.isObject()) { // a single value stands for a list of one
            to.add(limit(scope, id, key, limits));
        }
        if (limits.isArray()) {
            limits.forEach(limit -> to.add(limit(scope, id, key, limit)));
        }
    }

    private static ObjectNode limit(String scope, String id, String key, JsonNode limit) {
        ObjectNode view = Json.object().put("scope", scope).put("id", id);
        if (!key.isEmpty()) {
            view.put("key", key);
        }
        view.set("limit", limit);
        return view;
    }

    private AdminAnswer mappings(Ask ask) {
        List<ObjectNode> all = new ArrayList<>();
        for (UserConfig user : snapshot.get().users().values()) {
            user.channels().forEach(grant -> all.add(mapping(user, "", grant)));
            for (KeyConfig key : user.keys()) {
                if (!key.channels().equals(user.channels())) {
                    key.channels().forEach(grant -> all.add(mapping(user, key.name(), grant)));
                }
            }
        }
        return Answers.read(ask, Listing.page(ask, all));
    }

    private static ObjectNode mapping(UserConfig user, String key, ChannelGrant grant) {
        ObjectNode view = Json.object().put("user", user.id());
        if (!key.isEmpty()) {
            view.put("key", key);
        }
        view.put("channel", grant.channel()).put("priority", grant.priority());
        if (!grant.group().isEmpty()) {
            view.put("channel_group", grant.group()).put("weight", grant.weight());
        }
        return view;
    }
}
