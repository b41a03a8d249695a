package io.aiproxy.credentials;

import io.aiproxy.config.ChannelConfig;
import io.aiproxy.config.CredentialConfig;
import io.aiproxy.core.Secret;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Gives the tokens that are made from credentials by a channel's recipe ({@link ChannelConfig#token}). Any thread. */
public interface TokenSource {
    /** The token at hand; null when it has to be fetched first. One look-up; called on event loops for every call. */
    @Nullable
    Secret cached(ChannelConfig channel, CredentialConfig credential);

    /**
     * Fetches or makes a token; at once if there is one. However many ask, it is fetched once. Never blocks.
     *
     * @return completes on any thread, exceptionally with a {@code FailureException} of the kind
     *     {@code UPSTREAM_TOKEN_UNAVAILABLE} or {@code CHANNEL_MISCONFIGURED}, whose message holds no secret
     */
    CompletionStage<Secret> fetch(ChannelConfig channel, CredentialConfig credential);

    /** The channel has answered 401 to this token: it is not given to anybody any more. A newer one stays. */
    void refused(ChannelConfig channel, CredentialConfig credential, Secret token);
}
