package io.aiproxy.app;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * SIGTERM and SIGINT, from before anything is started. A gateway that runs is closed in order. One that is being started
 * is given up at the next step of its start, and what it has opened is closed; if that takes too long the process ends
 * nevertheless, as nothing on the disk minds.
 *
 * <p>While the JVM obeys a signal it takes no new shutdown hooks, and a thread that calls {@link System#exit} hangs for
 * ever. So the hook has to be there first, and has to end the process itself.
 */
final class StopSignal {
    private static final Logger LOG = LoggerFactory.getLogger(StopSignal.class);

    /** How long a start may take to give up. */
    private static final Duration PATIENCE = Duration.ofSeconds(3);

    private final CompletableFuture<Optional<Gateway>> started = new CompletableFuture<>();
    private volatile boolean received;

    private StopSignal() {}

    /** Listens for the signals from now on. */
    static StopSignal listen() {
        StopSignal signal = new StopSignal();
        Runtime.getRuntime().addShutdownHook(new Thread(signal::obey, "aiproxy-stop"));
        return signal;
    }

    /** Whether one has come. Any thread. */
    boolean received() {
        return received;
    }

    /** It runs: from now on a signal closes it. */
    void started(Gateway gateway) {
        started.complete(Optional.of(gateway));
    }

    /** There is nothing to close: the start has failed or was given up. */
    void notStarted() {
        started.complete(Optional.empty());
    }

    private void obey() {
        if (started.isDone() && started.join().isEmpty()) {
            return; // no signal: the program ends by itself, with a code of its own
        }
        received = true;
        try {
            stop();
        } finally {
            // A signal that was obeyed is a success; by itself the JVM would report 143.
            Runtime.getRuntime().halt(0);
        }
    }

    private void stop() {
        if (!started.isDone()) {
            LOG.info("Stopping: the start is given up");
        }
        try {
            started.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS).ifPresent(StopSignal::close);
            LOG.info("Stopped");
        } catch (TimeoutException e) {
            LOG.warn(
                    "Stopped in the middle of the start, which did not end by itself within {} s",
                    PATIENCE.toSeconds());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException e) {
            throw new AssertionError(e); // it never fails
        }
    }

    private static void close(Gateway gateway) {
        LOG.info("Stopping: no new connections; running answers may end");
        gateway.close();
    }
}
