package io.aiproxy.channels;

import io.aiproxy.config.ChannelConfig;
import io.aiproxy.config.CredentialConfig;
import io.aiproxy.config.Status;
import java.util.ArrayList;
import java.util.List;

/** A channel of one snapshot with everything about it that can be prepared. */
final class Entry {
    private final ChannelConfig channel;
    private final ChannelSeat seat;
    private final List<Candidate> candidates;
    private final ModelPatterns models;
    private final Ring ring;
    private final Options alone;

    Entry(ChannelConfig channel, List<CredentialConfig> credentials, Health health) {
        this.channel = channel;
        this.seat = health.seat(channel, credentials);
        this.models = new ModelPatterns(channel.models(), channel.modelAliases().keySet());
        List<Candidate> list = new ArrayList<>(credentials.size());
        int[] weights = new int[credentials.size()];
        for (int i = 0; i < weights.length; i++) {
            CredentialConfig credential = credentials.get(i);
            list.add(new Candidate(channel, credential, seat.credentials().get(i)));
            weights[i] = Math.max(0, credential.weight());
        }
        this.candidates = List.copyOf(list);
        this.ring = new Ring(channel.strategy(), seat.credentials().toArray(Seat[]::new), weights, health);
        this.alone = Options.of(List.of(Tier.of(this)));
    }

    ChannelConfig channel() {
        return channel;
    }

    String id() {
        return channel.id();
    }

    boolean active() {
        return channel.status() == Status.ACTIVE;
    }

    boolean anyModel() {
        return channel.models().isEmpty();
    }

    boolean serves(String model) {
        return models.matches(model);
    }

    ChannelSeat seat() {
        return seat;
    }

    /** The credentials' candidates, in the order of the file. */
    List<Candidate> candidates() {
        return candidates;
    }

    /** In which order the credentials are tried; positions are those of {@link #candidates}. */
    Ring ring() {
        return ring;
    }

    /** This channel and no other. */
    Options alone() {
        return alone;
    }
}
