package io.aiproxy.channels;

import io.aiproxy.config.ChannelConfig;
import io.aiproxy.config.SystemConfig;
import io.aiproxy.core.Dialect;
import io.aiproxy.core.Failure;
import io.aiproxy.core.FailureKind;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
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

    private final List<Candidate> candidates;
    private final SystemConfig.Retry limits;
    private final long startNanos;
    private final DoubleSupplier jitter;

    private int current;
    private int attempts;
    private boolean decided;
    private boolean callersOwnKey;
    private long waitedNanos;
    /** Null until something goes wrong: most calls need one attempt. */
    private State @Nullable [] states;

    /** What is known of a candidate. */
    private static final class State {
        private int phase = UNTRIED;
        private int retries;
        private long readyNanos;
    }

    /** How an outcome is to be taken. */
    private enum Kind {
        DEAD,
        THROTTLED,
        PASSING,
        STAYING,
        FINAL
    }

    /**
     * @param candidates in order, at least one
     * @param limits bounds over all candidates
     * @param startNanos when the call began, on the monotonic clock
     * @param jitter numbers from 0 to 1 that spread the waits
     */
    public FailoverPlan(List<Candidate> candidates, SystemConfig.Retry limits, long startNanos, DoubleSupplier jitter) {
        if (candidates.isEmpty()) {
            throw new IllegalArgumentException("a plan needs at least one candidate");
        }
        this.candidates = candidates;
        this.limits = limits;
        this.startNanos = startNanos;
        this.jitter = jitter;
    }

    /** A plan whose waits are spread by the thread's random numbers. */
    public FailoverPlan(List<Candidate> candidates, SystemConfig.Retry limits, long startNanos) {
        this(candidates, limits, startNanos, () -> ThreadLocalRandom.current().nextDouble());
    }

    /** The credential is the caller's own and not the gateway's, so that a refusal of it is the caller's to read. */
    public void withCallersOwnKey() {
        callersOwnKey = true;
    }

    /** What to try now. */
    public Candidate current() {
        return candidates.get(current);
    }

    /** How many attempts have been judged. */
    public int attempts() {
        return attempts;
    }

    /**
     * Whether the judge needs the beginning of an error body (some 4 KiB) to decide: the status alone does not tell, and
     * there is something left to try.
     *
     * @param dialect the API family that the channel answers in
     */
    public boolean wantsBodyPrefix(int status, Dialect dialect) {
        boolean ambiguous = status == 429 || (status == 400 && dialect == Dialect.ANTHROPIC);
        return ambiguous
                && attempts + 1 < limits.maxAttempts()
                && (othersLeft() || (status == 429 && retries(current) < maxRetries(current)));
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
        attempts++;
        Kind kind = classify(outcome);
        long delay = kind == Kind.FINAL ? NEVER : next(kind, outcome, nowNanos);
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

    private static Kind classify(Outcome outcome) {
        if (outcome instanceof Outcome.Failed failed) {
            return switch (failed.failure().kind().retry()) {
                case NEVER -> Kind.FINAL;
                case NEXT_CANDIDATE -> Kind.STAYING;
                case SAME_CANDIDATE -> Kind.PASSING;
            };
        }
        Outcome.Response response = (Outcome.Response) outcome;
        int status = response.status();
        if (status < 400) {
            return Kind.FINAL;
        }
        if (status == 401 || status == 402 || status == 403) {
            return Kind.DEAD;
        }
        if (status == 429) {
            // OpenAI: https://platform.openai.com/docs/guides/error-codes, "You exceeded your current quota"
            return response.bodyPrefix().contains("insufficient_quota") ? Kind.DEAD : Kind.THROTTLED;
        }
        if (status == 400) {
            // Anthropic: invalid_request_error, "Your credit balance is too low to access the Anthropic API"
            return response.bodyPrefix().contains("credit balance is too low") ? Kind.DEAD : Kind.FINAL;
        }
        return status < 500 ? Kind.FINAL : Kind.PASSING;
    }

    /** Moves on and returns the wait before the next attempt, or {@link #NEVER}. */
    private long next(Kind kind, Outcome outcome, long nowNanos) {
        if (attempts >= limits.maxAttempts() || leftNanos(nowNanos) < 0) {
            return NEVER;
        }
        long asked = RetryAfter.UNKNOWN;
        boolean mayRepeat = true;
        if (outcome instanceof Outcome.Response response) {
            asked = response.retryAfterNanos();
            mayRepeat = response.mayRepeat();
        }
        State state = state(current);
        if (kind == Kind.PASSING && mayRepeat) {
            long delay = again(state, asked, nowNanos);
            if (delay >= 0) {
                return delay;
            }
        }
        state.phase = SPENT;
        if (kind == Kind.THROTTLED && asked >= 0 && mayRepeat) {
            state.phase = THROTTLED;
            state.readyNanos = nowNanos + asked;
        }
        if (kind == Kind.PASSING || kind == Kind.STAYING) {
            deferSiblings();
        }
        int next = first(UNTRIED);
        next = next < 0 ? first(DEFERRED) : next;
        if (next >= 0) {
            current = next;
            return 0;
        }
        return throttled(nowNanos);
    }

    /** The wait before the same candidate is tried again, or {@link #NEVER}. */
    private long again(State state, long asked, long nowNanos) {
        if (state.retries >= maxRetries(current)) {
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
        int best = firstReady();
        if (best < 0) {
            return NEVER;
        }
        State state = state(best);
        long delay = Math.max(0, state.readyNanos - nowNanos);
        if (delay > leftNanos(nowNanos) || !mayWait(delay)) {
            return NEVER;
        }
        waitedNanos += delay;
        state.retries++;
        current = best;
        return delay;
    }

    private int firstReady() {
        int best = -1;
        for (int i = 0; i < candidates.size(); i++) {
            State state = state(i);
            boolean fits = state.phase == THROTTLED && state.retries < maxRetries(i);
            if (fits && (best < 0 || state.readyNanos - state(best).readyNanos < 0)) {
                best = i;
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
        int ready = states == null ? -1 : firstReady();
        return new Verdict.Fail(new Failure(
                FailureKind.UPSTREAM_CREDENTIALS_EXHAUSTED,
                "The channel \"" + channel.id() + "\" refuses the gateway's credential (401). Your own key is right;"
                        + " the operator of the gateway must renew the channel's.",
                ready < 0
                        ? Optional.empty()
                        : Optional.of(Duration.ofNanos(Math.max(0, state(ready).readyNanos - nowNanos)))));
    }

    private long backoff(int retries) {
        long full = Math.max(0, nanos(channel(current).retry().backoff()));
        for (int i = 0; i < retries && full < LONGEST_BACKOFF_NANOS; i++) {
            full *= 2;
        }
        full = Math.min(full, LONGEST_BACKOFF_NANOS);
        return full / 2 + (long) (jitter.getAsDouble() * (full - full / 2));
    }

    /** Other credentials of the current channel wait until the other channels have had their turn. */
    private void deferSiblings() {
        String id = channel(current).id();
        for (int i = 0; i < candidates.size(); i++) {
            State state = state(i);
            if (state.phase == UNTRIED && channel(i).id().equals(id)) {
                state.phase = DEFERRED;
            }
        }
    }

    private int first(int phase) {
        for (int i = 0; i < candidates.size(); i++) {
            if (state(i).phase == phase) {
                return i;
            }
        }
        return -1;
    }

    private boolean othersLeft() {
        for (int i = 0; i < candidates.size(); i++) {
            if (i != current && (states == null || state(i).phase != SPENT)) {
                return true;
            }
        }
        return false;
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

    private int retries(int candidate) {
        return states == null ? 0 : state(candidate).retries;
    }

    private int maxRetries(int candidate) {
        return channel(candidate).retry().maxRetries();
    }

    private ChannelConfig channel(int candidate) {
        return candidates.get(candidate).channel();
    }

    private State state(int candidate) {
        State[] all = states;
        if (all == null) {
            all = new State[candidates.size()];
            for (int i = 0; i < all.length; i++) {
                all[i] = new State();
            }
            states = all;
        }
        return all[candidate];
    }
}
