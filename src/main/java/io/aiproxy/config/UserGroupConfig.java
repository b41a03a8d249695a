package io.aiproxy.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Users with common rights, an entry under {@code user_groups:} in users.yaml. Rights are inherited downwards (parent group,
 * group, user, key), and each level can only narrow them; limits hold at every level at once.
 *
 * @param id the key under {@code user_groups:}, formed as a user's
 * @param name shown to people. Default: the id
 * @param parent the group that this one belongs to, which itself has no parent. Default: none
 * @param status {@code active} (default) or {@code disabled}: all its members are refused
 * @param channels the channels that members may use, in order of priority; a user who names none has these. Default: the
 *     parent's, and without one every channel that the user names. Where {@code parent} has some, only those count
 * @param models the models that members may ask for, exact or with {@code *}, the parent's included: both must allow one.
 *     Default: any. Who is in several groups may ask for what one of them allows
 * @param allowedIps addresses and networks from which members may call; the parent must allow them too, and so must every
 *     other group that a member is in. Default: any
 * @param limits how much all members together may use
 * @param userLimits how much each member may use
 */
public record UserGroupConfig(
        String id,
        String name,
        Optional<String> parent,
        Status status,
        List<ChannelGrant> channels,
        ModelScope models,
        List<String> allowedIps,
        List<LimitConfig> limits,
        List<LimitConfig> userLimits) {

    /** Every group that a user belongs to, parents before those below them, each once. */
    public static List<UserGroupConfig> over(UserConfig user, Map<String, UserGroupConfig> groups) {
        if (user.groups().isEmpty()) {
            return List.of();
        }
        Map<String, UserGroupConfig> over = new LinkedHashMap<>();
        for (String id : user.groups()) {
            UserGroupConfig group = groups.get(id);
            if (group != null) {
                group.parent().map(groups::get).ifPresent(parent -> over.put(parent.id(), parent));
                over.put(id, group);
            }
        }
        return List.copyOf(over.values());
    }
}
