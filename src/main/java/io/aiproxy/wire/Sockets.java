package io.aiproxy.wire;

import io.aiproxy.core.Call;
import io.aiproxy.wire.frames.CloseCause;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/** The open WebSockets of a listener. Any thread. */
public final class Sockets {
    private final Set<SocketRelay> open = ConcurrentHashMap.newKeySet();

    void add(SocketRelay relay) {
        open.add(relay);
    }

    void remove(SocketRelay relay) {
        open.remove(relay);
    }

    /** How many are open. */
    public int open() {
        return open.size();
    }

    /**
     * Closes those that may not stay open.
     *
     * @param why the reason, told to both ends, or empty; asked on the event loop of each
     */
    public void review(Function<Call, Optional<String>> why) {
        open.forEach(relay -> relay.call().loop().execute(() -> why.apply(relay.call())
                .ifPresent(text -> relay.close(CloseCause.REVOKED, text))));
    }

    void closeAll(CloseCause cause) {
        open.forEach(relay -> relay.close(cause, cause.text()));
    }
}
