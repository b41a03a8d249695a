package io.aiproxy.channels;

import io.aiproxy.config.GroupConfig;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Channels that may serve a call and stand beside each other: those of a group, or one alone. Before the next tier. */
final class Tier {
    private final List<Entry> members;
    private final @Nullable Ring ring;
    private final String group;
    private final Optional<GroupConfig.Session> session;
    private final Map<String, Entry> byId;

    private Tier(List<Entry> members, @Nullable Ring ring, String group, Optional<GroupConfig.Session> session) {
        this.members = members;
        this.ring = ring;
        this.group = group;
        this.session = session;
        Map<String, Entry> index = new HashMap<>();
        if (session.isPresent()) {
            members.forEach(member -> index.put(member.id(), member));
        }
        this.byId = index;
    }

    /** A channel that stands alone. */
    static Tier of(Entry entry) {
        return new Tier(List.of(entry), null, "", Optional.empty());
    }

    /** Members of a group, with their weights in it. */
    static Tier of(GroupConfig group, List<Entry> members, int[] weights, Health health) {
        Seat[] seats = members.stream().map(Entry::seat).toArray(Seat[]::new);
        return new Tier(
                List.copyOf(members), new Ring(group.strategy(), seats, weights, health), group.id(), group.session());
    }

    List<Entry> members() {
        return members;
    }

    /** In which order the members are tried; null for one that stands alone. */
    @Nullable
    Ring ring() {
        return ring;
    }

    String group() {
        return group;
    }

    Optional<GroupConfig.Session> session() {
        return session;
    }

    /** The candidate where a session is at home; null if it is not here any more. */
    @Nullable
    Candidate at(Bound bound) {
        Entry member = byId.get(bound.channel());
        if (member != null) {
            for (Candidate candidate : member.candidates()) {
                if (candidate.credential().name().equals(bound.credential())) {
                    return candidate;
                }
            }
        }
        return null;
    }
}
