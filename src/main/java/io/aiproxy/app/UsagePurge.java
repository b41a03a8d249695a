package io.aiproxy.app;

import io.aiproxy.config.BooksConfig;
import io.aiproxy.core.Ticker;
import io.aiproxy.usage.Books;
import io.aiproxy.usage.BooksException;
import java.time.Instant;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Deletes what the books need not keep any longer, every hour, on a thread of its own. */
final class UsagePurge implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(UsagePurge.class);

    private final Books books;
    private final Supplier<BooksConfig> config;
    private final Ticker ticker;
    private final ScheduledExecutorService thread;

    private UsagePurge(Books books, Supplier<BooksConfig> config, Ticker ticker) {
        this.books = books;
        this.config = config;
        this.ticker = ticker;
        this.thread = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread made = new Thread(task, "aiproxy-usage-purge");
            made.setDaemon(true);
            return made;
        });
    }

    /** Begins a while after the start, which has better to do. */
    static UsagePurge start(Books books, Supplier<BooksConfig> config, Ticker ticker) {
        UsagePurge purge = new UsagePurge(books, config, ticker);
        Future<?> unused = purge.thread.scheduleWithFixedDelay(purge::run, 5, 60, TimeUnit.MINUTES);
        return purge;
    }

    /** Deletes once. What goes wrong is told, and tried again the next time. */
    void run() {
        BooksConfig wanted = config.get();
        Instant now = Instant.ofEpochMilli(ticker.millis());
        try {
            books.purge(now.minus(wanted.keep()), now.minus(wanted.keepMinutes()));
        } catch (BooksException e) {
            LOG.warn("Old usage was not deleted from the books: {}", e.getMessage());
        } catch (RuntimeException e) {
            LOG.error("Old usage was not deleted from the books", e);
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
