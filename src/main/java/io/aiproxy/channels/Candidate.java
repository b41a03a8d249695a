package io.aiproxy.channels;

import io.aiproxy.config.ChannelConfig;
import io.aiproxy.config.CredentialConfig;
import io.aiproxy.core.Ticker;

/**
 * A channel and one of its credentials that may serve a call. One object per snapshot, shared by all calls.
 *
 * @param channel the channel
 * @param credential the credential; named {@code none} and empty for a channel that asks for nothing
 * @param health how they do together
 */
public record Candidate(ChannelConfig channel, CredentialConfig credential, CandidateHealth health) {

    /** A candidate whose health nobody else knows of. */
    Candidate(ChannelConfig channel, CredentialConfig credential) {
        this(
                channel,
                credential,
                new CandidateHealth(new Health(Ticker.SYSTEM), new ChannelHealth(channel), credential));
    }

    /** What this channel calls the model that the caller calls {@code model}: its alias if there is one. */
    public String modelOf(String model) {
        return channel.modelAliases().getOrDefault(model, model);
    }

    /** Where something that this candidate creates will live. */
    public Bound bound() {
        return new Bound(channel.id(), credential.name());
    }

    @Override
    public String toString() {
        return channel.id() + "/" + credential.name();
    }
}
