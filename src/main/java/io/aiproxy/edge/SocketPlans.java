package io.aiproxy.edge;

import io.aiproxy.access.PresentedKey;
import io.aiproxy.config.Snapshot;
import io.aiproxy.core.Call;
import io.aiproxy.core.Headers;
import io.aiproxy.dialects.MessageTaps;
import io.aiproxy.wire.SocketPlan;
import java.util.Optional;

/** How the WebSocket of a handshake that a channel has accepted is to be carried. */
final class SocketPlans {
    private final Policies policies;

    SocketPlans(Policies policies) {
        this.policies = policies;
    }

    SocketPlan of(Journey journey) {
        Call call = journey.call();
        return new SocketPlan(
                journey.routing().candidate().channel().websocket(),
                MessageTaps.of(call.dialect(), call.operation(), call.model()),
                subprotocol(call.head().headers()),
                () -> revoked(journey));
    }

    /**
     * A browser that offers subprotocols breaks off if none is chosen, and it has to offer some to bring its key. A channel
     * that chooses none was not asked for the key's sake, so the first of the others is chosen in its place.
     */
    private static Optional<String> subprotocol(Headers headers) {
        if (!PresentedKey.isInSubprotocols(headers)) {
            return Optional.empty();
        }
        return PresentedKey.subprotocolsWithoutKey(headers).map(others -> others.split(",", 2)[0].strip());
    }

    private Optional<String> revoked(Journey journey) {
        Snapshot now = policies.current().snapshot();
        Snapshot before = journey.policy().snapshot();
        if (now.version() == before.version()) {
            return Optional.empty();
        }
        Optional<String> why = Revocation.of(journey.call(), now);
        boolean ownKey = journey.access().ephemeral().isEmpty(); // an ephemeral one knows its key by name
        return why.isPresent() || !ownKey ? why : Revocation.ofKey(journey.call(), before, now);
    }
}
