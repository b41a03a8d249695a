package io.aiproxy.store.sql;

import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Calls somebody back after every turn, on a thread of its own; turns that come while he is busy are one. */
final class Watch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Watch.class);

    private final Lookout lookout;
    private final Runnable onChange;
    private final Thread thread;
    private volatile boolean closed;

    Watch(Lookout lookout, Runnable onChange) {
        this.lookout = lookout;
        this.onChange = onChange;
        long since = lookout.since();
        this.thread = new Thread(() -> run(since), "aiproxy-configuration");
        thread.setDaemon(true);
        thread.start();
    }

    private void run(long since) {
        try {
            Optional<Long> turn = lookout.after(since, () -> closed);
            while (turn.isPresent()) {
                call();
                turn = lookout.after(turn.get(), () -> closed);
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    private void call() {
        try {
            onChange.run();
        } catch (RuntimeException | LinkageError | StackOverflowError | AssertionError e) {
            LOG.error("What follows a change of the configuration failed; watching goes on", e);
        }
    }

    /** No call begins any more; one that is running is not disturbed. */
    @Override
    public void close() {
        closed = true;
        lookout.wake();
    }
}
