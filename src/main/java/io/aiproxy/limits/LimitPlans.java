package io.aiproxy.limits;

import io.aiproxy.config.ChannelConfig;
import io.aiproxy.config.KeyConfig;
import io.aiproxy.config.LimitConfig;
import io.aiproxy.config.Snapshot;
import io.aiproxy.config.UserConfig;
import io.aiproxy.config.UserGroupConfig;
import io.aiproxy.core.Caller;
import io.aiproxy.core.Percent;
import io.aiproxy.core.Wildcard;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The limits of one configuration snapshot, by whom they concern. Immutable; one look-up per call. */
public final class LimitPlans {
    private final Map<Key, LimitPlan> byKey;
    private final Map<String, LimitPlan> byChannel;

    /** How a proxy key is called by everything that outlives a snapshot. */
    private record Key(String userId, String name) {}

    private LimitPlans(Map<Key, LimitPlan> byKey, Map<String, LimitPlan> byChannel) {
        this.byKey = byKey;
        this.byChannel = byChannel;
    }

    /** The plans of a snapshot; of who has no limits there is none. */
    public static LimitPlans of(Snapshot snapshot) {
        Map<Key, LimitPlan> byKey = new HashMap<>();
        for (UserConfig user : snapshot.users().values()) {
            List<Limit> shared = ofUser(snapshot, user);
            List<KeyConfig> keys = new ArrayList<>(user.keys());
            snapshot.system().anonymous().keyOf(user).ifPresent(keys::add);
            for (KeyConfig key : keys) {
                List<Limit> all = new ArrayList<>(shared);
                String owner = "key/" + user.id() + "/" + Percent.encode(key.name());
                add(all, key.limits(), new Owner(Scope.KEY, key.name(), owner), snapshot);
                if (!all.isEmpty()) {
                    byKey.put(new Key(user.id(), key.name()), new LimitPlan(all));
                }
            }
        }
        Map<String, LimitPlan> byChannel = new HashMap<>();
        for (ChannelConfig channel : snapshot.channels().values()) {
            List<Limit> limits = new ArrayList<>();
            add(limits, channel.limits(), new Owner(Scope.CHANNEL, channel.id(), "channel/" + channel.id()), snapshot);
            if (!limits.isEmpty()) {
                byChannel.put(channel.id(), new LimitPlan(limits));
            }
        }
        return new LimitPlans(byKey, byChannel);
    }

    /** What limits this caller. */
    public LimitPlan of(Caller caller) {
        return byKey.isEmpty()
                ? LimitPlan.NONE
                : byKey.getOrDefault(new Key(caller.userId(), caller.keyName()), LimitPlan.NONE);
    }

    /** What limits this channel. */
    public LimitPlan ofChannel(String id) {
        return byChannel.getOrDefault(id, LimitPlan.NONE);
    }

    private static List<Limit> ofUser(Snapshot snapshot, UserConfig user) {
        List<Limit> limits = new ArrayList<>();
        add(limits, user.limits(), new Owner(Scope.USER, user.id(), "user/" + user.id()), snapshot);
        for (UserGroupConfig group : groups(snapshot, user)) {
            add(limits, group.limits(), new Owner(Scope.GROUP, group.id(), "group/" + group.id()), snapshot);
            String member = "member/" + group.id() + "/" + user.id();
            add(limits, group.userLimits(), new Owner(Scope.MEMBER, group.id(), member), snapshot);
        }
        return limits;
    }

    /** The user's groups and their parents, each once. */
    private static Set<UserGroupConfig> groups(Snapshot snapshot, UserConfig user) {
        Set<UserGroupConfig> groups = new LinkedHashSet<>();
        for (String id : user.groups()) {
            UserGroupConfig group = snapshot.userGroups().get(id);
            while (group != null && groups.add(group)) {
                group = group.parent().map(snapshot.userGroups()::get).orElse(null);
            }
        }
        return groups;
    }

    /** Whose limits: how they are called where people read them, and in counters' names. */
    private record Owner(Scope scope, String shown, String name) {}

    private static void add(List<Limit> to, List<LimitConfig> configs, Owner owner, Snapshot snapshot) {
        String currency = snapshot.system().money().currency();
        Set<String> names = new HashSet<>();
        for (LimitConfig config : configs) {
            String name = name(owner.name(), config);
            String distinct = name;
            for (int i = 2; !names.add(distinct); i++) { // the same twice, with another amount or as a shadow
                distinct = name + "#" + i;
            }
            List<Wildcard> models = config.models().stream().map(Wildcard::of).toList();
            to.add(new Limit(new Counter(distinct, config), owner.scope(), owner.shown(), models, currency));
        }
    }

    /** Says what is counted and not how much may be: a new amount goes on with the same count. */
    private static String name(String owner, LimitConfig config) {
        StringBuilder name = new StringBuilder(owner).append('/').append(LimitWords.word(config.quantity()));
        config.window().ifPresent(window -> name.append('/').append(LimitWords.id(window)));
        if (!config.models().isEmpty()) {
            name.append('/');
            name.append(String.join(
                    ",", config.models().stream().map(Percent::encode).sorted().toList()));
        }
        return name.toString();
    }
}
