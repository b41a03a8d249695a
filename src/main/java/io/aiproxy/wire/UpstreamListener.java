package io.aiproxy.wire;

import io.aiproxy.core.Failure;
import org.jspecify.annotations.Nullable;

/** Learns how one attempt turned out. Called exactly once, on the call's event loop, unless the attempt is cancelled. */
public interface UpstreamListener {
    /** A response head has arrived. Its body waits until somebody lets it flow or discards it. */
    void answered(UpstreamAnswer answer);

    /** There will be no response head. */
    void failed(Failure failure);

    /** The attempt is cancelled before anything was sent on a connection: there was nothing that anybody could work on. */
    default void unsent() {
        // nothing is booked of it
    }

    /**
     * The caller has left before there was a response head, and the request is on its way.
     *
     * @param cancel ends the attempt
     * @return who learns from now on how it turns out; null: nobody, it is cancelled
     */
    default @Nullable UpstreamListener leftBehind(Runnable cancel) {
        return null;
    }
}
