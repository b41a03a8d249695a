package io.aiproxy.channels;

import io.aiproxy.config.HealthConfig;
import io.aiproxy.core.Ticker;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowSynchronizationStrategy;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The circuit breaker of one candidate: Resilience4j's, with the gateway's clock, without its events (which would be made
 * for every call). It only says what it thinks of the candidate; whether a call is made all the same is not its business.
 *
 * <p>Its window is the one with a lock, held for some nanoseconds. The one without is a linked list with a new node for each call:
 * once one of them has become old, the garbage collector takes all that follow for reachable and copies every call's into the old
 * generation, until a full collection.
 */
final class Breaker {
    private static final Duration NEVER_SLOW = Duration.ofDays(365);

    private final CircuitBreaker breaker;
    private final int halfOpenCalls;
    private final long openNanos;
    private final AtomicInteger trials = new AtomicInteger();
    private volatile CircuitBreaker.State seen = CircuitBreaker.State.CLOSED;
    private volatile long openedNanos;

    /** How a call stands to the breaker. */
    enum Pass {
        /** An ordinary call. */
        ORDINARY,
        /** One of those that find out whether the breaker may close. */
        TRIAL,
        /** One that was made although the breaker advised against it: it counts for nothing. */
        NONE
    }

    /** Resilience4j wants to see one; nobody reads it, so it has no stack. */
    private static final class Failed extends Exception {
        Failed() {
            super("failed", null, false, false);
        }
    }

    /** Monotonic time as a clock: only differences count. */
    private static final class TickerClock extends Clock {
        private final Ticker ticker;
        private final long start;

        TickerClock(Ticker ticker) {
            this.ticker = ticker;
            this.start = ticker.nanos();
        }

        @Override
        public Instant instant() {
            return Instant.EPOCH.plusNanos(ticker.nanos() - start);
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }

    Breaker(String name, HealthConfig.Breaker config, Ticker ticker) {
        halfOpenCalls = Math.max(1, config.halfOpenCalls());
        Duration open = config.open().compareTo(Duration.ofMillis(1)) < 0 ? Duration.ofMillis(1) : config.open();
        openNanos = open.toNanos();
        boolean slowCounts = config.slowCallRate() < 100 && config.slowCallRate() > 0;
        breaker = CircuitBreaker.of(
                name,
                CircuitBreakerConfig.custom()
                        .clock(new TickerClock(ticker))
                        .slidingWindow(
                                Math.max(1, config.window()),
                                Math.max(1, config.minimumCalls()),
                                SlidingWindowType.COUNT_BASED,
                                SlidingWindowSynchronizationStrategy.SYNCHRONIZED)
                        .failureRateThreshold(Math.min(100, Math.max(1, config.failureRate())))
                        .slowCallRateThreshold(slowCounts ? config.slowCallRate() : 100)
                        .slowCallDurationThreshold(slowCounts ? config.slowCall() : NEVER_SLOW)
                        .waitDurationInOpenState(open)
                        .permittedNumberOfCallsInHalfOpenState(halfOpenCalls)
                        .writableStackTraceEnabled(false)
                        .build());
    }

    /** A call begins. */
    Pass begin() {
        CircuitBreaker.State before = breaker.getState();
        if (!breaker.tryAcquirePermission()) {
            return Pass.NONE;
        }
        if (before == CircuitBreaker.State.CLOSED) {
            return Pass.ORDINARY;
        }
        boolean ignored = follow(); // before counting: a change of state begins the count anew
        trials.incrementAndGet();
        return Pass.TRIAL;
    }

    /** Returns whether the breaker's state has changed. */
    boolean succeeded(Pass pass, long nanos) {
        if (!counts(pass)) {
            return false;
        }
        breaker.onSuccess(nanos, TimeUnit.NANOSECONDS);
        return follow();
    }

    /** Returns whether the breaker's state has changed. */
    boolean failed(Pass pass, long nanos) {
        if (!counts(pass)) {
            return false;
        }
        breaker.onError(nanos, TimeUnit.NANOSECONDS, new Failed());
        return follow();
    }

    /** The call has shown nothing. */
    void neither(Pass pass) {
        if (pass == Pass.TRIAL && breaker.getState() == CircuitBreaker.State.HALF_OPEN) {
            breaker.releasePermission();
            trials.updateAndGet(count -> Math.max(0, count - 1));
        }
    }

    /** What began before the breaker opened is no news to it afterwards. */
    private boolean counts(Pass pass) {
        CircuitBreaker.State now = breaker.getState();
        return pass == Pass.TRIAL
                ? now != CircuitBreaker.State.OPEN
                : pass == Pass.ORDINARY && now == CircuitBreaker.State.CLOSED;
    }

    private synchronized void changed(CircuitBreaker.State now) {
        if (now != seen) {
            seen = now;
            trials.set(0);
            openedNanos = clockNanos();
        }
    }

    private boolean follow() {
        CircuitBreaker.State now = breaker.getState();
        if (now == seen) {
            return false;
        }
        changed(now);
        return true;
    }

    private long clockNanos() {
        Instant now = breaker.getCircuitBreakerConfig().getClock().instant();
        return TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano();
    }

    /** Nanoseconds until it lets calls through; 0: now. */
    long waitNanos() {
        return switch (seen) {
            case OPEN -> Math.max(0, openedNanos + openNanos + 1 - clockNanos());
            case HALF_OPEN -> trials.get() < halfOpenCalls ? 0 : Seat.UNKNOWN;
            default -> 0;
        };
    }

    /** Open, and the time to find out has not come. */
    Condition condition() {
        return switch (seen) {
            case OPEN -> waitNanos() > 0 ? Condition.OPEN : Condition.HALF_OPEN;
            case HALF_OPEN -> Condition.HALF_OPEN;
            default -> Condition.OK;
        };
    }
}
