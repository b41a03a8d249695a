package io.aiproxy.telemetry.tracing;

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
     */
    record Sent(int attempt, String spanId) {}

    CallTrace(Parent parent, String spanId) {
        this.parent = parent;
        this.spanId = spanId;
    }

    /**
     * The value of {@code traceparent} (W3C Trace Context, 3.2) for an attempt.
     *
     * @param attempt its index among the call's attempts
     */
    public String forAttempt(int attempt) {
        String id = Ids.span();
        sent.add(new Sent(attempt, id));
        return VERSION + parent.traceId() + "-" + id + (parent.sampled() ? "-01" : "-00");
    }

    /** Whether it begins here: then no {@code tracestate} of the caller belongs to it (W3C Trace Context, 3.3). */
    public boolean beginsHere() {
        return parent.parentId().isEmpty();
    }

    Parent parent() {
        return parent;
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
