package io.aiproxy.edge;

import org.jspecify.annotations.Nullable;

/** The policy in force. Exchanged in one moment; read once per call. */
public final class Policies {
    private volatile @Nullable Policy current;

    /** Puts {@code policy} into force. */
    public void activate(Policy policy) {
        current = policy;
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
