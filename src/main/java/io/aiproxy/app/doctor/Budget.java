package io.aiproxy.app.doctor;

import io.aiproxy.core.Ticker;
import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The time that one channel may take. When it is over, the connection at hand is closed under whoever waits for it, because
 * a server that sends a byte now and then could otherwise hold its examiner for ever.
 */
final class Budget {
    private static final String OVER = "the time for this channel was over (see --timeout)";

    private final Ticker ticker;
    private final long end;
    private @Nullable Closeable at;
    private boolean over;

    Budget(Ticker ticker, Duration limit) {
        this.ticker = ticker;
        this.end = ticker.nanos() + limit.toNanos();
    }

    /** Milliseconds that a step may take, which itself has a limit (0: none); at least 1. */
    int millis(Duration limit) throws StepFailure {
        long left = (end - ticker.nanos()) / 1_000_000;
        if (left <= 0 || over()) {
            throw new StepFailure(OVER);
        }
        long own = limit.isZero() ? left : Math.min(left, limit.toMillis());
        return (int) Math.max(1, Math.min(Integer.MAX_VALUE, own));
    }

    /** Why a connection broke: because the time was over, or of itself. */
    String why(IOException e) {
        return over() ? OVER : String.valueOf(e.getMessage());
    }

    /** From now on this is what is closed at the end. */
    synchronized <T extends Closeable> T holds(T connection) {
        at = connection;
        if (over) {
            close(connection);
        }
        return connection;
    }

    /** The time is over. */
    synchronized void end() {
        over = true;
        Closeable connection = at;
        if (connection != null) {
            close(connection);
        }
    }

    private synchronized boolean over() {
        return over;
    }

    private static void close(Closeable connection) {
        try {
            connection.close();
        } catch (IOException e) {
            // it is gone either way
        }
    }
}
