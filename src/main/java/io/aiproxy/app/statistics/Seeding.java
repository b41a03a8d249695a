package io.aiproxy.app.statistics;

import io.aiproxy.telemetry.Statistics;
import io.aiproxy.usage.Books;
import io.aiproxy.usage.BooksException;
import java.time.Duration;
import java.time.ZoneId;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
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

    /** @param again how long to wait when the books cannot be read */
    Seeding(Statistics statistics, long startedMillis, Duration again) {
        this.statistics = statistics;
        this.startedMillis = startedMillis;
        this.again = again;
    }

    void start(Books books, Supplier<ZoneId> zone, CompletionStage<?> caughtUp) {
        caughtUp.thenRun(() -> {
            Thread thread = new Thread(() -> seed(books, zone), "aiproxy-statistics-seed");
            thread.setDaemon(true);
            thread.start();
        });
    }

    private void seed(Books books, Supplier<ZoneId> zone) {
        try {
            boolean told = false;
            while (closed.getCount() > 0) {
                try {
                    Statistics.Seed seed = new Earlier(books, zone.get(), startedMillis).seed();
                    if (closed.getCount() > 0 && statistics.seed(seed)) {
                        LOG.debug("The status pages go on from {} calls", seed.calls() + seed.sockets());
                    }
                    return;
                } catch (BooksException e) {
                    if (!told || !e.passing()) {
                        LOG.warn("The status pages count from this start: {}", e.getMessage());
                    }
                    told = true;
                    if (!e.passing() || closed.await(again.toMillis(), TimeUnit.MILLISECONDS)) {
                        return;
                    }
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            LOG.warn("The status pages count from this start", e);
        }
    }

    @Override
    public void close() {
        closed.countDown();
    }
}
