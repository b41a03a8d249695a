package io.aiproxy.edge;

import io.aiproxy.access.AccessDirectory;
import io.aiproxy.channels.Balancer;
import io.aiproxy.channels.ChannelDirectory;
import io.aiproxy.config.ChannelConfig;
import io.aiproxy.config.Snapshot;
import io.aiproxy.core.Target;
import io.aiproxy.core.Ticker;
import io.aiproxy.credentials.KeySubstitution;
import io.aiproxy.limits.LimitPlans;
import io.aiproxy.usage.Prices;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * A configuration snapshot with everything that is computed from it once, so that no call has to. A call that has begun
 * with one keeps it to its end.
 *
 * @param snapshot the configuration
 * @param access who may call
 * @param channels what serves a call
 * @param keys what channels are shown
 * @param edits by channel id, what is changed in requests and where they go
 * @param limits how much may be used
 * @param prices what usage costs
 */
public record Policy(
        Snapshot snapshot,
        AccessDirectory access,
        ChannelDirectory channels,
        KeySubstitution keys,
        Map<String, ChannelEdits> edits,
        LimitPlans limits,
        Prices prices) {

    /** As {@link #of(Snapshot, Balancer)}, with nothing remembered. */
    public static Policy of(Snapshot snapshot) {
        return of(snapshot, new Balancer(Ticker.SYSTEM));
    }

    /**
     * Computes it.
     *
     * @param balancer what is remembered of channels and credentials that stay the same
     */
    public static Policy of(Snapshot snapshot, Balancer balancer) {
        Map<String, ChannelEdits> edits = new HashMap<>();
        for (ChannelConfig channel : snapshot.channels().values()) {
            edits.put(channel.id(), ChannelEdits.of(channel));
        }
        return new Policy(
                snapshot,
                AccessDirectory.of(snapshot),
                ChannelDirectory.of(snapshot, balancer),
                KeySubstitution.of(snapshot),
                Map.copyOf(edits),
                LimitPlans.of(snapshot),
                Prices.of(snapshot));
    }

    /** Every server that a call may go to, each once. */
    public Set<Target> targets() {
        Set<Target> targets = new LinkedHashSet<>();
        for (ChannelConfig channel : snapshot.channels().values()) {
            ChannelEdits of = edits.get(channel.id());
            if (of != null) {
                of.targets(channel.supportsWebsocket()).forEach(targets::add);
            }
        }
        return targets;
    }
}
