package io.aiproxy.wire;

import io.aiproxy.core.AnswerTap;
import io.aiproxy.core.Failure;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.LastHttpContent;

/**
 * Reads the answer of a call whose caller has left, for nobody but the {@link Taps}. Ends with the answer, or when the plan's
 * time or bytes are used up; then the channel's connection is closed, as it would have been at once without a plan. However
 * it ends, {@code done} is run once.
 *
 * <p>Confined to the event loop of the call, except {@link #cut}.
 */
final class Drain implements AnswerSink, UpstreamListener {
    private final DrainPlan plan;
    private final Taps taps;
    private final Drains all;
    private final EventLoop loop;
    private final Runnable done;
    private final Deadline deadline;
    private Runnable cancel = () -> {};
    private long left;
    private boolean over;

    Drain(DrainPlan plan, Taps taps, Drains all, EventLoop loop, Runnable done) {
        this.plan = plan;
        this.taps = taps;
        this.all = all;
        this.loop = loop;
        this.done = done;
        this.left = plan.bytes();
        this.deadline = new Deadline(loop, this::stop);
    }

    private void begin(Runnable canceller) {
        cancel = canceller;
        deadline.in(plan.time().toNanos());
        all.add(this);
    }

    /** Goes on reading an answer that has begun. */
    void take(UpstreamAnswer answer) {
        begin(answer::cancel);
        answer.flowTo(this, true);
    }

    /** Waits for an answer that has not begun. */
    void await(Runnable canceller) {
        begin(canceller);
    }

    @Override
    public void answered(UpstreamAnswer answer) {
        AnswerTap reader =
                answer.status() < 300 ? plan.reader().apply(answer.headers()).orElse(null) : null;
        if (over || reader == null) {
            if (answer.status() >= 300) {
                taps.expectNothing();
            }
            answer.discard();
            finish();
            return;
        }
        taps.whole(reader);
        cancel = answer::cancel;
        answer.flowTo(this, true);
    }

    @Override
    public void failed(Failure failure) {
        taps.expectNothing();
        finish();
    }

    @Override
    public void unsent() {
        taps.expectNothing();
    }

    @Override
    public void content(HttpContent content) {
        int n = content.content().readableBytes();
        if (!over && n > 0) {
            taps.bytes(content.content());
            left -= n;
        }
        content.release();
        if (left < 0) {
            stop();
        }
    }

    @Override
    public void flush() {
        // nobody waits for it
    }

    @Override
    public void end(LastHttpContent last) {
        content(last);
        finish();
    }

    @Override
    public void broken(Failure failure) {
        finish();
    }

    private void stop() {
        if (!over) {
            cancel.run();
            finish();
        }
    }

    private void finish() {
        if (!over) {
            over = true;
            deadline.end();
            all.remove(this);
            done.run();
        }
    }

    /** Ends it now. May be called from any thread. */
    void cut() {
        if (loop.inEventLoop()) {
            stop();
        } else {
            loop.execute(this::stop);
        }
    }
}
