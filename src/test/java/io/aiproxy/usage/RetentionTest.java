package io.aiproxy.usage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.aiproxy.config.BooksConfig;
import io.aiproxy.core.Ticker;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Records go when they are as old as the configuration says, also after an outage. */
class RetentionTest {
    private static final Duration SOON = Duration.ofSeconds(30);

    private final AtomicLong now = new AtomicLong(Records.MILLIS);
    private final MemoryBooks books = new MemoryBooks();
    private final Ticker clock = new Ticker() {
        @Override
        public long nanos() {
            return System.nanoTime();
        }

        @Override
        public long millis() {
            return now.get();
        }
    };

    @Test
    void whatIsTooOldGoes() throws BooksException {
        books.add(List.of(Records.record("a")), new Books.Position("journal", 1, 1));
        long keep = BooksConfig.defaults().keep().toMillis();
        try (Retention retention = Retention.start(books, BooksConfig::defaults, Duration.ofMillis(10), clock)) {
            int rounds = books.purges();
            now.set(Records.MILLIS + keep); // kept as long as this, not longer
            await().atMost(SOON).until(() -> books.purges() > rounds + 1);
            assertThat(books.all()).hasSize(1);
            books.fail(MemoryBooks.Failure.DOWN);
            now.incrementAndGet();
            int failed = books.purges();
            await().atMost(SOON).until(() -> books.purges() > failed + 1);
            assertThat(books.all()).hasSize(1);
            books.fail(MemoryBooks.Failure.NONE);
            await().atMost(SOON).until(() -> books.all().isEmpty());
        }
    }
}
