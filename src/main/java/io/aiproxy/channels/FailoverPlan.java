package io.aiproxy.channels;

import io.aiproxy.config.ChannelConfig;
import io.aiproxy.config.SystemConfig;
import io.aiproxy.core.Dialect;
import io.aiproxy.core.Failure;
import io.aiproxy.core.FailureKind;
import io.aiproxy.core.RetryAfter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The attempts of one call: what is tried, what is tried next, when to stop. Confined to the call's event loop, used only
 * until the first byte goes to the caller.
 *
 * <p>The class of an outcome decides:
 *
 * <ul>
 *   <li>a <em>dead</em> credential (401, 402, 403, 429 with {@code insufficient_quota}, Anthropic's 400 "credit balance is
 *       too low"): never tried again in this call, the next candidate at once
 *   <li>a <em>throttled</em> one (429): the next candidate at once; when all that are left are throttled, the one that is
 *       ready first is waited for, within {@code retry.max_wait} in all
 *   <li>a failure that may <em>pass</em> (5xx, no connection, a broken one): the same candidate again with growing,
 *       jittered waits up to the channel's {@code max_retries}, then the next
 *   <li>a failure that will <em>stay</em> here (no head in time, TLS): the next candidate
 *   <li>a channel that is <em>full</em> by the gateway's own limits: the next channel; nothing was sent, so it is no attempt
 *   <li>everything else is the answer
 * </ul>
 *
 * <p>After a failure that is the channel's rather than the credential's, candidates at other channels come before further
 * credentials of the same channel: these sit behind the same server, and attempts are few.
 *
 * <p>Bounds: {@code retry.max_attempts}; no attempt begins later than {@code retry.max_time} after the start, and a wait
 * that would lead beyond it is not begun. The first attempt is always made.
 */
public final class FailoverPlan {
    private static final int UNTRIED = 0;
    private static final int DEFERRED = 1;
    private static final int THROTTLED = 2;
    private static final int SPENT = 3;

    private static final long LONGEST_BACKOFF_NANOS = Duration.ofSeconds(30).toNanos();
    private static final Duration LONGEST = Duration.ofDays(365);
    private static final long NEVER = -1;

    private final Candidates source;
    private final SystemConfig.Retry limits;
    private final long startNanos;
    private final DoubleSupplier jitter;

    private State current;
    private int taken;
    private int attempts;
    private boolean decided;
    private boolean callersOwnKey;
    private long waitedNanos;
    /** Those taken from the source, in its order; null until something goes wrong: most calls need one attempt. */
    private @Nullable List<State> states;
    /** Channels that have failed, by id. */
    private @Nullable Set<String> failed;
    /** Channels whose limits leave no room, whichever credential is taken, by id. */
    private @Nullable Set<String> full;

    /** What is known of a candidate. */
    private static final class State {
        private final Candidate candidate;
        private int phase = UNTRIED;
        private int retries;
        private long readyNanos;

        State(Candidate candidate) {
            this.candidate = candidate;
        }

        int maxRetries() {
            return candidate.channel().retry().maxRetries();
        }
    }

    /**
     * @param candidates at least one, none of them given yet; only as many are asked for as are needed
     * @param limits bounds over all candidates
     * @param startNanos when the call began, on the monotonic clock
     * @param jitter numbers from 0 to 1 that spread the waits
     */
    public FailoverPlan(Candidates candidates, SystemConfig.Retry limits, long startNanos, DoubleSupplier jitter) {
        if (candidates.size() == 0) {
            throw new IllegalArgumentException("a plan needs at least one candidate");
        }
        this.source = candidates;
        this.limits = limits;
        this.startNanos = startNanos;
        this.jitter = jitter;
        this.current = take();
    }

    /** A plan whose waits are spread by the thread's random numbers. */
    public FailoverPlan(Candidates candidates, SystemConfig.Retry limits, long startNanos) {
        this(candidates, limits, startNanos, () -> ThreadLocalRandom.current().nextDouble());
    }

    /** As {@link #FailoverPlan(Candidates, SystemConfig.Retry, long, DoubleSupplier)}, with all candidates at hand. */
    FailoverPlan(List<Candidate> candidates, SystemConfig.Retry limits, long startNanos, DoubleSupplier jitter) {
        this(Candidates.of(candidates), limits, startNanos, jitter);
    }

    FailoverPlan(List<Candidate> candidates, SystemConfig.Retry limits, long startNanos) {
        this(Candidates.of(candidates), limits, startNanos);
    }

    /** The credential is the caller's own and not the gateway's, so that a refusal of it is the caller's to read. */
    public void withCallersOwnKey() {
        callersOwnKey = true;
    }

    /** What to try now. */
    public Candidate current() {
        return current.candidate;
    }

    /** How many attempts have been judged. */
    public int attempts() {
        return attempts;
    }

    /**
     * Whether the beginning of an error body (some 4 KiB) is needed to tell what became of an attempt: the status alone
     * does not. Also where nothing is left to try, because the next calls want to know how the credential does.
     *
     * @param dialect the API family that the channel answers in
     */
    public static boolean wantsBodyPrefix(int status, Dialect dialect) {
        return status == 429 || (status == 400 && dialect == Dialect.ANTHROPIC);
    }

    /**
     * Judges the attempt at {@link #current()}.
     *
     * @param nowNanos the monotonic clock
     * @return for a wait or another candidate {@link Verdict.Retry}, after which {@link #current()} is what to try;
     *     otherwise the last word
     * @throws IllegalStateException after the last word
     */
    public Verdict judge(Outcome outcome, long nowNanos) {
        if (decided) {
            throw new IllegalStateException("this call's last word has been spoken");
        }
        OutcomeKind kind = OutcomeKind.of(outcome);
        if (kind != OutcomeKind.FULL) {
            attempts++;
        }
        long delay = kind == OutcomeKind.FINAL ? NEVER : next(kind, outcome, nowNanos);
        if (delay >= 0) {
            return new Verdict.Retry(delay);
        }
        decided = true;
        return lastWord(outcome, nowNanos);
    }

    /**
     * Whether {@link #current()} may be tried once more at once, for a reason that says nothing against it (its token had run
     * out). If so the attempt that is over counts as one; if not it has to be judged.
     *
     * @param nowNanos the monotonic clock
     */
    public boolean onceMore(long nowNanos) {
        if (decided || attempts + 1 >= limits.maxAttempts() || leftNanos(nowNanos) < 0) {
            return false;
        }
        attempts++;
        return true;
    }

    /** Moves on and returns the wait before the next attempt, or {@link #NEVER}. */
    private long next(OutcomeKind kind, Outcome outcome, long nowNanos) {
        if (attempts >= limits.maxAttempts() || leftNanos(nowNanos) < 0) {
            return NEVER;
        }
        long asked = RetryAfter.UNKNOWN;
        boolean mayRepeat = true;
        if (outcome instanceof Outcome.Response response) {
            asked = response.retryAfterNanos();
            mayRepeat = response.mayRepeat();
        }
        State state = current;
        if (kind == OutcomeKind.PASSING && mayRepeat) {
            long delay = again(state, asked, nowNanos);
            if (delay >= 0) {
                return delay;
            }
        }
        state.phase = SPENT;
        if (kind == OutcomeKind.THROTTLED && asked >= 0 && mayRepeat) {
            state.phase = THROTTLED;
            state.readyNanos = nowNanos + asked;
        }
        if (kind == OutcomeKind.PASSING || kind == OutcomeKind.STAYING) {
            deferSiblings();
        } else if (kind == OutcomeKind.FULL) {
            full = full == null ? new HashSet<>() : full;
            full.add(state.candidate.channel().id());
        }
        State next = other();
        if (next != null) {
            current = next;
            return 0;
        }
        return throttled(nowNanos);
    }

    /** The wait before the same candidate is tried again, or {@link #NEVER}. */
    private long again(State state, long asked, long nowNanos) {
        if (state.retries >= state.maxRetries()) {
            return NEVER;
        }
        long delay = Math.max(backoff(state.retries), asked);
        if (delay > leftNanos(nowNanos) || (asked >= 0 && !mayWait(delay))) {
            return NEVER;
        }
        state.retries++;
        waitedNanos += asked >= 0 ? delay : 0;
        return delay;
    }

    /** The wait for the throttled candidate that is ready first and may be tried again, or {@link #NEVER}. */
    private long throttled(long nowNanos) {
        State best = firstReady();
        if (best == null) {
            return NEVER;
        }
        long delay = Math.max(0, best.readyNanos - nowNanos);
        if (delay > leftNanos(nowNanos) || !mayWait(delay)) {
            return NEVER;
        }
        waitedNanos += delay;
        best.retries++;
        current = best;
        return delay;
    }

    private @Nullable State firstReady() {
        State best = null;
        for (State state : known()) {
            boolean fits = state.phase == THROTTLED && state.retries < state.maxRetries();
            if (fits && (best == null || state.readyNanos - best.readyNanos < 0)) {
                best = state;
            }
        }
        return best;
    }

    private Verdict lastWord(Outcome outcome, long nowNanos) {
        if (outcome instanceof Outcome.Failed failed) {
            return new Verdict.Fail(failed.failure());
        }
        if (callersOwnKey || ((Outcome.Response) outcome).status() != 401) {
            return Verdict.RELAY;
        }
        // Not relayed: its body may quote a part of the credential, and the caller would take the proxy key for wrong.
        ChannelConfig channel = current().channel();
        State ready = firstReady();
        return new Verdict.Fail(new Failure(
                FailureKind.UPSTREAM_CREDENTIALS_EXHAUSTED,
                "The channel \"" + channel.id() + "\" refuses the gateway's credential (401). Your own key is right;"
                        + " the operator of the gateway must renew the channel's.",
                ready == null
                        ? Optional.empty()
                        : Optional.of(Duration.ofNanos(Math.max(0, ready.readyNanos - nowNanos)))));
    }

    private long backoff(int retries) {
        long full = Math.max(0, nanos(current().channel().retry().backoff()));
        for (int i = 0; i < retries && full < LONGEST_BACKOFF_NANOS; i++) {
            full *= 2;
        }
        full = Math.min(full, LONGEST_BACKOFF_NANOS);
        return full / 2 + (long) (jitter.getAsDouble() * (full - full / 2));
    }

    /** Other credentials of the current channel wait until the other channels have had their turn. */
    private void deferSiblings() {
        if (failed == null) {
            failed = new HashSet<>();
        }
        failed.add(current().channel().id());
    }

    /** The next one that was not tried: at other channels than those that have failed, if there is such a one. */
    private @Nullable State other() {
        while (taken < source.size()) {
            State state = take();
            if (isFull(state)) {
                state.phase = SPENT;
                continue;
            }
            if (failed == null || !failed.contains(state.candidate.channel().id())) {
                return state;
            }
            state.phase = DEFERRED;
        }
        for (State state : known()) {
            if (state.phase == DEFERRED && !isFull(state)) {
                return state;
            }
        }
        return null;
    }

    private boolean isFull(State state) {
        return full != null && full.contains(state.candidate.channel().id());
    }

    private State take() {
        State state = new State(source.next());
        if (taken++ > 0) {
            known().add(state);
        }
        return state;
    }

    private List<State> known() {
        List<State> known = states;
        if (known == null) {
            known = new ArrayList<>();
            known.add(current);
            states = known;
        }
        return known;
    }

    private boolean mayWait(long nanos) {
        return nanos <= nanos(limits.maxWait()) - waitedNanos;
    }

    /** Time left in which an attempt may begin; negative when it is over. */
    private long leftNanos(long nowNanos) {
        return nanos(limits.maxTime()) - (nowNanos - startNanos);
    }

    /** Bounded, so that sums of it do not overflow. */
    private static long nanos(Duration duration) {
        return duration.compareTo(LONGEST) < 0 ? duration.toNanos() : LONGEST.toNanos();
    }
}
