package io.aiproxy.config;

import io.aiproxy.core.Ticker;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notices when files change, by looking: file system events do not cross container mounts, NFS, or the symlink swap of a
 * Kubernetes ConfigMap.
 *
 * <p>A change counts when the same fingerprint was seen twice in a row, so that a half-written file is not loaded, and
 * at the latest {@link #LATEST} after it began, so that a file which never rests is not ignored for ever. Then the callback
 * runs, on the watcher's thread; what it throws is logged and does not end the watching.
 *
 * <p>Construct it before the first load and start it afterwards: what changes in between is then seen. Paths that the
 * supplier names for the first time (a secret file of a new configuration) are no change by themselves, unless they were
 * modified since the last look, when nobody can know which content was loaded.
 */
public final class FileWatcher implements AutoCloseable {
    /** Time between two looks. */
    public static final Duration INTERVAL = Duration.ofMillis(150);

    /** Between two looks at a change there is at least this, so that files written one after the other are taken together. */
    private static final long SHORTEST_MILLIS = 30;

    /** A file that changes at every look is reported after this all the same. */
    static final Duration LATEST = Duration.ofSeconds(2);

    /** File times come from a coarser clock than the system's, which may be this much ahead of them. */
    private static final long CLOCK_GRAIN_MILLIS = 20;

    private static final Logger LOG = LoggerFactory.getLogger(FileWatcher.class);

    private final Supplier<Watched> watched;
    private final Runnable onChange;
    private final Ticker ticker;
    private final Thread thread;

    private Watched known;
    private Map<Path, Fingerprint> settled;
    private @Nullable Map<Path, Fingerprint> pending;
    private long pendingSince;
    private long lastLook;
    private volatile boolean closed;

    /** What somebody else has read already; empty: nothing since the last look. */
    private final AtomicReference<@Nullable Glance> taken = new AtomicReference<>();

    /** What the files look like at one moment. */
    public static final class Glance {
        private final Watched watched;
        private final Map<Path, Fingerprint> prints;

        private Glance(Watched watched, long now) {
            this.watched = watched;
            this.prints = Fingerprint.of(watched);
            prints.replaceAll(
                    (path, print) -> print.modifiedMillis() < now - CLOCK_GRAIN_MILLIS ? print : Fingerprint.UNKNOWN);
        }
    }

    /**
     * Takes the first look.
     *
     * @param name of the thread
     * @param watched asked at every look
     * @param onChange called after every change; may take its time
     */
    public FileWatcher(String name, Supplier<Watched> watched, Runnable onChange) {
        this(name, watched, onChange, Ticker.SYSTEM);
    }

    FileWatcher(String name, Supplier<Watched> watched, Runnable onChange, Ticker ticker) {
        this.watched = watched;
        this.onChange = onChange;
        this.ticker = ticker;
        this.lastLook = ticker.millis();
        this.known = watched.get();
        this.settled = Fingerprint.of(known);
        this.thread = new Thread(this::run, name);
        thread.setDaemon(true);
    }

    /** Begins to look every {@link #INTERVAL}; once. */
    public FileWatcher start() {
        thread.start();
        return this;
    }

    /** A look at the files before they are read by somebody who means to tell of it ({@link #seen}). Any thread. */
    public Glance glance() {
        return new Glance(watched.get(), ticker.millis());
    }

    /** What the files held since this look was read: that much is no news, only what is other than that. Any thread. */
    public void seen(Glance glance) {
        taken.set(glance);
    }

    /** Ends the watching; waits for a running callback, unless called by it. */
    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        if (Thread.currentThread() != thread) {
            try {
                thread.join(Duration.ofSeconds(10).toMillis());
            } catch (InterruptedException stop) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void run() {
        while (!closed) {
            try {
                Thread.sleep(pauseMillis());
                poll();
            } catch (InterruptedException stop) {
                return;
            } catch (RuntimeException e) {
                LOG.error("Looking for changed files failed; trying again", e);
            }
        }
    }

    /**
     * How long to wait for the next look: {@link #INTERVAL}, but of what was found changed as much less as its files already
     * rest by their own times. What is seen the same then has not been written to for an interval either.
     */
    long pauseMillis() {
        long most = INTERVAL.toMillis();
        if (pending == null) {
            return most;
        }
        long latest = 0;
        for (Map.Entry<Path, Fingerprint> seen : pending.entrySet()) {
            if (!seen.getValue().equals(settled.get(seen.getKey()))) {
                latest = Math.max(latest, seen.getValue().modifiedMillis());
            }
        }
        long rests = ticker.millis() - latest; // may be anything where another machine's clock wrote the time
        return latest > 0 && rests >= 0 && rests < most ? Math.max(most - rests, SHORTEST_MILLIS) : most;
    }

    /** One look; true if it led to the callback. */
    boolean poll() {
        Watched now = watched.get();
        Map<Path, Fingerprint> seen = Fingerprint.of(now);
        adopt(now, seen);
        read(taken.getAndSet(null));
        lastLook = ticker.millis();
        if (seen.equals(settled)) {
            pending = null;
            return false;
        }
        if (pending == null) {
            pendingSince = ticker.nanos();
        }
        boolean rests = seen.equals(pending);
        pending = seen;
        if (!rests && ticker.nanos() - pendingSince < LATEST.toNanos()) {
            return false;
        }
        settled = seen;
        pending = null;
        call();
        return true;
    }

    /** Makes {@link #settled} comparable with what is watched now, which may be more or less than at the last look. */
    private void adopt(Watched now, Map<Path, Fingerprint> seen) {
        if (now.equals(known)) {
            return;
        }
        settled.keySet().removeIf(path -> !now.covers(path));
        seen.forEach((path, print) -> {
            if (!known.covers(path)) {
                boolean old = print.modifiedMillis() < lastLook - CLOCK_GRAIN_MILLIS;
                settled.put(path, old ? print : Fingerprint.UNKNOWN);
            }
        });
        known = now;
    }

    /** What has been read is what everything is compared with from now on; but a file that was only just written may change unseen. */
    private void read(@Nullable Glance glance) {
        if (glance == null) {
            return;
        }
        settled.keySet().removeIf(path -> glance.watched.covers(path) && !glance.prints.containsKey(path));
        glance.prints.forEach((path, print) -> {
            if (known.covers(path) && !print.equals(Fingerprint.UNKNOWN)) {
                settled.put(path, print);
            }
        });
    }

    private void call() {
        try {
            onChange.run();
        } catch (RuntimeException | LinkageError | StackOverflowError | AssertionError e) {
            LOG.error("What follows a change of files failed; watching goes on", e);
        }
    }
}
