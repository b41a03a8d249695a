package io.aiproxy.config;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A configuration that was read before, about which nothing had to be told. Its users are those of the next one too where
 * nothing has changed of which they are made: their document, and what they refer to.
 *
 * @param users the text of users.yaml
 * @param snapshot what was read
 * @param layout where each user stands in {@code users}; empty if they do not stand apart
 */
record Known(String users, Snapshot snapshot, Optional<UserLayout> layout) {

    /**
     * Users, their groups, and the system's configuration.
     *
     * @param takenOver whether they are those that were read before, but for those who have changed
     * @param layout where each user stands in users.yaml; empty if they do not stand apart
     */
    record People(
            Map<String, UserConfig> users,
            Map<String, UserGroupConfig> userGroups,
            SystemConfig system,
            boolean takenOver,
            Optional<UserLayout> layout) {}

    /** What is other in a users.yaml with this text than it was before; empty if that cannot be said in a few users. */
    Optional<UserPatch> patch(@Nullable String text) {
        return text == null || Placeholders.in(users) ? Optional.empty() : UserPatch.of(this, text);
    }

    /** Whether a users.yaml with this text says what it said before; not where it refers to what is not in it. */
    boolean saysTheSame(@Nullable String text) {
        return users.equals(text) && !Placeholders.in(users);
    }

    /**
     * Whether its users can be granted the same with these channels and groups of channels. A channel that was not there
     * before changes nothing: nobody can have named it, or it would have had to be told.
     */
    boolean holdsWith(Map<String, ChannelConfig> channels, Map<String, GroupConfig> groups) {
        for (ChannelConfig before : snapshot.channels().values()) {
            ChannelConfig now = channels.get(before.id());
            if (now == null || now.priority() != before.priority()) {
                return false;
            }
        }
        return groups.equals(snapshot.groups());
    }

    /** Its people beside a system's configuration that is read for them; not taken over if callers without a key are others. */
    People people(Function<Set<String>, SystemConfig> reader) {
        SystemConfig system = reader.apply(snapshot.users().keySet());
        return new People(snapshot.users(), snapshot.userGroups(), system, sameAnonymous(system), layout);
    }

    /** Whether callers without a key are the same user as before. */
    boolean sameAnonymous(SystemConfig system) {
        return system.anonymous().user().equals(snapshot.system().anonymous().user());
    }
}
