package io.aiproxy.limits;

import io.aiproxy.config.LimitConfig;
import io.aiproxy.core.Secret;
import io.aiproxy.core.Ticker;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.api.StatefulRedisConnection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts for several instances together, in Redis: one script in one round trip takes all that a call claims, or nothing.
 *
 * <p>Redis never holds a call up. An answer that is not there in time is not waited for, and while Redis is not well it is
 * not asked: then a limit does what its {@code outage} says. For {@code local} every instance always counts, on the side,
 * what it has let through itself. Whatever was let through without Redis it learns of when it is back. An answer that comes
 * too late is given back if its call was refused meanwhile, and is the call's if it was let through: nothing counts twice.
 * Only what a breaking connection has carried remains unknown, and is left as it is.
 *
 * <p>Time is each instance's own: their clocks must agree to about a second. Of instances that disagree, those behind count
 * into the window that has begun, which is strict.
 */
public final class RedisCounters implements Counters {
    private static final Logger LOG = LoggerFactory.getLogger(RedisCounters.class);
    private static final Duration LEASE = Duration.ofSeconds(30);
    private static final int BATCH = 200;

    private final Ticker ticker;
    private final Spans spans = new Spans();
    private final Gauges gauges = new Gauges();
    private final Owed owed = new Owed(spans);
    private final LongAdder misses = new LongAdder();
    private final ScheduledThreadPoolExecutor keeper;
    private final RedisStore store;
    private final RedisLink link;
    private final LocalCounters local;

    /** Why a call was refused; made for every one, so without a stack. */
    private static final class Unavailable extends Exception {
        Unavailable() {
            super("Redis is not there, and a limit says outage: refuse", null, false, false);
        }
    }

    /**
     * Counters in this Redis. Nothing is connected before {@link #start}.
     *
     * @param url {@code redis://[:PASSWORD@]HOST[:PORT][/DATABASE][?timeout=5ms]}, or {@code rediss://} with TLS
     * @throws IllegalArgumentException when the URL cannot be used
     */
    public RedisCounters(Secret url, Ticker ticker) {
        this(url, ticker, LEASE);
    }

    /** As the public one, with another time after which an instance without a sign of life is taken to be dead. */
    RedisCounters(Secret url, Ticker ticker, Duration lease) {
        this.ticker = ticker;
        this.store = new RedisStore(url, lease, spans);
        this.keeper = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "aiproxy-redis");
            thread.setDaemon(true);
            return thread;
        });
        keeper.setRemoveOnCancelPolicy(true);
        this.link = new RedisLink(store, this::beat, ticker, keeper);
        this.local = LocalCounters.inMemory(ticker);
    }

    /**
     * Begins to connect, in the background, and goes on trying for ever. Until it has succeeded Redis is missing.
     *
     * @param watch hears of outages
     */
    public void start(LimitWatch watch) {
        link.start(watch);
    }

    /** Whether Redis is asked at the moment. */
    public boolean up() {
        return link.up();
    }

    /** How often Redis was lost. */
    public long outages() {
        return link.outages();
    }

    /** How many decisions were made without it. */
    public long misses() {
        return misses.sum();
    }

    @Override
    public CompletionStage<Verdict> take(List<Claim> claims, long nowMillis) {
        StatefulRedisConnection<String, String> on = link.usable();
        if (on == null) {
            return without(claims, nowMillis, true);
        }
        Take take = new Take(claims, nowMillis);
        take.begin(on);
        return take.answer;
    }

    /** Decides without Redis. */
    private CompletableFuture<Verdict> without(List<Claim> claims, long nowMillis, boolean owe) {
        misses.increment();
        for (int i = 0; i < claims.size(); i++) {
            LimitConfig limit = claims.get(i).counter().limit();
            if (limit.outage() == LimitConfig.Outage.REFUSE && !limit.shadow()) {
                return CompletableFuture.failedFuture(new Unavailable());
            }
        }
        Verdict verdict = local.take(claims, nowMillis).toCompletableFuture().join();
        if (verdict.taken()) {
            gauges.add(claims);
            if (owe) {
                owe(claims, nowMillis);
            }
        }
        return CompletableFuture.completedFuture(verdict);
    }

    /** Redis has to learn of these; what is counted at a moment it learns with the next beat. */
    private void owe(List<Claim> claims, long takenMillis) {
        for (int i = 0; i < claims.size(); i++) {
            if (overTime(claims.get(i))) {
                owed.add(claims.get(i), takenMillis);
            }
        }
    }

    private static boolean overTime(Claim claim) {
        return claim.counter().limit().quantity().overTime();
    }

    /** One that waits for Redis, or no more. */
    private final class Take {
        final CompletableFuture<Verdict> answer = new CompletableFuture<>();
        private final List<Claim> claims;
        private final long nowMillis;
        private final long sentNanos = ticker.nanos();
        private @Nullable Future<?> deadline;
        // guarded by this
        private boolean decided;
        private boolean heldHere;

        Take(List<Claim> claims, long nowMillis) {
            this.claims = claims;
            this.nowMillis = nowMillis;
        }

        void begin(StatefulRedisConnection<String, String> on) {
            deadline = keeper.schedule(this::overdue, store.deadline().toNanos(), TimeUnit.NANOSECONDS);
            CompletionStage<Void> unused =
                    store.take(on, claims, nowMillis).handle((verdict, problem) -> heard(verdict, problem));
        }

        private void overdue() {
            CompletableFuture<Verdict> instead;
            synchronized (this) {
                if (decided) {
                    return;
                }
                decided = true;
                instead = without(claims, nowMillis, false);
                heldHere = !instead.isCompletedExceptionally() && instead.join().taken();
            }
            link.missed(ticker.nanos() - sentNanos);
            pass(instead);
        }

        private void pass(CompletableFuture<Verdict> instead) {
            CompletableFuture<Boolean> unused = instead.handle((verdict, problem) ->
                    problem == null ? answer.complete(verdict) : answer.completeExceptionally(problem));
        }

        /** Redis has answered, or never will. Where answers are heard, in their order. */
        private @Nullable Void heard(@Nullable Verdict verdict, @Nullable Throwable problem) {
            boolean late;
            synchronized (this) {
                late = decided;
                decided = true;
            }
            if (late) {
                late(verdict, problem);
                return null;
            }
            if (deadline != null) {
                deadline.cancel(false);
            }
            if (verdict == null) {
                LOG.debug("Redis could not be asked: {}", String.valueOf(problem));
                link.missed(ticker.nanos() - sentNanos);
                pass(without(claims, nowMillis, undone(problem)));
                return null;
            }
            link.served(ticker.nanos() - sentNanos);
            if (verdict.taken()) {
                gauges.add(claims);
                mirror();
            }
            answer.complete(verdict);
            return null;
        }

        private void late(@Nullable Verdict verdict, @Nullable Throwable problem) {
            boolean there = verdict != null && verdict.taken();
            if (there && !heldHere) {
                tell(negated(claims), nowMillis, false);
            } else if (heldHere && (verdict != null ? !there : undone(problem))) {
                owe(claims, nowMillis);
            }
        }

        /** Adds here as well what Redis has let through. */
        private void mirror() {
            List<Claim> all = new ArrayList<>(claims.size());
            for (int i = 0; i < claims.size(); i++) {
                Claim claim = claims.get(i);
                all.add(new Claim(unlimited(claim.counter()), claim.amount()));
            }
            CompletionStage<Verdict> unused = local.take(all, nowMillis);
        }
    }

    /** Whether Redis itself has said that nothing was done. */
    private static boolean undone(@Nullable Throwable problem) {
        Throwable cause = problem instanceof CompletionException ? problem.getCause() : problem;
        return cause instanceof RedisCommandExecutionException;
    }

    private static Counter unlimited(Counter counter) {
        LimitConfig limit = counter.limit();
        return limit.shadow()
                ? counter
                : new Counter(
                        counter.name(),
                        new LimitConfig(
                                limit.quantity(),
                                limit.amount(),
                                limit.soft(),
                                limit.window(),
                                limit.models(),
                                true,
                                limit.outage()));
    }

    private static List<Claim> negated(List<Claim> claims) {
        return claims.stream()
                .map(claim -> new Claim(claim.counter(), -claim.amount()))
                .toList();
    }

    @Override
    public void correct(List<Claim> claims, long takenMillis) {
        local.correct(claims, takenMillis);
        tell(claims, takenMillis, true);
    }

    private void tell(List<Claim> claims, long takenMillis, boolean here) {
        if (Gauges.among(claims)) {
            gauges.tell(claims, here, all -> send(all, takenMillis));
        } else {
            boolean unused = send(claims, takenMillis);
        }
    }

    /** Sends corrections and does not wait; what cannot be sent over time is owed. Says whether it was sent. */
    private boolean send(List<Claim> claims, long takenMillis) {
        StatefulRedisConnection<String, String> on = link.usable();
        if (on == null) {
            owe(claims, takenMillis);
            return false;
        }
        List<Owed.Amount> amounts = new ArrayList<>(claims.size());
        for (int i = 0; i < claims.size(); i++) {
            Claim claim = claims.get(i);
            if (!overTime(claim) || !owed.addIfOwed(claim, takenMillis)) {
                amounts.add(new Owed.Amount(claim, takenMillis));
            }
        }
        send(on, amounts);
        return true;
    }

    private void send(StatefulRedisConnection<String, String> on, List<Owed.Amount> amounts) {
        if (!amounts.isEmpty()) {
            CompletionStage<List<Long>> unused = store.correct(on, amounts, ticker.millis())
                    .whenComplete((done, problem) -> {
                        if (problem != null) {
                            LOG.debug("A correction did not reach Redis: {}", problem.toString());
                        }
                    });
        }
    }

    private CompletionStage<Runnable> beat(StatefulRedisConnection<String, String> on) {
        owed.prune(ticker.millis());
        CompletableFuture<List<Long>> answer = new CompletableFuture<>();
        Gauges.Question question = gauges.ask(asked -> {
            CompletionStage<Boolean> unused = store.beat(on, asked.counters())
                    .handle((numbers, problem) ->
                            problem == null ? answer.complete(numbers) : answer.completeExceptionally(problem));
        });
        return answer.thenApply(numbers -> () -> {
            gauges.answered(
                    question,
                    numbers.subList(1, numbers.size()),
                    !link.up(),
                    differences -> send(
                            on,
                            differences.stream()
                                    .map(claim -> new Owed.Amount(claim, 0))
                                    .toList()));
            for (List<Owed.Amount> some = owed.some(BATCH); !some.isEmpty(); some = owed.some(BATCH)) {
                send(on, some);
            }
        });
    }

    @Override
    public void close() {
        link.close();
        local.close();
    }
}
