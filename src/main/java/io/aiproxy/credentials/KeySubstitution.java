package io.aiproxy.credentials;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.aiproxy.config.AuthConfig;
import io.aiproxy.config.ChannelConfig;
import io.aiproxy.config.CredentialConfig;
import io.aiproxy.config.Snapshot;
import io.aiproxy.core.Caller;
import io.aiproxy.core.Failure;
import io.aiproxy.core.FailureException;
import io.aiproxy.core.FailureKind;
import io.aiproxy.core.Secret;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;

/**
 * Turns (user, channel) into the credential to send, in the form in which the channel wants it. One object per
 * configuration snapshot, cache included, so that a new snapshot never serves an old credential. Called on event loops;
 * does not block.
 */
public final class KeySubstitution {
    /** Far above any company's users times channels in use; a bound only so that no one can fill the memory. */
    private static final int MAX_CACHED = 10_000;

    private final Map<String, ChannelConfig> channels;

    // Its upkeep is a few pointers for every hundred calls: cheaper here than handed to another thread.
    private final Cache<Key, Substitute> cache = Caffeine.newBuilder()
            .maximumSize(MAX_CACHED)
            .executor(Runnable::run)
            .build();

    /** The credential itself is a part, and not its name alone: what is found belongs to what was asked for. */
    private record Key(String userId, String channelId, CredentialConfig credential) {
        @Override
        public String toString() {
            return userId + " at " + channelId + "/" + credential.name();
        }
    }

    /** The latest token of each credential in its channel's form: one object per token, whoever calls. */
    private final Map<Holder, Made> tokens = new ConcurrentHashMap<>();

    private record Holder(String channelId, String credential) {}

    private record Made(Secret token, Substitute substitute) {}

    private KeySubstitution(Map<String, ChannelConfig> channels) {
        this.channels = channels;
    }

    /** The substitution of a snapshot, its cache empty. */
    public static KeySubstitution of(Snapshot snapshot) {
        return new KeySubstitution(snapshot.channels());
    }

    /**
     * What to send for this caller to this channel with this credential.
     *
     * @throws FailureException with CHANNEL_MISCONFIGURED when the credential is empty or cannot stand in a header
     */
    public Substitute substitute(Caller caller, ChannelConfig channel, CredentialConfig credential) {
        if (!isOurs(channel)) {
            return prepare(channel, credential); // a call that began under another snapshot keeps that one's rules
        }
        Key key = new Key(caller.userId(), channel.id(), credential);
        Substitute known = cache.getIfPresent(key);
        if (known == null) {
            known = prepare(channel, credential);
            cache.put(key, known);
        }
        return known;
    }

    /**
     * What to send to this channel with a token that was made from the credential: the token, where and how the channel wants
     * its credential.
     *
     * @throws FailureException with CHANNEL_MISCONFIGURED when the token is empty or cannot stand in a header
     */
    public Substitute substitute(ChannelConfig channel, CredentialConfig credential, Secret token) {
        if (!isOurs(channel)) {
            return made(channel, credential, token);
        }
        Holder holder = new Holder(channel.id(), credential.name());
        Made latest = tokens.get(holder);
        if (latest == null || !latest.token.equals(token)) {
            latest = new Made(token, made(channel, credential, token));
            tokens.put(holder, latest);
        }
        return latest.substitute;
    }

    private static Substitute made(ChannelConfig channel, CredentialConfig credential, Secret token) {
        return prepare(
                channel.auth(),
                token,
                problem -> "The token made from the credential \"" + credential.name() + "\" of the channel \""
                        + channel.id() + "\" " + problem
                        + ". The operator of the gateway must correct the channel's token recipe.");
    }

    /**
     * What shows this key or token to this channel, once: nothing is cached.
     *
     * @param name what it is called in messages
     * @throws FailureException with CHANNEL_MISCONFIGURED when it is empty or cannot stand in a header
     */
    public static Substitute once(ChannelConfig channel, String name, Secret key) {
        return prepare(
                channel.auth(),
                key,
                problem -> "The credential \"" + name + "\" of the channel \"" + channel.id() + "\" " + problem + ".");
    }

    /**
     * What to send to this channel for a caller who has come with an ephemeral key of the channel's own: that key, as a
     * bearer token wherever the channel wants its credential. OpenAI makes and takes both alike; Azure wants its resource's
     * key in {@code api-key} and takes ephemeral ones as {@code Authorization: Bearer} alone (learn.microsoft.com, "Use the
     * GPT Realtime API via WebRTC").
     *
     * @param name what the key is called in messages
     * @throws FailureException with CHANNEL_MISCONFIGURED when the key cannot stand in a header
     */
    public static Substitute callersOwn(ChannelConfig channel, String name, Secret key) {
        return prepare(
                AuthConfig.BEARER,
                key,
                problem -> "The " + name + " for the channel \"" + channel.id() + "\" " + problem + ".");
    }

    /** The very object of this snapshot; comparing all its fields for every call would cost more than the cache saves. */
    @SuppressWarnings("ReferenceEquality")
    private boolean isOurs(ChannelConfig channel) {
        return channels.get(channel.id()) == channel;
    }

    private static Substitute prepare(ChannelConfig channel, CredentialConfig credential) {
        return prepare(
                channel.auth(),
                credential.apiKey(),
                problem -> "The credential \"" + credential.name() + "\" of the channel \"" + channel.id() + "\" "
                        + problem + ". The operator of the gateway must correct its api_key.");
    }

    /** @param complaint says what is wrong, and with what */
    private static Substitute prepare(AuthConfig auth, Secret key, UnaryOperator<String> complaint) {
        String secret = key.reveal();
        if (auth.place() == AuthConfig.Place.NONE) {
            return Substitute.NOTHING;
        }
        if (secret.isEmpty()) {
            throw misconfigured(complaint.apply("is empty"));
        }
        String value = auth.prefix() + secret;
        if (auth.place() == AuthConfig.Place.QUERY) {
            return Substitute.query(auth.name(), value);
        }
        if (!isVisible(value)) { // a line break would let a credential write headers of its own
            throw misconfigured(complaint.apply("holds a line break or a character beyond visible ASCII"));
        }
        return Substitute.header(auth.name(), value);
    }

    private static boolean isVisible(String value) {
        for (int i = 0; i < value.length(); i++) {
            if (value.charAt(i) < ' ' || value.charAt(i) > '~') {
                return false;
            }
        }
        return true;
    }

    private static FailureException misconfigured(String message) {
        return Failure.of(FailureKind.CHANNEL_MISCONFIGURED, message).asException();
    }

    /** How much is cached, for tests. */
    long cached() {
        cache.cleanUp();
        return cache.estimatedSize();
    }
}
