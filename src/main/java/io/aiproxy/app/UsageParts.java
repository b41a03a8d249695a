package io.aiproxy.app;

import io.aiproxy.config.Snapshot;
import io.aiproxy.core.Ticker;
import io.aiproxy.usage.Books;
import io.aiproxy.usage.BooksException;
import io.aiproxy.usage.Estimator;
import io.aiproxy.usage.Prices;
import io.aiproxy.usage.Pricing;
import io.aiproxy.usage.TokenEstimator;
import java.util.Optional;
import java.util.function.Function;

/**
 * What booking is made of and could be made of something else.
 *
 * @param books opens the books when a gateway starts
 * @param estimator counts what providers do not tell; empty: that remains unknown
 * @param pricing what things cost in a configuration; asked once for each that comes into force
 * @param clock tells when calls began, what is old, and what "now" is in a question; its nanoseconds are the machine's
 */
public record UsageParts(
        Opener books, Optional<Estimator> estimator, Function<Snapshot, Pricing> pricing, Ticker clock) {
    /** By the machine's clocks. */
    public UsageParts(Opener books, Optional<Estimator> estimator, Function<Snapshot, Pricing> pricing) {
        this(books, estimator, pricing, Ticker.SYSTEM);
    }

    /** The same by another clock. */
    public UsageParts by(Ticker other) {
        return new UsageParts(books, estimator, pricing, other);
    }

    /** What a gateway books with: a database, prices of the configuration, and a tokenizer. */
    public static UsageParts usual() {
        return new UsageParts(
                (settings, snapshot) ->
                        UsageBooks.open(settings, snapshot.system().usage().zone()),
                Optional.of(new TokenEstimator()),
                Prices::of);
    }

    /** Opens books. */
    @FunctionalInterface
    public interface Opener {
        /**
         * Opens the books of a gateway.
         *
         * @throws BooksException when its settings cannot be used; that a database is down is no reason
         */
        Books open(Settings settings, Snapshot snapshot) throws BooksException;
    }
}
