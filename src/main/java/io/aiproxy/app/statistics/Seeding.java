package io.aiproxy.app.statistics;

import io.aiproxy.telemetry.Statistics;
import io.aiproxy.usage.Books;
import io.aiproxy.usage.BooksException;
import java.time.Duration;
import java.time.ZoneId;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the status pages what was counted before this process: on a thread of its own, once, as soon as the books have all
 * of it. Until then, and where the books stay away, the pages count from the process's start.
 */
final class Seeding implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Seeding.class);

    private final Statistics statistics;
    private final long startedMillis;
    private final Duration again;
    private final CountDownLatch closed = new CountDownLatch(1);
    private boolean told;

    /** @param again how long to wait until the books are looked at again */
    Seeding(Statistics statistics, long startedMillis, Duration again) {
        this.statistics = statistics;
        this.startedMillis = startedMillis;
        this.again = again;
    }

    void start(Books books, Supplier<ZoneId> zone, BooleanSupplier caughtUp) {
        Thread thread = new Thread(() -> run(books, zone, caughtUp), "aiproxy-statistics-seed");
        thread.setDaemon(true);
        thread.start();
    }

    private void run(Books books, Supplier<ZoneId> zone, BooleanSupplier caughtUp) {
        try {
            boolean over = false;
            while (!over) {
                // not at once either: the first calls need the processor more than the pages do
                over = closed.await(again.toMillis(), TimeUnit.MILLISECONDS)
                        || (caughtUp.getAsBoolean() && seeded(books, zone.get()));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            LOG.warn("The status pages count from this start", e);
        }
    }

    /** Whether there is nothing more to be done. */
    private boolean seeded(Books books, ZoneId zone) {
        try {
            Statistics.Seed seed = new Earlier(books, zone, startedMillis).seed();
            if (closed.getCount() > 0 && statistics.seed(seed)) {
                LOG.debug("The status pages go on from {} calls", seed.calls() + seed.sockets());
            }
            return true;
        } catch (BooksException e) {
            if (!told || !e.passing()) {
                LOG.warn("The status pages count from this start: {}", e.getMessage());
            }
            told = true;
            return !e.passing();
        }
    }

    @Override
    public void close() {
        closed.countDown();
    }
}
