package io.aiproxy.access;

import io.aiproxy.config.ChannelGrant;
import io.aiproxy.config.KeyConfig;
import io.aiproxy.config.Snapshot;
import io.aiproxy.config.Status;
import io.aiproxy.config.UserConfig;
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
    private final Map<KeyName, Entry> entriesByName;
    private final Networks trustedProxies;
    /** Who callers without a key are; null: nobody. */
    private final @Nullable Entry anonymous;
    /** Whether callers with a key that nobody has are the same. */
    private final boolean anyKey;

    /** How a key is called by everything that outlives a snapshot. */
    private record KeyName(String userId, String name) {}

    /** What is known of one key. Networks are null where every address may call. */
    private record Entry(
            Access access,
            boolean userActive,
            boolean keyActive,
            long expiresAtMillis,
            @Nullable Networks userNetworks,
            @Nullable Networks keyNetworks) {}

    private AccessDirectory(
            Map<KeyDigest, Entry> entries,
            Map<KeyName, Entry> entriesByName,
            Networks trustedProxies,
            @Nullable Entry anonymous,
            boolean anyKey) {
        this.entries = entries;
        this.entriesByName = entriesByName;
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
        Map<KeyDigest, Entry> entries = new HashMap<>();
        Map<KeyName, Entry> byName = new HashMap<>();
        Entry anonymous = null;
        for (UserConfig user : snapshot.users().values()) {
            Networks userNetworks = networks(user.allowedIps());
            for (KeyConfig key : user.keys()) {
                Entry entry = entry(user, key, userNetworks);
                if (entries.putIfAbsent(key.digest(), entry) != null) {
                    throw new IllegalArgumentException("users." + user.id() + ": the proxy key named \"" + key.name()
                            + "\" is used twice; every key must belong to one user");
                }
                byName.put(new KeyName(user.id(), key.name()), entry);
            }
            Optional<KeyConfig> without = snapshot.system().anonymous().keyOf(user);
            if (without.isPresent()) {
                anonymous = entry(user, without.get(), userNetworks);
                byName.put(new KeyName(user.id(), without.get().name()), anonymous);
            }
        }
        return new AccessDirectory(
                entries,
                byName,
                Networks.parse(snapshot.system().trustedProxies()),
                anonymous,
                snapshot.system().anonymous().anyKey());
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
        return entry.userActive && allowed(entry.userNetworks, client) && allowed(entry.keyNetworks, client);
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

    private Access ephemeral(EphemeralKeys.Held held, InetAddress client, long nowMillis) {
        EphemeralKeys.Owner owner = held.owner();
        Entry entry = entriesByName.get(new KeyName(owner.userId(), owner.keyName()));
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
        if (!entry.userActive) {
            throw refused(
                    FailureKind.USER_DISABLED,
                    "The user that this API key belongs to is disabled. Ask the operator of the gateway.");
        }
        if (!entry.keyActive) {
            throw refused(FailureKind.KEY_DISABLED, named(entry) + " is disabled. Ask the operator of the gateway.");
        }
        if (nowMillis >= entry.expiresAtMillis) {
            throw refused(
                    FailureKind.KEY_EXPIRED,
                    named(entry) + " has expired. Ask the operator of the gateway for a new one.");
        }
        if (!allowed(entry.userNetworks, client) || !allowed(entry.keyNetworks, client)) {
            throw refused(
                    FailureKind.IP_NOT_ALLOWED,
                    named(entry) + " may not be used from " + client.getHostAddress()
                            + ". Call from an allowed network or ask the operator of the gateway.");
        }
    }

    private static String named(Entry entry) {
        return "The API key \"" + entry.access.caller().keyName() + "\"";
    }

    private static boolean allowed(@Nullable Networks networks, InetAddress client) {
        return networks == null || networks.contains(client);
    }

    private static FailureException refused(FailureKind kind, String message) {
        return Failure.of(kind, message).asException();
    }

    private static Entry entry(UserConfig user, KeyConfig key, @Nullable Networks userNetworks) {
        Access access = new Access(
                new Caller(user.id(), user.name(), key.name()),
                key.channels().stream() // a stable sort: equal priorities stay in the file's order
                        .sorted(Comparator.comparingInt(ChannelGrant::priority))
                        .toList(),
                Optional.empty());
        return new Entry(
                access,
                user.status() == Status.ACTIVE,
                key.status() == Status.ACTIVE,
                key.expiresAt().map(Instant::toEpochMilli).orElse(Long.MAX_VALUE),
                userNetworks,
                networks(key.allowedIps()));
    }

    private static @Nullable Networks networks(List<String> allowed) {
        return allowed.isEmpty() ? null : Networks.parse(allowed);
    }
}
