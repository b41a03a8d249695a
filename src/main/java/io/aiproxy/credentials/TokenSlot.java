package io.aiproxy.credentials;

import io.aiproxy.config.TokenConfig;
import io.aiproxy.core.Failure;
import io.aiproxy.core.FailureException;
import io.aiproxy.core.Secret;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one token: the token itself, the fetching that is under way, and the failure that is remembered. Any
 * thread; the lock is held for a few instructions only, and reading the token needs none.
 */
final class TokenSlot {
    private static final Duration FIRST_WAIT = Duration.ofSeconds(1);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(30);
    private static final Duration LONGEST_REFRESH_WAIT = Duration.ofMinutes(1);

    /** A token that is refused younger than this was never good. */
    private static final long YOUNG_NANOS = Duration.ofSeconds(10).toNanos();

    /** One such token may have been revoked meanwhile; two in a row are a provider that does not want them. */
    private static final int PATIENCE = 2;

    private static final int MOST_DOUBLINGS = 6;

    private final String file;
    private final Object fileLock = new Object();
    private volatile @Nullable Held held;
    private volatile @Nullable CompletableFuture<Secret> running;
    private volatile @Nullable Failed failed;
    private int failures;
    private int refusals;
    private boolean fileRead;
    private volatile boolean gone;

    /**
     * A token in use.
     *
     * @param token the token
     * @param refreshAtMillis from when on a new one is fetched, wall clock
     * @param endMillis until when it is given, wall clock
     * @param sinceNanos when it was fetched, monotonic
     */
    record Held(Secret token, long refreshAtMillis, long endMillis, long sinceNanos) {
        /**
         * A token that was made at {@code madeAtMillis}. One that does not live twice as long as it would be refreshed
         * early is used for 80 % of its life: otherwise its refreshing would never end.
         */
        static Held of(Token token, long madeAtMillis, TokenConfig.Timing timing, long sinceNanos) {
            long end = token.expiresAtMillis();
            long life = Math.max(0, end - madeAtMillis);
            long early = timing.refreshEarly().toMillis();
            long refresh = life >= 2 * early ? end - early : madeAtMillis + life / 5 * 4;
            return new Held(token.value(), refresh, end, sinceNanos);
        }
    }

    /** A failure that is remembered, since when, and how many doublings of the first wait it is remembered for. */
    private record Failed(FailureException failure, long sinceNanos, int doublings) {
        /** Whoever was asked to wait does so, and at least as long as after any other failure. */
        boolean over(long nowNanos, Duration longest) {
            long wait = Math.min(FIRST_WAIT.toNanos() << doublings, longest.toNanos());
            return nowNanos - sinceNanos >= Math.max(wait, asked());
        }

        private long asked() {
            return failure.failure().retryAfter().map(Duration::toNanos).orElse(0L);
        }

        /** As it is to be told now: the time that was asked for has become less. */
        FailureException told(long nowNanos) {
            long left = asked() - (nowNanos - sinceNanos);
            if (asked() == 0 || nowNanos == sinceNanos) {
                return failure;
            }
            Failure first = failure.failure();
            return new Failure(
                            first.kind(),
                            first.message(),
                            left <= 0 ? Optional.empty() : Optional.of(Duration.ofNanos(left)))
                    .asException();
        }
    }

    /**
     * What somebody who asks gets.
     *
     * @param future the token or the failure, now or later
     * @param starts whether it is this caller's part to start the fetching
     */
    record Joined(CompletableFuture<Secret> future, boolean starts) {}

    /** @param file name of the token's file */
    TokenSlot(String file) {
        this.file = file;
    }

    String file() {
        return file;
    }

    /** Held while the file is written or removed; never on event loops. */
    Object fileLock() {
        return fileLock;
    }

    /** The token, good or not. */
    @Nullable
    Held held() {
        return held;
    }

    /** A caller who needs a token; what goes on is joined, and what has just failed is not tried again. */
    synchronized Joined join(long nowMillis, long nowNanos) {
        Held known = held;
        if (known != null && nowMillis < known.endMillis()) {
            return new Joined(CompletableFuture.completedFuture(known.token()), false);
        }
        CompletableFuture<Secret> current = running;
        if (current != null) {
            return new Joined(current, false);
        }
        Failed last = failed;
        if (last != null && !last.over(nowNanos, LONGEST_WAIT)) {
            return new Joined(CompletableFuture.failedFuture(last.told(nowNanos)), false);
        }
        CompletableFuture<Secret> begun = new CompletableFuture<>();
        running = begun;
        return new Joined(begun, true);
    }

    /** Whether a refresh shall be started now; if so it has begun. Without a lock when it shall not. */
    boolean beginRefresh(long nowNanos) {
        return mayRefresh(nowNanos) && beginLocked(nowNanos);
    }

    private boolean mayRefresh(long nowNanos) {
        Failed last = failed;
        return running == null && (last == null || last.over(nowNanos, LONGEST_REFRESH_WAIT));
    }

    private synchronized boolean beginLocked(long nowNanos) {
        if (!mayRefresh(nowNanos)) {
            return false;
        }
        running = new CompletableFuture<>();
        return true;
    }

    /** Whether the file is to be looked at: true once. */
    synchronized boolean firstRead() {
        boolean first = !fileRead;
        fileRead = true;
        return first;
    }

    /** A token has arrived. Returns whether something had failed before it. {@link #release} is to follow. */
    synchronized boolean succeeded(Held arrived) {
        boolean recovered = failed != null;
        held = arrived;
        failed = null;
        failures = 0;
        return recovered;
    }

    /** Gives the token that has arrived to all who wait for it. */
    void release(Held arrived) {
        CompletableFuture<Secret> waiting;
        synchronized (this) {
            waiting = running;
            running = null;
        }
        if (waiting != null) {
            waiting.complete(arrived.token()); // outside of the lock: it runs other people's code
        }
    }

    /** No token has arrived. The one at hand stays until its end. */
    void failed(FailureException failure, long nowNanos) {
        CompletableFuture<Secret> waiting;
        synchronized (this) {
            failed = new Failed(failure, nowNanos, Math.min(failures, MOST_DOUBLINGS));
            failures++;
            waiting = running;
            running = null;
        }
        if (waiting != null) {
            waiting.completeExceptionally(failure);
        }
    }

    /**
     * The channel refuses a token; dropped if it is the one at hand.
     *
     * @param failure remembered for a while when the channel refuses one new token after the other
     * @return whether it was dropped
     */
    synchronized boolean refused(Secret token, long nowNanos, FailureException failure) {
        Held known = held;
        if (known == null || !known.token().equals(token)) {
            return false;
        }
        held = null;
        refusals = nowNanos - known.sinceNanos() < YOUNG_NANOS ? refusals + 1 : 0;
        if (refusals >= PATIENCE) {
            failed = new Failed(failure, nowNanos, Math.min(refusals - PATIENCE, MOST_DOUBLINGS));
        }
        return true;
    }

    /** What has failed may be tried again at once: somebody has changed something. */
    synchronized void forgive() {
        failed = null;
        failures = 0;
    }

    /** When a token must have been fetched to count as an old one. */
    static long longAgo(long nowNanos) {
        return nowNanos - YOUNG_NANOS;
    }

    /** The credential is gone from the configuration: nothing of it is written any more. */
    void leave() {
        gone = true;
    }

    boolean isGone() {
        return gone;
    }
}
