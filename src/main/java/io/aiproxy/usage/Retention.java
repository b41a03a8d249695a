package io.aiproxy.usage;

import io.aiproxy.config.BooksConfig;
import io.aiproxy.core.Ticker;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Deletes from the books what is not to be kept any longer, now and then, on a thread of its own. */
public final class Retention implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Retention.class);

    private final Books books;
    private final Supplier<BooksConfig> config;
    private final Ticker ticker;
    private final ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "aiproxy-books-retention");
        thread.setDaemon(true);
        return thread;
    });

    private Retention(Books books, Supplier<BooksConfig> config, Ticker ticker) {
        this.books = books;
        this.config = config;
        this.ticker = ticker;
    }

    /**
     * Begins.
     *
     * @param books closed by whoever has opened them
     * @param config of the configuration in force
     * @param every how often, the first time after this; only pauses are measured with it, not what is kept
     * @param ticker says what is old
     */
    public static Retention start(Books books, Supplier<BooksConfig> config, Duration every, Ticker ticker) {
        Retention retention = new Retention(books, config, ticker);
        var unused = retention.executor.scheduleWithFixedDelay( // ends with the executor
                retention::purge, every.toMillis(), every.toMillis(), TimeUnit.MILLISECONDS);
        return retention;
    }

    private void purge() {
        try {
            Instant now = Instant.ofEpochMilli(ticker.millis());
            BooksConfig of = config.get();
            books.purge(now.minus(of.keep()), now.minus(of.keepMinutes()));
        } catch (BooksException e) {
            LOG.warn("Books: what is too old could not be deleted, which is tried again: {}", e.getMessage());
        } catch (RuntimeException defect) {
            LOG.error("Books: what is too old could not be deleted, which is tried again", defect);
        }
    }

    /** Stops; what is being deleted may be left half done and is deleted the next time. */
    @Override
    public void close() {
        executor.shutdownNow();
        try {
            if (!executor.awaitTermination(5, TimeUnit.SECONDS)) {
                LOG.warn("Books: deleting what is too old takes long; the gateway does not wait for it");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
