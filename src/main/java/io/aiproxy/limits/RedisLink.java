package io.aiproxy.limits;

import io.aiproxy.core.Ticker;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowSynchronizationStrategy;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import io.lettuce.core.api.StatefulRedisConnection;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether Redis may be relied upon. Calls tell how it served them; when half of the latest {@value #WINDOW} got no answer in
 * time a circuit breaker opens, and no call asks any more. Calls are never used to find out whether it is well again: that
 * is the beat's part, a sign of life of this instance every {@value #BEAT_TICKS} ticks, every tick while something is wrong.
 * It is also what connects, in the background, as often as need be.
 */
final class RedisLink implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RedisLink.class);
    /** Ticks in a lease: several beats may get lost. */
    private static final int TICKS = 60;

    private static final int BEAT_TICKS = 10;
    /** A connection over which nothing comes for so long is broken, whatever the operating system thinks of it. */
    private static final int BROKEN_TICKS = 20;

    private static final int WINDOW = 20;
    private static final int FEWEST = 10;
    /** A beat may take longer than a call: nobody waits for it. */
    private static final int PATIENCE = 10;

    /** Resilience4j wants to see one; nobody reads it, so it has no stack. */
    private static final class Missed extends Exception {
        Missed() {
            super("no answer in time", null, false, false);
        }
    }

    private final RedisStore store;
    private final Life life;
    private final Ticker ticker;
    private final ScheduledThreadPoolExecutor keeper;
    /** With a lock, held for some nanoseconds: the window without one is a list whose nodes collectors cannot tell from live ones. */
    private final CircuitBreaker breaker = CircuitBreaker.of(
            "limits",
            CircuitBreakerConfig.custom()
                    .slidingWindow(
                            WINDOW,
                            FEWEST,
                            SlidingWindowType.COUNT_BASED,
                            SlidingWindowSynchronizationStrategy.SYNCHRONIZED)
                    .failureRateThreshold(50)
                    .writableStackTraceEnabled(false)
                    .build());

    private final AtomicBoolean connecting = new AtomicBoolean();
    private final AtomicLong outages = new AtomicLong();
    private volatile @Nullable StatefulRedisConnection<String, String> connection;
    private volatile boolean up;
    private volatile boolean closed;
    /** Ticks since the latest beat, and whether that was answered. */
    private final AtomicInteger ticks = new AtomicInteger();

    private volatile boolean waiting;

    // guarded by this
    private State state = State.BEGINNING;
    private @Nullable LimitWatch watch;
    private long lostNanos;

    private enum State {
        BEGINNING,
        UP,
        LOST
    }

    /** What is said at every beat. */
    interface Life {
        /**
         * Sends a sign of life.
         *
         * @return what to do with the answer if it came in time, before anybody relies on Redis again; run where answers are
         *     heard, in their order
         */
        CompletionStage<Runnable> beat(StatefulRedisConnection<String, String> on);
    }

    RedisLink(RedisStore store, Life life, Ticker ticker, ScheduledThreadPoolExecutor keeper) {
        this.store = store;
        this.life = life;
        this.ticker = ticker;
        this.keeper = keeper;
    }

    /** Begins to connect, in the background. */
    void start(LimitWatch of) {
        synchronized (this) {
            watch = of;
        }
        ScheduledFuture<?> unused =
                keeper.scheduleWithFixedDelay(this::tick, 0, store.leaseMillis() / TICKS, TimeUnit.MILLISECONDS);
    }

    /** What a call may use; null while Redis is not to be relied upon. */
    @Nullable
    StatefulRedisConnection<String, String> usable() {
        StatefulRedisConnection<String, String> now = connection;
        return up && now != null && now.isOpen() ? now : null;
    }

    /** Whether calls use it. */
    boolean up() {
        return usable() != null;
    }

    /** How often it was lost. */
    long outages() {
        return outages.get();
    }

    /** A call got its answer in time. */
    void served(long nanos) {
        breaker.onSuccess(nanos, TimeUnit.NANOSECONDS);
    }

    /** A call got none, or not in time. */
    void missed(long nanos) {
        if (up) {
            breaker.onError(nanos, TimeUnit.NANOSECONDS, new Missed());
            if (breaker.getState() == CircuitBreaker.State.OPEN) {
                lost("too many calls got no answer within " + store.deadline().toMillis() + " ms");
            }
        }
    }

    private void tick() {
        try {
            StatefulRedisConnection<String, String> now = connection;
            if (now == null || !now.isOpen()) {
                if (now != null) {
                    lost("the connection is broken");
                }
                connect();
                return;
            }
            int since = ticks.incrementAndGet();
            if (waiting) {
                if (since >= patienceTicks()) {
                    lost("it does not answer");
                }
                if (since >= Math.max(BROKEN_TICKS, patienceTicks())) {
                    drop(now);
                }
            } else if (!up || since >= BEAT_TICKS) {
                beat(now);
            }
        } catch (RuntimeException e) {
            LOG.error(
                    "Redis could not be looked after, which goes on all the same",
                    e); // a scheduled task that throws is never run again
        }
    }

    /** A beat may wait as long as a call, be it less than a tick; but not so long that others take this instance to be dead. */
    private int patienceTicks() {
        long tickMillis = Math.max(1, store.leaseMillis() / TICKS);
        return (int) Math.max(1, Math.min(TICKS / 2, store.deadline().toMillis() / tickMillis));
    }

    private void connect() {
        if (!connecting.compareAndSet(false, true)) {
            return;
        }
        CompletionStage<Void> unused = store.connect().handle((made, problem) -> {
            if (made == null) {
                lost(words(problem));
            } else if (closed) {
                CompletableFuture<Void> unusedEnd = made.closeAsync();
            } else {
                connection = made;
                beat(made);
            }
            connecting.set(false);
            return null;
        });
    }

    private void drop(StatefulRedisConnection<String, String> old) {
        connection = null;
        waiting = false;
        CompletableFuture<Void> unused = old.closeAsync();
    }

    private void beat(StatefulRedisConnection<String, String> on) {
        ticks.set(0);
        waiting = true;
        long sent = ticker.nanos();
        CompletionStage<Void> unused = life.beat(on).handle((then, problem) -> {
            if (on != connection) {
                return null;
            }
            waiting = false;
            if (then == null) {
                lost(words(problem));
                drop(on); // it may be another server's part by now
            } else if (up
                    || ticker.nanos() - sent <= PATIENCE * store.deadline().toNanos()) {
                then.run();
                back();
            }
            return null;
        });
    }

    private static String words(@Nullable Throwable problem) {
        Throwable cause =
                problem instanceof CompletionException && problem.getCause() != null ? problem.getCause() : problem;
        while (cause != null && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause == null ? "unknown" : String.valueOf(cause.getMessage());
    }

    private synchronized void lost(String why) {
        up = false;
        if (breaker.getState() != CircuitBreaker.State.OPEN) {
            breaker.transitionToOpenState();
        }
        if (state == State.LOST || closed) {
            return;
        }
        state = State.LOST;
        lostNanos = ticker.nanos();
        outages.incrementAndGet();
        if (watch != null) {
            watch.storeLost(store.place(), why);
        }
    }

    private synchronized void back() {
        if (up) {
            return;
        }
        breaker.transitionToClosedState();
        up = true;
        if (state == State.LOST && watch != null) {
            watch.storeBack(store.place(), Duration.ofNanos(ticker.nanos() - lostNanos));
        } else {
            LOG.info("Limits are kept in Redis at {}", store.place());
        }
        state = State.UP;
    }

    /** Says good-bye, so that others need not wait for this instance's lease to end. Waits for a moment. */
    @Override
    public void close() {
        closed = true;
        keeper.shutdownNow();
        try {
            boolean unused = keeper.awaitTermination(1, TimeUnit.SECONDS);
            StatefulRedisConnection<String, String> last = connection;
            if (last != null && last.isOpen()) {
                store.leave(last).toCompletableFuture().get(1, TimeUnit.SECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            LOG.debug("Redis was not told of the end: {}", e.toString());
        }
        store.close();
    }
}
