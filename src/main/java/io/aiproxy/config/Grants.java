package io.aiproxy.config;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What a user, key or user group was given, first choice first; a channel may be among it twice, directly and through groups. */
final class Grants {
    static final Grants NONE = new Grants(List.of());

    private final List<ChannelGrant> all;
    private final List<ChannelGrant> distinct;
    /** Made when it is first needed: of a group's channels, which bound those of many users, once. */
    private @Nullable Set<String> channels;

    /** @param all every grant, groups replaced by their members */
    Grants(List<ChannelGrant> all) {
        this.all = all;
        this.distinct = distinct(all);
    }

    /** The very same list where it has every channel once: one list for all who have the same. */
    private static List<ChannelGrant> distinct(List<ChannelGrant> all) {
        if (all.size() < 2 || (all.size() == 2 && !sameChannel(all.get(0), all.get(1)))) {
            return all;
        }
        Set<String> seen = new HashSet<>(all.size() * 2);
        List<ChannelGrant> once = new ArrayList<>(all.size());
        for (ChannelGrant grant : all) {
            if (seen.add(grant.channel())) {
                once.add(grant);
            }
        }
        return once.size() == all.size() ? all : List.copyOf(once);
    }

    private static boolean sameChannel(ChannelGrant one, ChannelGrant other) {
        return one.channel().equals(other.channel());
    }

    /** What any of these gives, first choice first. */
    static Grants union(List<Grants> several) {
        if (several.size() == 1) {
            return several.get(0);
        }
        return new Grants(several.stream()
                .flatMap(grants -> grants.all.stream())
                .sorted(Comparator.comparingInt(ChannelGrant::priority)) // stable: earlier ones before later ones
                .toList());
    }

    /** Every grant, groups replaced by their members. */
    List<ChannelGrant> all() {
        return all;
    }

    /** Every channel once, as the first grant of it has it. */
    List<ChannelGrant> distinct() {
        return distinct;
    }

    /** Channels that are there again behind their first grant. */
    List<ChannelGrant> again() {
        if (distinct.size() == all.size()) {
            return List.of();
        }
        Set<String> seen = new HashSet<>();
        List<ChannelGrant> again = new ArrayList<>(all);
        again.removeIf(grant -> seen.add(grant.channel()));
        return again;
    }

    /** Those through one of these groups of channels. */
    Grants through(Set<String> groups) {
        return new Grants(
                all.stream().filter(grant -> groups.contains(grant.group())).toList());
    }

    /** Those of channels that are among the bounds too. */
    Grants within(Grants bounds) {
        Set<String> channels = bounds.channels();
        List<ChannelGrant> left =
                all.stream().filter(grant -> channels.contains(grant.channel())).toList();
        return left.size() == all.size() ? this : new Grants(left);
    }

    /** The ids of the channels that are not among the bounds. */
    List<String> outside(Grants bounds) {
        Set<String> channels = bounds.channels();
        return distinct.stream()
                .map(ChannelGrant::channel)
                .filter(channel -> !channels.contains(channel))
                .toList();
    }

    private Set<String> channels() {
        Set<String> ids = channels;
        if (ids == null) {
            ids = distinct.stream().map(ChannelGrant::channel).collect(Collectors.toSet());
            channels = ids;
        }
        return ids;
    }
}
