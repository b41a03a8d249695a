package io.aiproxy.edge;

import io.aiproxy.channels.Balancer;
import io.aiproxy.core.Ticker;
import org.jspecify.annotations.Nullable;

/** The policy in force. Exchanged in one moment; read once per call. */
public final class Policies {
    private final Balancer balancer = new Balancer(Ticker.SYSTEM);
    private volatile @Nullable Policy current;

    /** Puts {@code policy} into force. */
    public void activate(Policy policy) {
        policy.channels().inForce();
        current = policy;
    }

    /** What balancing remembers while policies come and go. */
    public Balancer balancer() {
        return balancer;
    }

    /** The policy in force. The port is not open before there is one. */
    public Policy current() {
        Policy policy = current;
        if (policy == null) {
            throw new IllegalStateException("no configuration is in force yet");
        }
        return policy;
    }
}
