package io.aiproxy.app.statistics;

import io.aiproxy.admin.UsageDesk;
import io.aiproxy.config.Snapshot;
import io.aiproxy.core.Ticker;
import io.aiproxy.telemetry.Statistics;
import io.aiproxy.usage.Books;
import io.aiproxy.usage.BooksException;
import java.time.Duration;
import java.time.Instant;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Answers questions about usage from the books, once these are open, and lets the status pages go on where an earlier process
 * has ended. Any thread.
 */
public final class UsageService implements UsageDesk, AutoCloseable {
    private static final Duration AGAIN = Duration.ofSeconds(1);

    private final Supplier<Snapshot> snapshot;
    private final Ticker ticker;
    private volatile @Nullable Books books;
    private volatile @Nullable Seeding seeding;

    /**
     * @param snapshot the configuration in force
     * @param ticker time
     */
    public UsageService(Supplier<Snapshot> snapshot, Ticker ticker) {
        this.snapshot = snapshot;
        this.ticker = ticker;
    }

    /** From now on the answers come from these books, which are somebody else's to close. */
    public void open(Books opened) {
        books = opened;
    }

    /**
     * Lets the status pages go on where an earlier process has ended, as soon as the books have all of it. Behind {@link #open};
     * does not block.
     *
     * @param statistics the numbers behind the pages
     * @param startedMillis when the process started: what began before that is not counted yet
     * @param caughtUp whether everything that an earlier process has left in its journal is in the books; asked until it is
     */
    public void goOn(Statistics statistics, long startedMillis, BooleanSupplier caughtUp) {
        Books from = books;
        if (from != null) {
            Seeding begun = new Seeding(statistics, startedMillis, AGAIN);
            seeding = begun;
            begun.start(from, () -> snapshot.get().system().usage().zone(), caughtUp);
        }
    }

    /** The books are about to close. */
    @Override
    public void close() {
        books = null;
        Seeding begun = seeding;
        if (begun != null) {
            begun.close();
        }
    }

    @Override
    public Reply answer(Question question) throws Declined {
        Snapshot now = snapshot.get();
        Books current = books;
        if (current == null) {
            throw new Declined(
                    Declined.Why.AWAY,
                    now.system().usage().enabled()
                            ? "The books of usage are not open. If that lasts, the gateway's log says why."
                            : "This gateway keeps no books of usage: usage.enabled is false in system.yaml.");
        }
        try {
            return answer(question, new Open(current, now, Instant.ofEpochMilli(ticker.millis())));
        } catch (BooksException e) {
            throw told(e);
        }
    }

    private static Reply answer(Question question, Open open) throws Declined, BooksException {
        Asked asked = new Asked(question);
        return switch (question.topic()) {
            case EXPORT -> Reply.of(Exports.file(asked, open, UsageService::told));
            case RECORDS -> Reply.of(RecordPages.page(asked, open));
            case RECORD -> Reply.of(RecordPages.single(asked, open));
            case OWN -> Reply.of(OwnPage.page(asked, open));
            default -> Reply.of(StatisticsPages.page(question.topic(), asked, open));
        };
    }

    private static Declined told(BooksException e) {
        Declined.Why why =
                e.passing() ? Declined.Why.DOWN : e.getCause() == null ? Declined.Why.TOO_MUCH : Declined.Why.AWAY;
        return new Declined(why, String.valueOf(e.getMessage()));
    }
}
