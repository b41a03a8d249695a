package io.aiproxy.usage;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks after the accounting thread, which may be stuck in the disk. */
final class Sentry implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Accounting.class);
    /** How often it looks. */
    private static final Duration ROUND = Duration.ofMillis(250);

    private final ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "aiproxy-accounting-sentry");
        thread.setDaemon(true);
        return thread;
    });
    private final Look look;
    private final long tellRounds;
    private long round;

    /** What is done at each round. */
    @FunctionalInterface
    interface Look {
        /** {@code tell}: what was not told for a while is due. */
        void at(boolean tell);
    }

    Sentry(Look look, Duration tellEvery) {
        this.look = look;
        this.tellRounds = Math.max(1, tellEvery.toMillis() / ROUND.toMillis());
    }

    void start() {
        var unused = executor.scheduleWithFixedDelay( // ends with the executor
                this::round, ROUND.toMillis(), ROUND.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void round() {
        try {
            look.at(round++ % tellRounds == 0);
        } catch (RuntimeException defect) {
            LOG.error("Accounting: unexpected failure, going on", defect); // thrown, it would be the last round
        }
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }
}
