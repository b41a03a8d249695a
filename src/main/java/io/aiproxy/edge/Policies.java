package io.aiproxy.edge;

import io.aiproxy.channels.Balancer;
import io.aiproxy.core.Ticker;
import io.aiproxy.dialects.DeferredUse;
import org.jspecify.annotations.Nullable;

/** The policy in force. Exchanged in one moment; read once per call. */
public final class Policies {
    private final Balancer balancer = new Balancer(Ticker.SYSTEM);
    private final DeferredUse deferred = new DeferredUse(Ticker.SYSTEM);
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

    /** What is remembered of work that providers do after they have answered. */
    DeferredUse deferred() {
        return deferred;
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
