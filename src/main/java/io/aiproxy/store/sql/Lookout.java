package io.aiproxy.store.sql;

import io.aiproxy.store.StoreException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks every second, or as soon as the database says so, which version is the newest, on a thread of its own; knows whether
 * the database can be reached, and goes on looking when it cannot.
 *
 * <p>Every change that is seen is a <em>turn</em>; whoever watches waits for the next turn after the one that it knows.
 */
final class Lookout implements AutoCloseable {
    /** Time between two looks. */
    static final Duration INTERVAL = Duration.ofSeconds(1);

    private static final Logger LOG = LoggerFactory.getLogger(Lookout.class);

    private final Look look;
    private final Rest rest;
    private final Thread thread;

    private @Nullable String tag;
    private long turn;
    private long loaded = -1;
    /** What was read last, as somebody does who has made a change himself: that it is there is no news to him. */
    private @Nullable String read;

    private boolean missed;
    private @Nullable String trouble;
    private volatile boolean closed;

    /** Asks the database for the newest version's tag. */
    interface Look {
        String tag() throws StoreException;
    }

    /** Waits until it is time to look again, at most as long as it is told. */
    interface Rest extends AutoCloseable {
        void until(Duration longest) throws InterruptedException;

        @Override
        void close();
    }

    Lookout(Look look, Rest rest) {
        this.look = look;
        this.rest = rest;
        this.thread = new Thread(this::run, "aiproxy-database");
        thread.setDaemon(true);
    }

    /** Begins to look. */
    void start() {
        thread.start();
    }

    private void run() {
        try (rest) {
            while (!closed) {
                try {
                    saw(look.tag());
                } catch (StoreException e) {
                    failed(e);
                } catch (RuntimeException e) {
                    LOG.error("Looking for a changed configuration failed; trying again", e);
                }
                rest.until(INTERVAL);
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    /** The newest version's tag is this one. */
    synchronized void saw(String newest) {
        if (trouble != null) {
            LOG.info("The database can be reached again");
            trouble = null;
        }
        boolean changed = tag != null && !tag.equals(newest) && !newest.equals(read);
        tag = newest;
        if (changed || missed) {
            missed = false;
            turn++;
            notifyAll();
        }
    }

    /** The database did not answer. */
    synchronized void failed(StoreException e) {
        if (closed) {
            return;
        }
        if (trouble == null) {
            LOG.warn("{}; trying again every second", e.getMessage());
        }
        trouble = String.valueOf(e.getMessage());
    }

    /** Somebody could not read what he wanted: there shall be a turn as soon as the database is back. */
    synchronized void missed() {
        missed = true;
    }

    /** To be asked before the configuration is read. */
    synchronized long turn() {
        return turn;
    }

    /** What was read after {@code before} had been asked for is this version. */
    synchronized void loaded(long before, String read) {
        loaded = before;
        this.read = read;
        if (tag == null) {
            tag = read;
        }
    }

    /** From which turn on to watch: what changed after the configuration was read must be seen. */
    synchronized long since() {
        return loaded >= 0 ? loaded : turn;
    }

    /** Lets everybody who waits look whether he still wants to. */
    synchronized void wake() {
        notifyAll();
    }

    /** Waits for a turn after {@code known} and says which; empty once all is closed, or {@code enough} says so. */
    synchronized Optional<Long> after(long known, BooleanSupplier enough) throws InterruptedException {
        while (turn == known && !closed && !enough.getAsBoolean()) {
            wait();
        }
        return closed || enough.getAsBoolean() ? Optional.empty() : Optional.of(turn);
    }

    /** Why the database cannot be reached; empty when it can. */
    synchronized Optional<String> trouble() {
        return Optional.ofNullable(trouble);
    }

    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            notifyAll();
        }
        thread.interrupt();
        try {
            thread.join(Duration.ofSeconds(5).toMillis());
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }
}
