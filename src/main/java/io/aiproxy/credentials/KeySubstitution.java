package io.aiproxy.credentials;

import io.aiproxy.config.AuthConfig;
import io.aiproxy.config.ChannelConfig;
import io.aiproxy.config.CredentialConfig;
import io.aiproxy.config.Snapshot;
import io.aiproxy.core.Failure;
import io.aiproxy.core.FailureException;
import io.aiproxy.core.FailureKind;
import io.aiproxy.core.Secret;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Turns a channel's credential into what is sent, in the form in which the channel wants it. One object per configuration
 * snapshot, so that a new snapshot never serves an old credential. What holds for all calls is made when the snapshot comes
 * into force. Called on event loops; does not block.
 */
public final class KeySubstitution {
    private final Map<String, Prepared> channels;

    /** A channel of this snapshot and, for those of its credentials that can be sent, what is sent. */
    private record Prepared(ChannelConfig channel, IdentityHashMap<CredentialConfig, Substitute> byCredential) {
        static Prepared of(ChannelConfig channel) {
            // By the very object: a look-up by all its fields would cost every call more than the work it saves.
            IdentityHashMap<CredentialConfig, Substitute> all = new IdentityHashMap<>();
            if (channel.token().isEmpty()) {
                for (CredentialConfig credential : channel.credentials()) {
                    try {
                        all.put(credential, prepare(channel, credential));
                    } catch (FailureException cannotBeSent) {
                        // told to whoever wants to send it
                    }
                }
            }
            return new Prepared(channel, all);
        }
    }

    /** The latest token of each credential in its channel's form: one object per token, whoever calls. */
    private final Map<Holder, Made> tokens = new ConcurrentHashMap<>();

    private record Holder(String channelId, String credential) {}

    private record Made(Secret token, Substitute substitute) {}

    private KeySubstitution(Map<String, Prepared> channels) {
        this.channels = channels;
    }

    /** The substitution of a snapshot. */
    public static KeySubstitution of(Snapshot snapshot) {
        Map<String, Prepared> channels = new HashMap<>();
        snapshot.channels().forEach((id, channel) -> channels.put(id, Prepared.of(channel)));
        return new KeySubstitution(channels);
    }

    /**
     * What to send to this channel with this credential.
     *
     * @throws FailureException with CHANNEL_MISCONFIGURED when the credential is empty or cannot stand in a header
     */
    public Substitute substitute(ChannelConfig channel, CredentialConfig credential) {
        Prepared ours = ours(channel);
        Substitute known = ours == null ? null : ours.byCredential.get(credential);
        return known == null ? prepare(channel, credential) : known;
    }

    /**
     * What to send to this channel with a token that was made from the credential: the token, where and how the channel wants
     * its credential.
     *
     * @throws FailureException with CHANNEL_MISCONFIGURED when the token is empty or cannot stand in a header
     */
    public Substitute substitute(ChannelConfig channel, CredentialConfig credential, Secret token) {
        if (ours(channel) == null) { // a call that began under another snapshot keeps that one's rules
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

    /** What is prepared for the very object of this snapshot; comparing all its fields for every call would cost too much. */
    @SuppressWarnings("ReferenceEquality")
    private @Nullable Prepared ours(ChannelConfig channel) {
        Prepared prepared = channels.get(channel.id());
        return prepared != null && prepared.channel == channel ? prepared : null;
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
}
