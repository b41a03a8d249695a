package io.aiproxy.telemetry.tracing;

import io.aiproxy.core.Origin;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/**
 * A call's place in its trace: which one it belongs to, and the ids of its spans, which are chosen before there are any because
 * channels are told them. Confined to the call's event loop.
 */
public final class CallTrace {
    private static final String VERSION = "00-";

    private final Parent parent;
    private final String spanId;
    private final boolean secure;
    private final List<Sent> sent = new ArrayList<>(2);

    /**
     * What the trace goes on from.
     *
     * @param traceId 32 hexadecimal digits
     * @param parentId the caller's span, 16 hexadecimal digits; empty where the trace begins here
     * @param sampled whether spans are recorded
     * @param state the caller's {@code tracestate}, empty when there is none
     */
    record Parent(String traceId, String parentId, boolean sampled, String state) {}

    /**
     * An attempt that was sent.
     *
     * @param attempt its index among the call's attempts
     * @param spanId the id that its channel was told
     * @param origin the channel's server
     * @param uri path and query that were sent
     */
    record Sent(int attempt, String spanId, Origin origin, String uri) {
        /** The query may hold a credential: not printed. */
        @Override
        public String toString() {
            return attempt + " " + spanId + " " + origin;
        }
    }

    CallTrace(Parent parent, String spanId, boolean secure) {
        this.parent = parent;
        this.spanId = spanId;
        this.secure = secure;
    }

    /**
     * The value of {@code traceparent} (W3C Trace Context, 3.2) for an attempt.
     *
     * @param attempt its index among the call's attempts
     * @param origin the channel's server
     * @param uri path and query as they are sent; what is told of them holds no value of the query
     */
    public String forAttempt(int attempt, Origin origin, String uri) {
        String id = Ids.span();
        sent.add(new Sent(attempt, id, origin, uri));
        return VERSION + parent.traceId() + "-" + id + (parent.sampled() ? "-01" : "-00");
    }

    /** Whether it begins here: then no {@code tracestate} of the caller belongs to it (W3C Trace Context, 3.3). */
    public boolean beginsHere() {
        return parent.parentId().isEmpty();
    }

    Parent parent() {
        return parent;
    }

    /** Whether the caller speaks TLS, to the gateway or to a proxy before it. */
    boolean secure() {
        return secure;
    }

    String spanId() {
        return spanId;
    }

    /** The span of an attempt, as an index of {@link #sent()}; empty if it was never sent. */
    OptionalInt indexOf(int attempt) {
        for (int i = sent.size() - 1; i >= 0; i--) {
            if (sent.get(i).attempt() == attempt) {
                return OptionalInt.of(i);
            }
        }
        return OptionalInt.empty();
    }

    List<Sent> sent() {
        return sent;
    }
}
