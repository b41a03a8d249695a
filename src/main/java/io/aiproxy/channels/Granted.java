package io.aiproxy.channels;

import io.aiproxy.config.ChannelGrant;
import io.aiproxy.config.GroupConfig;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The active channels that a key may use, in order of priority. One object for all keys that are granted the same, so that
 * what is prepared for one is there for the others.
 */
final class Granted {
    private final List<Right> rights;
    private final Set<String> ids;
    private final @Nullable Options only;

    /** A channel and how it was granted. */
    record Right(Entry entry, ChannelGrant grant) {
        /** With no others to leave the work to, its weight does not matter. */
        private Right alone() {
            return new Right(entry, new ChannelGrant(grant.channel(), grant.priority(), grant.group(), 1));
        }
    }

    /** Members of a group that stand beside each other, as ids and weights. */
    record Members(String group, List<String> ids, List<Integer> weights) {}

    /** What stands beside each other: the members of a group with one priority, or one channel. */
    private record Place(int priority, String group, String channel) {
        static Place of(Right right) {
            ChannelGrant grant = right.grant;
            return new Place(grant.priority(), grant.group(), grant.group().isEmpty() ? grant.channel() : "");
        }
    }

    /**
     * @param rights to active channels, each once
     * @param ids of all channels that were granted
     * @param tiers makes a tier of some of the rights
     */
    Granted(List<Right> rights, Set<String> ids, Function<List<Right>, Tier> tiers) {
        this.rights = rights;
        this.ids = ids;
        this.only = rights.size() == 1
                ? Options.of(List.of(tiers.apply(List.of(rights.get(0).alone()))))
                : null;
    }

    boolean includes(String channel) {
        return ids.contains(channel);
    }

    List<Right> rights() {
        return rights;
    }

    /** The only channel, in its group if it was granted through one; null when there are several, or none. */
    @Nullable
    Options only() {
        return only;
    }

    /** The rights in tiers; of several that serve the model those that list it come before those that serve any. */
    Options options(Predicate<Entry> listed, Predicate<Entry> open, Function<List<Right>, Tier> tiers) {
        List<Tier> all = new ArrayList<>();
        add(listed, tiers, all);
        add(entry -> !listed.test(entry) && open.test(entry), tiers, all);
        return Options.of(all);
    }

    private void add(Predicate<Entry> wanted, Function<List<Right>, Tier> tiers, List<Tier> all) {
        Map<Place, List<Right>> places = new LinkedHashMap<>();
        for (Right right : rights) {
            if (wanted.test(right.entry)) {
                places.computeIfAbsent(Place.of(right), place -> new ArrayList<>())
                        .add(right);
            }
        }
        places.values().forEach(members -> all.add(tiers.apply(members)));
    }

    /** What tells a tier of these from others. */
    static Members members(List<Right> rights) {
        return new Members(
                rights.get(0).grant.group(),
                rights.stream().map(right -> right.entry.id()).toList(),
                rights.stream().map(right -> right.grant.weight()).toList());
    }

    /** A tier of these. */
    static Tier tier(List<Right> rights, GroupConfig group, Health health) {
        int[] weights = rights.stream()
                .mapToInt(right -> Math.max(0, right.grant.weight()))
                .toArray();
        return Tier.of(group, rights.stream().map(Right::entry).toList(), weights, health);
    }
}
