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
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The limits of one configuration snapshot, by whom they concern. Immutable; one look-up per call. */
public final class LimitPlans {
    private final Map<String, OfUser> byUser;
    private final Map<String, LimitPlan> byChannel;

    /**
     * The plans of one user's keys.
     *
     * @param shared of every key without limits of its own
     * @param own of the others, by the key's name
     */
    private record OfUser(LimitPlan shared, Map<String, LimitPlan> own) {
        LimitPlan of(String key) {
            return own.isEmpty() ? shared : own.getOrDefault(key, shared);
        }
    }

    private LimitPlans(Map<String, OfUser> byUser, Map<String, LimitPlan> byChannel) {
        this.byUser = byUser;
        this.byChannel = byChannel;
    }

    /** The plans of a snapshot; of who has no limits there is none. */
    public static LimitPlans of(Snapshot snapshot) {
        Map<String, OfUser> byUser = new HashMap<>(snapshot.users().size() * 2);
        for (UserConfig user : snapshot.users().values()) {
            OfUser plans = plans(snapshot, user);
            if (!plans.shared.isEmpty() || !plans.own.isEmpty()) {
                byUser.put(user.id(), plans);
            }
        }
        Map<String, LimitPlan> byChannel = new HashMap<>();
        for (ChannelConfig channel : snapshot.channels().values()) {
            if (!channel.limits().isEmpty()) {
                List<Limit> limits = new ArrayList<>();
                Owner owner = new Owner(Scope.CHANNEL, channel.id(), "channel/" + channel.id());
                add(limits, channel.limits(), owner, snapshot);
                byChannel.put(channel.id(), new LimitPlan(limits));
            }
        }
        return new LimitPlans(byUser, byChannel);
    }

    private static OfUser plans(Snapshot snapshot, UserConfig user) {
        List<Limit> shared = ofUser(snapshot, user);
        Map<String, LimitPlan> own = Map.of();
        for (KeyConfig key : user.keys()) {
            if (!key.limits().isEmpty()) {
                own = own.isEmpty() ? new HashMap<>() : own;
                List<Limit> all = new ArrayList<>(shared);
                String owner = "key/" + user.id() + "/" + Percent.encode(key.name());
                add(all, key.limits(), new Owner(Scope.KEY, key.name(), owner), snapshot);
                own.put(key.name(), new LimitPlan(all));
            }
        }
        return new OfUser(shared.isEmpty() ? LimitPlan.NONE : new LimitPlan(shared), own);
    }

    /** What limits this caller. */
    public LimitPlan of(Caller caller) {
        OfUser plans = byUser.get(caller.userId());
        return plans == null ? LimitPlan.NONE : plans.of(caller.keyName());
    }

    /** What limits this channel. */
    public LimitPlan ofChannel(String id) {
        return byChannel.getOrDefault(id, LimitPlan.NONE);
    }

    private static List<Limit> ofUser(Snapshot snapshot, UserConfig user) {
        List<UserGroupConfig> groups = groups(snapshot, user);
        if (user.limits().isEmpty() && groups.isEmpty()) {
            return List.of();
        }
        List<Limit> limits = new ArrayList<>();
        if (!user.limits().isEmpty()) {
            add(limits, user.limits(), new Owner(Scope.USER, user.id(), "user/" + user.id()), snapshot);
        }
        for (UserGroupConfig group : groups) {
            if (!group.limits().isEmpty()) {
                add(limits, group.limits(), new Owner(Scope.GROUP, group.id(), "group/" + group.id()), snapshot);
            }
            if (!group.userLimits().isEmpty()) {
                String member = "member/" + group.id() + "/" + user.id();
                add(limits, group.userLimits(), new Owner(Scope.MEMBER, group.id(), member), snapshot);
            }
        }
        return limits;
    }

    /** The user's groups and their parents that limit something, each once. */
    private static List<UserGroupConfig> groups(Snapshot snapshot, UserConfig user) {
        List<UserGroupConfig> groups = List.of();
        for (String id : user.groups()) {
            UserGroupConfig group = snapshot.userGroups().get(id);
            while (group != null) {
                boolean limits =
                        !group.limits().isEmpty() || !group.userLimits().isEmpty();
                if (limits && !named(groups, group.id())) {
                    groups = groups.isEmpty() ? new ArrayList<>(2) : groups;
                    groups.add(group);
                }
                group = group.parent().map(snapshot.userGroups()::get).orElse(null);
            }
        }
        return groups;
    }

    private static boolean named(List<UserGroupConfig> groups, String id) {
        for (UserGroupConfig group : groups) {
            if (group.id().equals(id)) {
                return true;
            }
        }
        return false;
    }

    /** Whose limits: how they are called where people read them, and in counters' names. */
    private record Owner(Scope scope, String shown, String name) {}

    private static void add(List<Limit> to, List<LimitConfig> configs, Owner owner, Snapshot snapshot) {
        String currency = snapshot.system().money().currency();
        Set<String> names = configs.size() > 1 ? new HashSet<>() : Set.of();
        for (LimitConfig config : configs) {
            String name = name(owner.name(), config);
            String distinct = name;
            for (int i = 2;
                    configs.size() > 1 && !names.add(distinct);
                    i++) { // the same twice, with another amount or as a shadow
                distinct = name + "#" + i;
            }
            List<Wildcard> models = config.models().isEmpty()
                    ? List.of()
                    : config.models().stream().map(Wildcard::of).toList();
            to.add(new Limit(new Counter(distinct, config), owner.scope(), owner.shown(), models, currency));
        }
    }

    /** Says what is counted and not how much may be: a new amount goes on with the same count. */
    private static String name(String owner, LimitConfig config) {
        StringBuilder name = new StringBuilder(owner).append('/').append(LimitWords.word(config.quantity()));
        if (config.window().isPresent()) {
            name.append('/').append(LimitWords.id(config.window().get()));
        }
        if (!config.models().isEmpty()) {
            name.append('/');
            name.append(String.join(
                    ",", config.models().stream().map(Percent::encode).sorted().toList()));
        }
        return name.toString();
    }
}
