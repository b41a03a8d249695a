package io.aiproxy.access;

import io.aiproxy.config.ChannelGrant;
import io.aiproxy.config.ModelScope;
import io.aiproxy.core.Caller;
import io.aiproxy.core.Secret;
import java.util.List;
import java.util.Optional;

/**
 * What a valid key gives: who calls and what may be used. One object per proxy key and snapshot, shared by all calls; for
 * an ephemeral key one per call.
 *
 * @param caller who calls
 * @param channels the channels that may be used, lowest priority number first, equal numbers in the file's order
 * @param models the models that may be asked for
 * @param ephemeral the caller came with a provider's ephemeral key, which is what the channel must be shown
 */
public record Access(Caller caller, List<ChannelGrant> channels, ModelScope models, Optional<Ephemeral> ephemeral) {

    /**
     * A provider's key that stands in for the channel's credential.
     *
     * @param channel the id of the channel that made it, the only one in {@link #channels}
     * @param credential the name of the credential with which it was made
     * @param key the key itself
     */
    public record Ephemeral(String channel, String credential, Secret key) {}
}
