package io.aiproxy.wire;

import io.aiproxy.core.Failure;
import org.jspecify.annotations.Nullable;

/** One attempt on its way: outlives the connection it began on when that turns out to be stale. */
final class UpstreamExchange {
    private final UpstreamRequest request;
    private UpstreamListener listener;
    private final LoopClient client;
    private final long startedNanos = System.nanoTime();
    private @Nullable UpstreamSource handler;
    private @Nullable UpstreamAnswer answer;
    private boolean over;
    private boolean cancelled;
    private boolean restarted;

    UpstreamExchange(UpstreamRequest request, UpstreamListener listener, LoopClient client) {
        this.request = request;
        this.listener = listener;
        this.client = client;
    }

    UpstreamRequest request() {
        return request;
    }

    long startedNanos() {
        return startedNanos;
    }

    boolean cancelled() {
        return cancelled;
    }

    void onto(UpstreamSource connection) {
        handler = connection;
    }

    /** The caller has hung up: the provider must not go on working for nobody, unless somebody else wants the answer. */
    void callerGone() {
        // without a connection there is nothing yet that would be worth waiting for
        UpstreamListener other = handler == null || over ? null : listener.leftBehind(this::cancel);
        if (other == null) {
            cancel();
        } else {
            listener = other;
        }
    }

    void cancel() {
        cancelled = true;
        UpstreamSource at = handler;
        if (at == null && !over) {
            listener.unsent();
        }
        if (at != null && !over) {
            at.abandon();
        }
        UpstreamAnswer given = answer;
        answer = null;
        if (given != null) {
            given.callerGone();
        }
        over = true;
    }

    void answered(UpstreamAnswer given) {
        if (over) {
            given.discard();
            return;
        }
        over = true;
        answer = given;
        listener.answered(given);
    }

    void failed(Failure failure) {
        if (!over) {
            over = true;
            listener.failed(failure);
        }
    }

    /**
     * A kept-alive connection was closed by the server before it sent anything, most likely before it even read the
     * request (RFC 9112, 9.3.1): once per attempt, begin again on a fresh one.
     */
    boolean restart() {
        if (restarted || over) {
            return false;
        }
        restarted = true;
        handler = null;
        client.connect(this);
        return true;
    }
}
