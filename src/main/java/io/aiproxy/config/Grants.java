package io.aiproxy.config;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What a user or key was given, first choice first; a channel may be among it twice, directly and through groups.
 *
 * @param all every grant, groups replaced by their members
 */
record Grants(List<ChannelGrant> all) {
    static final Grants NONE = new Grants(List.of());

    /** Every channel once, as the first grant of it has it. */
    List<ChannelGrant> distinct() {
        Set<String> seen = new HashSet<>();
        return all.stream().filter(grant -> seen.add(grant.channel())).toList();
    }

    /** Channels that are there again behind their first grant. */
    List<ChannelGrant> again() {
        Set<String> seen = new HashSet<>();
        List<ChannelGrant> again = new ArrayList<>(all);
        again.removeIf(grant -> seen.add(grant.channel()));
        return again;
    }

    /** Those through one of these groups. */
    Grants through(Set<String> groups) {
        return new Grants(
                all.stream().filter(grant -> groups.contains(grant.group())).toList());
    }
}
