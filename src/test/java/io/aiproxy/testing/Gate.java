package io.aiproxy.testing;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Holds a script until the test lets it go on, so that no test needs to sleep. */
public final class Gate {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final CountDownLatch opened = new CountDownLatch(1);
    private final CountDownLatch reached = new CountDownLatch(1);

    /** A closed gate. */
    public static Gate closed() {
        return new Gate();
    }

    /** Lets everybody pass, now and later. */
    public void open() {
        opened.countDown();
    }

    /** Whether it was opened. */
    public boolean isOpen() {
        return opened.getCount() == 0;
    }

    /** Blocks the test until a script stands at the gate: all that comes before it has been written. */
    public void awaitReached() {
        try {
            if (!reached.await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new AssertionError("No script arrived at the gate within " + PATIENCE);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("Interrupted while waiting for a script to arrive at the gate", e);
        }
    }

    /** Blocks a script until the gate is open. */
    void pass() throws InterruptedException {
        reached.countDown();
        opened.await();
    }
}
