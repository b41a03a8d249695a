package io.aiproxy.limits;

import io.aiproxy.core.Failure;
import io.aiproxy.core.FailureKind;
import io.aiproxy.core.Ticker;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes calls' shares of their limits. One per process; called on event loops; never blocks. */
public final class Limits {
    private static final Logger LOG = LoggerFactory.getLogger(Limits.class);

    private final Counters counters;
    private final Metering metering;
    private final LimitWatch watch;
    private final Ticker ticker;
    private final Corrections corrections = new Corrections();
    private final OncePerWindow exhausted = new OncePerWindow();
    private final OncePerWindow nearing = new OncePerWindow();

    /**
     * @param counters keep the counts; closed by whoever has made them
     * @param metering says what calls use
     * @param watch hears of limits that are met
     * @param ticker time
     */
    public Limits(Counters counters, Metering metering, LimitWatch watch, Ticker ticker) {
        this.counters = counters;
        this.metering = metering;
        this.watch = watch;
        this.ticker = ticker;
    }

    Counters counters() {
        return counters;
    }

    Metering metering() {
        return metering;
    }

    Corrections corrections() {
        return corrections;
    }

    /**
     * Somebody knows now what a call has used of which only an estimate was known when it ended
     * ({@link io.aiproxy.core.UsageSource#ESTIMATED}): limits of tokens and money are corrected, in the time when it began.
     * Told once for each such call, at any time after its receipt was written; what is told again changes nothing. Any
     * thread.
     *
     * @param call the request id, {@link io.aiproxy.core.Receipt#id()}
     * @param use what it has really used
     */
    public void corrected(String call, Metering.Use use) {
        List<Taken> taken = corrections.known(call, use);
        for (int i = 0; i < taken.size(); i++) {
            taken.get(i).corrected(use);
        }
    }

    /**
     * Takes what this call needs of all limits of a plan, or nothing. Complete at once where the counts are in memory;
     * otherwise completed on any thread. Never fails: what goes wrong is a refusal.
     */
    public CompletableFuture<Taken> take(LimitPlan plan, Asked asked) {
        List<Limit> limits = plan.concerning(asked);
        long now = ticker.millis();
        if (limits.isEmpty()) {
            return CompletableFuture.completedFuture(Taken.nothing(this, asked, now));
        }
        Metering.Use use = metering.before(asked);
        List<Counters.Claim> claims = new ArrayList<>(limits.size());
        for (int i = 0; i < limits.size(); i++) {
            Limit limit = limits.get(i);
            claims.add(new Counters.Claim(limit.counter(), LimitPlan.amount(limit.config(), use)));
        }
        Taken.Wanted wanted = new Taken.Wanted(asked, limits, claims, now);
        CompletableFuture<Counters.Verdict> verdict = counters.take(claims, now).toCompletableFuture();
        return verdict.isDone() && !verdict.isCompletedExceptionally()
                ? CompletableFuture.completedFuture(taken(wanted, verdict.join(), null))
                : verdict.handle((done, problem) -> taken(wanted, done, problem));
    }

    private Taken taken(Taken.Wanted wanted, Counters.@Nullable Verdict verdict, @Nullable Throwable problem) {
        if (verdict == null) {
            LOG.debug("Limits could not be asked: {}", String.valueOf(problem));
            return new Taken(this, wanted, List.of(), Optional.of(UNAVAILABLE));
        }
        List<Counters.Standing> standings = verdict.standings();
        for (int i = 0; i < standings.size(); i++) {
            watched(wanted.limits().get(i), standings.get(i), wanted.millis());
        }
        if (verdict.taken()) {
            return new Taken(this, wanted, standings, Optional.empty());
        }
        int at = verdict.refused();
        Limit limit = wanted.limits().get(at);
        rejected(limit, standings.get(at), wanted.millis());
        Failure failure = LimitWords.refusal(limit, wanted.claims().get(at).amount(), standings.get(at));
        return new Taken(this, wanted, standings, Optional.of(failure));
    }

    private static final Failure UNAVAILABLE = Failure.of(
            FailureKind.LIMITS_UNAVAILABLE,
            "The gateway cannot look at your limits at the moment, and must not let anything through without them. Try"
                    + " again later.");

    private void watched(Limit limit, Counters.Standing standing, long nowMillis) {
        long used = standing.used();
        if (limit.config().shadow() && used > limit.config().amount()) {
            rejected(limit, standing, nowMillis);
        }
        Optional<Long> soft = limit.config().soft();
        if (soft.isPresent() && used >= soft.get() && nearing.first(limit.counter(), standing, nowMillis)) {
            watch.nearing(new LimitWatch.Met(limit, used));
        }
    }

    private void rejected(Limit limit, Counters.Standing standing, long nowMillis) {
        LimitWatch.Met met = new LimitWatch.Met(limit, standing.used());
        watch.rejected(met);
        if (exhausted.first(limit.counter(), standing, nowMillis)) {
            watch.exhausted(met);
        }
    }
}
