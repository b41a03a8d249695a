package io.aiproxy.config;

import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A configuration that was read before, about which nothing had to be told. Its users are those of the next one too where
 * nothing has changed of which they are made: their document, and what they refer to.
 *
 * @param users the text of users.yaml
 * @param snapshot what was read
 */
record Known(String users, Snapshot snapshot) {

    /**
     * Users, their groups, and the system's configuration.
     *
     * @param takenOver whether they are those that were read before
     */
    record People(
            Map<String, UserConfig> users,
            Map<String, UserGroupConfig> userGroups,
            SystemConfig system,
            boolean takenOver) {}

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
        boolean same =
                system.anonymous().user().equals(snapshot.system().anonymous().user());
        return new People(snapshot.users(), snapshot.userGroups(), system, same);
    }
}
