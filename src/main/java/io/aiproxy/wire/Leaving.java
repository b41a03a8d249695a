package io.aiproxy.wire;

import io.netty.channel.EventLoop;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of an answer whose caller leaves: it is cancelled, or read to its end by a {@link Drain}. Confined to the
 * event loop of the call.
 */
final class Leaving {
    private final Taps taps;
    private final Drains all;
    private final Runnable done;
    private @Nullable DrainPlan plan;
    private boolean drains;

    /**
     * @param all those under way
     * @param done run when the answer is read, if it is read
     */
    Leaving(Taps taps, Drains all, Runnable done) {
        this.taps = taps;
        this.all = all;
        this.done = done;
    }

    void plan(@Nullable DrainPlan of) {
        plan = of;
    }

    /** Whether the answer is, or was, read without its caller: {@code done} is run then. */
    boolean drains() {
        return drains;
    }

    /** The caller has left this answer. */
    void left(ServerCall.Source source, EventLoop loop) {
        DrainPlan how = plan;
        if (how != null && source instanceof UpstreamAnswer answer && taps.readsWhole() && !all.closed()) {
            drain(how, loop).take(answer);
        } else {
            source.cancel();
        }
    }

    /** The caller has left before there was an answer: who takes it; null: nobody. */
    @Nullable
    UpstreamListener expected(Runnable cancel, EventLoop loop) {
        DrainPlan how = plan;
        if (how == null || !taps.expects() || all.closed()) {
            return null;
        }
        Drain drain = drain(how, loop);
        drain.await(cancel);
        return drain;
    }

    private Drain drain(DrainPlan how, EventLoop loop) {
        drains = true;
        return new Drain(how, taps, all, loop, done);
    }
}
