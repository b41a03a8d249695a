package io.aiproxy.edge;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.apache.camel.CamelContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The route set in force, and its replacement: a new set is built and started beside the old one, takes over all calls in
 * one moment, and the old one ends when its last exchange has. A set that cannot be built changes nothing.
 */
public final class RouteSets implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RouteSets.class);

    private final RouteSet.Surroundings surroundings;
    private final List<Consumer<CamelContext>> followers;
    private final AtomicLong failures = new AtomicLong();
    private final ExecutorService stopping = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "aiproxy-route-set-end");
        thread.setDaemon(true);
        return thread;
    });
    private final List<Future<?>> ending = new ArrayList<>();
    private volatile @Nullable RouteSet current;
    private volatile @Nullable String problem;
    private volatile int generation;
    private volatile String from = "nowhere";

    /** @param followers are told of every context that comes into force, before the one before ends */
    RouteSets(RouteSet.Surroundings surroundings, List<Consumer<CamelContext>> followers) {
        this.surroundings = surroundings;
        this.followers = followers;
    }

    /** Where route files are read from, each time anew. */
    @FunctionalInterface
    public interface Source {
        /** Reads all of them. */
        RouteFiles read() throws IOException;
    }

    /** Builds the first set; there is nothing to fall back on, so a problem is the caller's. Blocks. */
    public synchronized void start(Source source) throws IOException, RouteSetException {
        swap(source.read());
    }

    /** Builds a set from the files as they are now and puts it into force; if that fails the old one stays. Blocks. */
    public synchronized boolean reload(Source source) {
        try {
            RouteFiles files = source.read();
            swap(files);
            LOG.info("Routes: generation {} from {} ({} files) is in force", generation, files.where(), files.size());
            return true;
        } catch (IOException | RouteSetException | RuntimeException e) {
            failures.incrementAndGet();
            problem = e.getMessage();
            LOG.error("Routes: the change was not taken, the routes in force stay: {}", e.getMessage());
            return false;
        }
    }

    private void swap(RouteFiles files) throws RouteSetException {
        RouteSet next = RouteSet.start(generation + 1, files, surroundings);
        RouteSet old = current;
        generation = next.generation();
        current = next;
        problem = null;
        from = files.where();
        followers.forEach(follower -> follower.accept(next.context()));
        if (old != null) {
            ending.removeIf(Future::isDone);
            ending.add(stopping.submit(old::stop));
        }
    }

    /** The context of the set in force; null before the first. */
    public @Nullable CamelContext context() {
        RouteSet set = current;
        return set == null ? null : set.context();
    }

    /** Counts up with every set that came into force. */
    public int generation() {
        return generation;
    }

    /** Where the set in force was read from: {@link RouteFiles#where}. */
    public String from() {
        return from;
    }

    /** How many changes were not taken. */
    public long failures() {
        return failures.get();
    }

    /** Why the latest change was not taken; null when it was. */
    public @Nullable String problem() {
        return problem;
    }

    @Override
    public synchronized void close() {
        RouteSet set = current;
        current = null;
        if (set != null) {
            set.stopNow();
        }
        stopping.shutdownNow();
    }
}
