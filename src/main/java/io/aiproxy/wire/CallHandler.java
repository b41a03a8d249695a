package io.aiproxy.wire;

import io.aiproxy.core.Call;
import io.aiproxy.core.Failure;

/** The policy above the wire. Every method is called on the event loop of the call and must not block. */
public interface CallHandler {
    /** A whole, well-formed request. Must lead to exactly one {@code respond} or {@code relay} on it. */
    void handle(ServerCall call);

    /** A request whose caller has left before it had arrived whole, or before its turn came: what its receipt says of it. */
    void unfinished(Call call);

    /** The answer to a request that the wire itself refuses (ill-formed, too large, too slow), in the caller's dialect. */
    Answer refusal(Call call, Failure failure);

    /**
     * The last words to a caller whose answer broke off in the middle: an error event if the answer is an event stream
     * and the dialect has one, otherwise nothing.
     *
     * @param tail the last bytes that were sent (up to four), to find the way to an event boundary
     */
    byte[] lastWords(Call call, Failure failure, byte[] tail);
}
