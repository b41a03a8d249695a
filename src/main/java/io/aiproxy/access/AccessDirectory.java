package io.aiproxy.access;

import io.aiproxy.config.ChannelGrant;
import io.aiproxy.config.KeyConfig;
import io.aiproxy.config.Snapshot;
import io.aiproxy.config.Status;
import io.aiproxy.config.UserConfig;
import io.aiproxy.config.UserGroupConfig;
import io.aiproxy.core.Caller;
import io.aiproxy.core.Dialect;
import io.aiproxy.core.Failure;
import io.aiproxy.core.FailureException;
import io.aiproxy.core.FailureKind;
import io.aiproxy.core.KeyDigest;
import io.aiproxy.core.Networks;
import io.aiproxy.core.RequestHead;
import java.net.InetAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Every proxy key of one configuration snapshot. Immutable; called on event loops: one hash look-up per call, however
 * many users there are, and nothing is computed that could be computed when the snapshot came into force.
 */
public final class AccessDirectory {
    private static final String HOW_TO_PRESENT =
            "as \"Authorization: Bearer <proxy key>\", in one of the headers x-api-key, api-key and x-goog-api-key, as"
                    + " the query parameter key, or for a WebSocket in the subprotocol openai-insecure-api-key.<proxy key>";

    private final Map<KeyDigest, Entry> entries;
    /** By user id, the keys that are called by their names: few of each user. */
    private final Map<String, List<Entry>> entriesByUser;

    private final Networks trustedProxies;
    /** Who callers without a key are; null: nobody. */
    private final @Nullable Entry anonymous;
    /** Whether callers with a key that nobody has are the same. */
    private final boolean anyKey;

    /**
     * What is known of one key.
     *
     * @param access what it gives
     * @param userRefusal why none of the user's keys is accepted; null when they are
     * @param keyActive whether this one is
     * @param replaced whether it is the value that the key had before
     * @param expiresAtMillis wall clock
     * @param networks the client must be within each of these
     */
    private record Entry(
            Access access,
            @Nullable String userRefusal,
            boolean keyActive,
            boolean replaced,
            long expiresAtMillis,
            List<Networks> networks) {
        /** The same for the value that the key had until {@code until}. */
        Entry before(Instant until) {
            long end = Math.min(expiresAtMillis, until.toEpochMilli());
            return new Entry(access, userRefusal, keyActive, true, end, networks);
        }
    }

    private AccessDirectory(
            Map<KeyDigest, Entry> entries,
            Map<String, List<Entry>> entriesByUser,
            Networks trustedProxies,
            @Nullable Entry anonymous,
            boolean anyKey) {
        this.entries = entries;
        this.entriesByUser = entriesByUser;
        this.trustedProxies = trustedProxies;
        this.anonymous = anonymous;
        this.anyKey = anyKey;
    }

    /**
     * The directory of a snapshot.
     *
     * @throws IllegalArgumentException when an address list cannot be read or two users hold the same key, which a valid
     *     snapshot excludes
     */
    public static AccessDirectory of(Snapshot snapshot) {
        int users = snapshot.users().size();
        Map<KeyDigest, Entry> entries = new HashMap<>(users * 4);
        Map<String, List<Entry>> byUser = new HashMap<>(users * 2);
        Entry anonymous = null;
        Standings standings = new Standings(snapshot.userGroups());
        for (UserConfig user : snapshot.users().values()) {
            Standing standing = standings.of(user);
            List<Entry> own = new ArrayList<>(user.keys().size());
            for (KeyConfig key : user.keys()) {
                Entry entry = entry(user, key, standing);
                put(entries, user, key, key.digest(), entry);
                if (key.previous().isPresent()) {
                    KeyConfig.Previous previous = key.previous().get();
                    put(entries, user, key, previous.digest(), entry.before(previous.until()));
                }
                own.add(entry);
            }
            Optional<KeyConfig> without = snapshot.system().anonymous().keyOf(user);
            if (without.isPresent()) {
                anonymous = entry(user, without.get(), standing);
                own.add(anonymous);
            }
            byUser.put(user.id(), own);
        }
        return new AccessDirectory(
                entries,
                byUser,
                Networks.parse(snapshot.system().trustedProxies()),
                anonymous,
                snapshot.system().anonymous().anyKey());
    }

    private static void put(
            Map<KeyDigest, Entry> entries, UserConfig user, KeyConfig key, KeyDigest digest, Entry entry) {
        if (entries.putIfAbsent(digest, entry) != null) {
            throw new IllegalArgumentException("users." + user.id() + ": the proxy key named \"" + key.name()
                    + "\" is used twice; every key must belong to one user");
        }
    }

    /** Whether this is a proxy key of anybody, in force or not. */
    public boolean knows(String key) {
        return entries.containsKey(KeyDigest.of(key));
    }

    /** The address a request comes from, looking behind the proxies that this snapshot trusts. */
    public InetAddress client(RequestHead head) {
        return ClientAddress.of(head, trustedProxies);
    }

    /**
     * Who makes this request and what may be used. A key that is nobody's proxy key may be one that a provider made for a
     * user: it counts as the proxy key with which the user asked for it, as that stands in this snapshot, at that channel
     * alone. Who sends nothing at all that could be a key may be the configuration's anonymous user; who sends one that
     * nobody has is so only if that is said there, and who sends one that is out of force never is.
     *
     * @param head the request as it arrived
     * @param client the address it comes from, see {@link #client}
     * @param nowMillis wall clock
     * @param ephemeral the keys that providers made
     * @throws FailureException with MISSING_API_KEY, INVALID_API_KEY, USER_DISABLED, KEY_DISABLED, KEY_EXPIRED or
     *     IP_NOT_ALLOWED; for an ephemeral key also CHANNEL_NOT_ALLOWED
     */
    public Access authenticate(RequestHead head, InetAddress client, long nowMillis, EphemeralKeys ephemeral) {
        Entry entry = PresentedKey.find(head, key -> entries.get(KeyDigest.of(key)));
        if (entry != null) {
            check(entry, client, nowMillis);
            return entry.access;
        }
        EphemeralKeys.Held held =
                PresentedKey.find(head, value -> ephemeral.find(value).orElse(null));
        if (held == null) {
            if (anonymous != null && isAnonymous(anonymous, client) && (anyKey || PresentedKey.isNothing(head))) {
                return anonymous.access;
            }
            throw unknown(head);
        }
        return ephemeral(held, client, nowMillis);
    }

    private static boolean isAnonymous(Entry entry, InetAddress client) {
        return entry.userRefusal == null && allowed(entry.networks, client);
    }

    private static FailureException unknown(RequestHead head) {
        return PresentedKey.isPresent(head)
                ? refused(
                        FailureKind.INVALID_API_KEY,
                        "The API key is not known to this gateway. Send the proxy key that you were given (a"
                                + " provider's own key does not work here) " + HOW_TO_PRESENT + ".")
                : refused(
                        FailureKind.MISSING_API_KEY,
                        "No API key was sent. Send your proxy key " + HOW_TO_PRESENT + ".");
    }

    private @Nullable Entry named(String userId, String keyName) {
        List<Entry> own = entriesByUser.getOrDefault(userId, List.of());
        for (int i = 0; i < own.size(); i++) {
            if (own.get(i).access.caller().keyName().equals(keyName)) {
                return own.get(i);
            }
        }
        return null;
    }

    private Access ephemeral(EphemeralKeys.Held held, InetAddress client, long nowMillis) {
        EphemeralKeys.Owner owner = held.owner();
        Entry entry = named(owner.userId(), owner.keyName());
        if (entry == null) {
            throw refused(
                    FailureKind.INVALID_API_KEY,
                    "The API key with which this ephemeral key was made does not exist any more. Make a new one.");
        }
        check(entry, client, nowMillis);
        if (held.isExpired(nowMillis)) {
            throw refused(FailureKind.KEY_EXPIRED, "This ephemeral key has expired. Make a new one.");
        }
        for (ChannelGrant grant : entry.access.channels()) {
            if (grant.channel().equals(owner.channel())) {
                return new Access(
                        entry.access.caller(),
                        List.of(grant),
                        entry.access.models(),
                        Optional.of(new Access.Ephemeral(owner.channel(), owner.credential(), held.key())));
            }
        }
        throw refused(
                FailureKind.CHANNEL_NOT_ALLOWED,
                named(entry) + " may no longer use the channel that made this ephemeral key. Make a new one.");
    }

    /**
     * The target as a channel may see it: without {@code key} parameters that hold somebody's proxy key, and without any
     * in Google's dialect, where the parameter is always a credential. Everything else stays byte for byte.
     */
    public String stripQueryKey(String target, Dialect dialect) {
        return PresentedKey.stripQueryKey(target, value -> dialect == Dialect.GOOGLE || knows(value));
    }

    private static void check(Entry entry, InetAddress client, long nowMillis) {
        if (entry.userRefusal != null) {
            throw refused(FailureKind.USER_DISABLED, entry.userRefusal);
        }
        if (!entry.keyActive) {
            throw refused(FailureKind.KEY_DISABLED, named(entry) + " is disabled. Ask the operator of the gateway.");
        }
        if (nowMillis >= entry.expiresAtMillis) {
            throw refused(
                    FailureKind.KEY_EXPIRED,
                    entry.replaced
                            ? "This value of the API key \""
                                    + entry.access.caller().keyName()
                                    + "\" was replaced and has expired. Use the new one."
                            : named(entry) + " has expired. Ask the operator of the gateway for a new one.");
        }
        if (!allowed(entry.networks, client)) {
            throw refused(
                    FailureKind.IP_NOT_ALLOWED,
                    named(entry) + " may not be used from " + client.getHostAddress()
                            + ". Call from an allowed network or ask the operator of the gateway.");
        }
    }

    private static String named(Entry entry) {
        return "The API key \"" + entry.access.caller().keyName() + "\"";
    }

    private static boolean allowed(List<Networks> networks, InetAddress client) {
        for (int i = 0; i < networks.size(); i++) { // by index: no iterator for every call
            if (!networks.get(i).contains(client)) {
                return false;
            }
        }
        return true;
    }

    private static FailureException refused(FailureKind kind, String message) {
        return Failure.of(kind, message).asException();
    }

    private static Entry entry(UserConfig user, KeyConfig key, Standing standing) {
        Access access = new Access(
                new Caller(user.id(), user.name(), key.name()),
                byPriority(key.channels()),
                key.models(),
                Optional.empty());
        List<Networks> networks = standing.networks;
        if (!key.allowedIps().isEmpty()) {
            networks = new ArrayList<>(networks);
            networks.add(Networks.parse(key.allowedIps()));
        }
        return new Entry(
                access,
                standing.refusal,
                key.status() == Status.ACTIVE,
                false,
                key.expiresAt().isPresent() ? key.expiresAt().get().toEpochMilli() : Long.MAX_VALUE,
                networks);
    }

    /** The very same list if it is in order, as it is from a file: who has the same channels then has one object of them. */
    private static List<ChannelGrant> byPriority(List<ChannelGrant> channels) {
        for (int i = 1; i < channels.size(); i++) {
            if (channels.get(i - 1).priority() > channels.get(i).priority()) {
                return channels.stream() // a stable sort: equal priorities stay in the file's order
                        .sorted(Comparator.comparingInt(ChannelGrant::priority))
                        .toList();
            }
        }
        return channels;
    }

    /**
     * What holds for all keys of a user.
     *
     * @param refusal why none is accepted; null when they are
     * @param networks the client must be within each of these: the user's own and the groups'
     */
    private record Standing(@Nullable String refusal, List<Networks> networks) {
        /** Nothing speaks against the user, and every address is right. */
        static final Standing PLAIN = new Standing(null, List.of());
    }

    /** How users stand, by themselves and by their groups; each group's addresses are read once. */
    private static final class Standings {
        private final Map<String, UserGroupConfig> groups;
        private final Map<String, Networks> networks = new HashMap<>();
        /** By the groups that users name; many name the same. */
        private final Map<List<String>, List<UserGroupConfig>> over = new HashMap<>();

        Standings(Map<String, UserGroupConfig> groups) {
            this.groups = groups;
            groups.forEach((id, group) -> {
                if (!group.allowedIps().isEmpty()) {
                    networks.put(id, Networks.parse(group.allowedIps()));
                }
            });
        }

        Standing of(UserConfig user) {
            boolean active = user.status() == Status.ACTIVE;
            if (active && user.groups().isEmpty() && user.allowedIps().isEmpty()) {
                return Standing.PLAIN;
            }
            String refusal = active
                    ? null
                    : "The user that this API key belongs to is disabled. Ask the operator of the gateway.";
            List<Networks> within = new ArrayList<>(2);
            for (UserGroupConfig group :
                    over.computeIfAbsent(user.groups(), any -> UserGroupConfig.over(user, groups))) {
                if (group.status() != Status.ACTIVE && refusal == null) {
                    refusal = "The group \"" + group.id() + "\" of the user that this API key belongs to is disabled."
                            + " Ask the operator of the gateway.";
                }
                Networks allowed = networks.get(group.id());
                if (allowed != null) {
                    within.add(allowed);
                }
            }
            if (!user.allowedIps().isEmpty()) {
                within.add(Networks.parse(user.allowedIps()));
            }
            return new Standing(refusal, within.isEmpty() ? List.of() : within);
        }
    }
}
