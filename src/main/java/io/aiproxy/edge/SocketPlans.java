package io.aiproxy.edge;

import io.aiproxy.access.PresentedKey;
import io.aiproxy.config.BooksConfig;
import io.aiproxy.config.Snapshot;
import io.aiproxy.core.Call;
import io.aiproxy.core.Headers;
import io.aiproxy.core.KeyDigest;
import io.aiproxy.dialects.MessageTaps;
import io.aiproxy.wire.SocketPlan;
import java.util.Optional;
import java.util.function.Supplier;

/** How the WebSocket of a handshake that a channel has accepted is to be carried. */
final class SocketPlans {
    private final Policies policies;

    SocketPlans(Policies policies) {
        this.policies = policies;
    }

    SocketPlan of(Journey journey) {
        Call call = journey.call();
        BooksConfig books = journey.policy().snapshot().system().usage();
        return new SocketPlan(
                journey.routing().candidate().channel().websocket(),
                MessageTaps.of(call.dialect(), call.operation(), call.model(), books.enabled() && books.estimate()),
                subprotocol(call.head().headers()),
                revocation(journey));
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

    /** Holds nothing of the journey and its configuration, which a socket would outlive by hours. */
    private Supplier<Optional<String>> revocation(Journey journey) {
        Call call = journey.call();
        Snapshot before = journey.policy().snapshot();
        long version = before.version();
        // an ephemeral key knows the key that asked for it by name
        KeyDigest key = journey.access().ephemeral().isPresent() ? KeyDigest.NONE : Revocation.keyOf(call, before);
        return () -> revoked(call, version, key);
    }

    private Optional<String> revoked(Call call, long version, KeyDigest key) {
        Snapshot now = policies.current().snapshot();
        if (now.version() == version) {
            return Optional.empty();
        }
        return Revocation.of(call, now).or(() -> Revocation.ofKey(call, key, now));
    }
}
