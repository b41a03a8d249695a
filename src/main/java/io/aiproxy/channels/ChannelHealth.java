package io.aiproxy.channels;

import io.aiproxy.config.ChannelConfig;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;

/** What is known of a channel beyond its credentials. Outlives snapshots as long as the channel's server is the same. */
final class ChannelHealth {
    private final ChannelConfig channel;
    private final AtomicInteger inFlight = new AtomicInteger();
    private final PeakEwma latency = new PeakEwma();
    private volatile boolean lost;

    ChannelHealth(ChannelConfig channel) {
        this.channel = channel;
    }

    /** Whether what is known of this one is true of {@code other} too. */
    boolean holdsFor(ChannelConfig other) {
        return channel.id().equals(other.id())
                && channel.baseUrl().equals(other.baseUrl())
                && channel.websocketUrl().equals(other.websocketUrl())
                && channel.target().equals(other.target())
                && channel.hostHeader().equals(other.hostHeader())
                && channel.auth().equals(other.auth())
                && Objects.equals(channel.token(), other.token())
                && channel.health().equals(other.health());
    }

    ChannelConfig channel() {
        return channel;
    }

    AtomicInteger inFlight() {
        return inFlight;
    }

    PeakEwma latency() {
        return latency;
    }

    /** Whether a probe has found that nobody is there. */
    boolean lost() {
        return lost;
    }

    void lost(boolean value) {
        lost = value;
    }
}
