package io.aiproxy.edge;

import io.netty.channel.EventLoop;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notices an event loop that somebody blocks, which stops every call on it, and names what it is doing. The usual cause
 * is a step in an operator's route that waits.
 */
public final class LoopWatchdog implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LoopWatchdog.class);
    private static final long EVERY_MILLIS = 250;
    private static final long LATE_MILLIS = 1000;

    private final List<Watched> loops;
    private final AtomicLong late = new AtomicLong();
    private final Thread thread;
    private volatile boolean closed;

    /** Watches over {@code loops} until closed. */
    public LoopWatchdog(List<EventLoop> loops) {
        this.loops = loops.stream().map(Watched::new).toList();
        this.thread = new Thread(this::watch, "aiproxy-watchdog");
        this.thread.setDaemon(true);
        this.thread.start();
    }

    /** How often a loop was found late. */
    public long late() {
        return late.get();
    }

    /** One loop and its latest heartbeat. */
    private static final class Watched {
        private final EventLoop loop;
        private volatile Thread thread = Thread.currentThread();
        private volatile long beatNanos = System.nanoTime();
        private volatile boolean answered = true;
        private boolean told;

        Watched(EventLoop loop) {
            this.loop = loop;
        }

        void ask() {
            answered = false;
            beatNanos = System.nanoTime();
            loop.execute(() -> {
                thread = Thread.currentThread();
                answered = true;
            });
        }
    }

    private void watch() {
        while (!closed) {
            loops.forEach(this::look);
            try {
                Thread.sleep(EVERY_MILLIS);
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private void look(Watched watched) {
        if (watched.loop.isShuttingDown()) {
            return;
        }
        if (watched.answered) {
            watched.told = false;
            watched.ask();
            return;
        }
        long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - watched.beatNanos);
        if (millis > LATE_MILLIS && !watched.told) {
            watched.told = true;
            late.incrementAndGet();
            StringBuilder stack = new StringBuilder();
            for (StackTraceElement element : watched.thread.getStackTrace()) {
                stack.append("\n    at ").append(element);
            }
            LOG.error(
                    "{} has been blocked for more than {} ms; every call on it waits. It is at:{}",
                    watched.thread.getName(),
                    LATE_MILLIS,
                    stack);
        }
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
    }
}
