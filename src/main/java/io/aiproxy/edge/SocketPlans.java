package io.aiproxy.edge;

import io.aiproxy.wire.SocketPlan;
import java.util.Optional;

/** How the WebSocket of a handshake that has succeeded is to be carried. */
final class SocketPlans {
    private SocketPlans() {}

    static SocketPlan of(Journey journey) {
        return new SocketPlan(
                journey.routing().candidate().channel().websocket(),
                Optional.empty(),
                Optional.empty(),
                Optional::empty);
    }
}
