package io.aiproxy.config;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** What a user, key or user group was given, first choice first; a channel may be among it twice, directly and through groups. */
final class Grants {
    static final Grants NONE = new Grants(List.of());

    private final List<ChannelGrant> all;
    private final List<ChannelGrant> distinct;

    /** @param all every grant, groups replaced by their members */
    Grants(List<ChannelGrant> all) {
        this.all = all;
        Set<String> seen = new HashSet<>();
        List<ChannelGrant> once =
                all.stream().filter(grant -> seen.add(grant.channel())).toList();
        this.distinct = once.size() == all.size() ? all : once; // one list for all who have the same
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
        return distinct.stream().map(ChannelGrant::channel).collect(Collectors.toSet());
    }
}
