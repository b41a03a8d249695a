package io.aiproxy.credentials;

import io.aiproxy.config.ChannelConfig;
import io.aiproxy.config.CredentialConfig;
import io.aiproxy.core.Failure;
import io.aiproxy.core.FailureKind;
import io.aiproxy.core.Secret;
import java.util.concurrent.CompletableFuture;
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

    /** For a gateway none of whose channels has a recipe: whoever asks is told so. */
    TokenSource NONE = new TokenSource() {
        @Override
        public @Nullable Secret cached(ChannelConfig channel, CredentialConfig credential) {
            return null;
        }

        @Override
        public CompletionStage<Secret> fetch(ChannelConfig channel, CredentialConfig credential) {
            return CompletableFuture.failedFuture(Failure.of(
                            FailureKind.CHANNEL_MISCONFIGURED,
                            "The channel \"" + channel.id() + "\" wants a token, and nothing here makes tokens.")
                    .asException());
        }

        @Override
        public void refused(ChannelConfig channel, CredentialConfig credential, Secret token) {
            // it has given none
        }
    };
}
