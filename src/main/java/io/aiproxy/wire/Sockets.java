package io.aiproxy.wire;

import io.aiproxy.wire.frames.CloseCause;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The open WebSockets of a listener. Any thread. */
public final class Sockets {
    private final Set<SocketRelay> open = ConcurrentHashMap.newKeySet();
    private volatile @Nullable CloseCause closing;

    void add(SocketRelay relay) {
        open.add(relay);
        CloseCause all = closing;
        if (all != null) {
            relay.close(all, all.text()); // its handshake had not ended when the others were told
        }
    }

    void remove(SocketRelay relay) {
        open.remove(relay);
    }

    /** How many are open. */
    public int open() {
        return open.size();
    }

    /** Closes those that may not stay open any more, each as its plan says, on its event loop. */
    public void review() {
        open.forEach(relay -> relay.call().loop().execute(relay::review));
    }

    /** Tells all to close, and those that are opened from now on. */
    void closeAll(CloseCause cause) {
        closing = cause;
        open.forEach(relay -> relay.close(cause, cause.text()));
    }

    /** Breaks all connections, whatever is still to be said. */
    void cutAll() {
        open.forEach(SocketRelay::cut);
    }
}
