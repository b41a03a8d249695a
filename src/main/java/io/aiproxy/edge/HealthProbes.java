package io.aiproxy.edge;

import io.aiproxy.channels.Candidate;
import io.aiproxy.channels.CandidateHealth;
import io.aiproxy.core.Ticker;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.jspecify.annotations.Nullable;

/**
 * Step {@code probe} of the timer's route: notices whose cooldown or breaker has ended, and probes every candidate whose
 * channel wants it and whose interval has passed. Probes are spread over their interval and sent on event loops; nobody
 * waits for them. The demo is not probed.
 */
final class HealthProbes implements Processor {
    private static final Duration LONGEST = Duration.ofDays(1);
    private static final Duration SHORTEST = Duration.ofMillis(100);

    private final Policies policies;
    private final HealthProbe.Ways ways;
    private final List<? extends EventLoop> loops;
    private final Ticker ticker;

    /** What was prepared, and from which policy. Guarded by this: while route sets change there may be two timers. */
    private @Nullable Policy prepared;

    private List<Due> due = List.of();

    /** A candidate and when it is probed next. */
    private static final class Due {
        private final Candidate candidate;
        private final HealthProbe probe;
        private final long intervalNanos;
        private long nextNanos;

        Due(Candidate candidate, HealthProbe probe, long intervalNanos, long nextNanos) {
            this.candidate = candidate;
            this.probe = probe;
            this.intervalNanos = intervalNanos;
            this.nextNanos = nextNanos;
        }
    }

    /**
     * @param loops where probes are sent; with none nobody is probed
     * @param ticker decides when
     */
    HealthProbes(Policies policies, HealthProbe.Ways ways, List<? extends EventLoop> loops, Ticker ticker) {
        this.policies = policies;
        this.ways = ways;
        this.loops = loops;
        this.ticker = ticker;
    }

    @Override
    public synchronized void process(Exchange exchange) {
        policies.balancer().health().look();
        Policy policy = policies.current();
        if (loops.isEmpty() || policy.snapshot().demo()) {
            return;
        }
        long now = ticker.nanos();
        prepare(policy, now);
        for (Due one : due) {
            if (now - one.nextNanos >= 0) {
                double jitter = 0.9 + ThreadLocalRandom.current().nextDouble() * 0.2;
                one.nextNanos = now + (long) (one.intervalNanos * jitter);
                one.probe.send(policy);
            }
        }
    }

    @SuppressWarnings("ReferenceEquality") // one object for each snapshot
    private void prepare(Policy policy, long now) {
        if (prepared == policy) {
            return;
        }
        prepared = policy;
        Map<CandidateHealth, Due> before = new HashMap<>();
        due.forEach(one -> before.put(one.candidate.health(), one));
        List<Due> next = new ArrayList<>();
        for (Candidate candidate : policy.channels().candidates()) {
            candidate.channel().health().probe().ifPresent(config -> {
                long interval = nanos(config.interval());
                EventLoop loop =
                        loops.get(Math.floorMod(candidate.channel().id().hashCode(), loops.size()));
                Due known = before.get(candidate.health());
                long first = known == null
                        ? now + (long) (interval * ThreadLocalRandom.current().nextDouble())
                        : known.nextNanos;
                AtomicBoolean underWay = known == null ? new AtomicBoolean() : known.probe.underWay();
                next.add(new Due(candidate, new HealthProbe(candidate, ways, loop, underWay), interval, first));
            });
        }
        due = next;
    }

    private static long nanos(Duration interval) {
        if (interval.compareTo(SHORTEST) < 0) {
            return SHORTEST.toNanos();
        }
        return (interval.compareTo(LONGEST) < 0 ? interval : LONGEST).toNanos();
    }
}
