package io.aiproxy.wire;

import io.aiproxy.core.Failure;

/** Learns how one attempt turned out. Called exactly once, on the call's event loop, unless the attempt is cancelled. */
public interface UpstreamListener {
    /** A response head has arrived. Its body waits until somebody lets it flow or discards it. */
    void answered(UpstreamAnswer answer);

    /** There will be no response head. */
    void failed(Failure failure);
}
