package io.aiproxy.wire;

import io.aiproxy.core.Body;
import io.aiproxy.core.Call;
import io.aiproxy.core.Target;
import io.aiproxy.core.Timeouts;

/**
 * One attempt as the policy wants it: the caller's own method, headers and body, with these changes.
 *
 * @param call whose attempt it is; its head is sent
 * @param body the body to send, normally the call's own
 * @param target where to
 * @param timeouts how long to wait
 * @param uri path and query to send, byte for byte
 * @param host value of the Host header
 * @param edits headers removed and set, the credential among them
 * @param handshake whether it asks for a WebSocket, so that a 101 may be the answer
 */
public record UpstreamRequest(
        Call call,
        Body body,
        Target target,
        Timeouts timeouts,
        String uri,
        String host,
        HeaderEdits edits,
        boolean handshake) {

    /** The URI may carry a credential in its query: not printed. */
    @Override
    public String toString() {
        return call.head().method() + " " + target;
    }
}
