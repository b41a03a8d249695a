package io.aiproxy.wire;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One movable time limit of a connection. Moving it later, which happens with every chunk, costs a field write: the
 * pending timer is left alone and looks at the limit again when it fires. Confined to its event loop.
 */
final class Deadline {
    private static final long NONE = Long.MAX_VALUE;

    private final EventExecutor loop;
    private final Runnable expired;
    private long at = NONE;
    private @Nullable ScheduledFuture<?> timer;
    private long timerAt;

    Deadline(EventExecutor loop, Runnable expired) {
        this.loop = loop;
        this.expired = expired;
    }

    /** Expires {@code nanos} from now; never if that is zero or less. */
    void in(long nanos) {
        if (nanos <= 0) {
            clear();
            return;
        }
        at(System.nanoTime() + nanos);
    }

    /** Expires at {@code nanos} of {@link System#nanoTime()}. */
    void at(long nanos) {
        at = nanos;
        ScheduledFuture<?> pending = timer;
        if (pending != null && timerAt - nanos <= 0) {
            return;
        }
        if (pending != null) {
            pending.cancel(false);
        }
        schedule();
    }

    /** Never expires. */
    void clear() {
        at = NONE;
    }

    /** Lets go of the pending timer too: the connection is closed. */
    void end() {
        at = NONE;
        ScheduledFuture<?> pending = timer;
        timer = null;
        if (pending != null) {
            pending.cancel(false);
        }
    }

    private void schedule() {
        timerAt = at;
        timer = loop.schedule(this::fire, Math.max(0, at - System.nanoTime()), TimeUnit.NANOSECONDS);
    }

    private void fire() {
        timer = null;
        if (at == NONE) {
            return;
        }
        if (at - System.nanoTime() > 0) {
            schedule();
            return;
        }
        at = NONE;
        expired.run();
    }
}
