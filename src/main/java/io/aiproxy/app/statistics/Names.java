package io.aiproxy.app.statistics;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aiproxy.config.ChannelConfig;
import io.aiproxy.config.Snapshot;
import io.aiproxy.config.UserConfig;
import io.aiproxy.config.UserGroupConfig;
import io.aiproxy.usage.Dimension;

/** Values of dimensions, with the names that people know them by: books hold ids, which stay when names change. */
final class Names {
    private final Snapshot snapshot;

    Names(Snapshot snapshot) {
        this.snapshot = snapshot;
    }

    /** Puts a value and, of what is configured, its name: empty where it is configured no more. */
    void tell(ObjectNode view, Dimension dimension, String value) {
        view.put(Filters.word(dimension), value);
        switch (dimension) {
            case USER -> view.put("user_name", user(value));
            case CHANNEL -> view.put("channel_name", channel(value));
            case GROUP -> view.put("group_name", group(value));
            default -> {
                // is its own name
            }
        }
    }

    private String user(String id) {
        UserConfig user = snapshot.users().get(id);
        return user == null ? "" : user.name();
    }

    private String channel(String id) {
        ChannelConfig channel = snapshot.channels().get(id);
        return channel == null ? "" : channel.name();
    }

    private String group(String id) {
        UserGroupConfig group = snapshot.userGroups().get(id);
        return group == null ? "" : group.name();
    }
}
