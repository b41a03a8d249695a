package io.aiproxy.config;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** {@code channels:} of a user or a key, as a list or as a mapping. */
final class GrantReader {
    private static final int STANDARD_PRIORITY = 100;

    /** Channels by id; their priorities. Empty if channels.yaml could not be read, and then no name is judged. */
    private final Optional<Map<String, Integer>> priorities;

    GrantReader(Optional<Map<String, Integer>> priorities) {
        this.priorities = priorities;
    }

    /** The grants, first choice first. */
    List<ChannelGrant> read(Value at) {
        List<ChannelGrant> grants = at.isMap() ? fromMap(at) : fromList(at);
        grants.sort(Comparator.comparingInt(ChannelGrant::priority)); // stable: equal ones stay as written
        boolean nothing =
                at.isMap() ? at.entries().isEmpty() : at.isList() && at.items().isEmpty();
        if (nothing) {
            at.problem("must name at least one channel");
        }
        return List.copyOf(grants);
    }

    private List<ChannelGrant> fromList(Value at) {
        List<ChannelGrant> grants = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        for (Value item : at.items()) {
            item.text().ifPresent(channel -> {
                check(channel.value(), channel.shown(), item);
                if (!seen.add(channel.value())) {
                    item.problem("channel " + channel.shown() + " is named twice");
                }
                grants.add(new ChannelGrant(channel.value(), grants.size() + 1));
            });
        }
        return grants;
    }

    private List<ChannelGrant> fromMap(Value at) {
        List<ChannelGrant> grants = new ArrayList<>();
        at.entries().forEach((channel, rights) -> {
            check(channel, Words.quoted(channel), rights);
            int standard = priorities.map(all -> all.get(channel)).orElse(STANDARD_PRIORITY);
            int priority = standard;
            Optional<NodeReader> fields = rights.isNull() ? Optional.empty() : rights.fields();
            if (fields.isPresent()) {
                priority = fields.get().integer("priority", 0, standard);
                fields.get().done();
            }
            grants.add(new ChannelGrant(channel, priority));
        });
        return grants;
    }

    private void check(String channel, String shown, Value at) {
        if (priorities.isPresent() && !priorities.get().containsKey(channel)) {
            Set<String> known = priorities.get().keySet();
            String near = Words.didYouMean(channel, known);
            at.problem("channel " + shown + " is not in channels.yaml"
                    + (near.isEmpty() ? "; there are: " + String.join(", ", known) : near));
        }
    }
}
