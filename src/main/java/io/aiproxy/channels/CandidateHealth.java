package io.aiproxy.channels;

import io.aiproxy.config.CredentialConfig;
import io.aiproxy.config.HealthConfig;
import io.aiproxy.core.FailureKind;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * How a channel does with one of its credentials. Any thread; nothing blocks, and where nothing changes nothing is
 * allocated but what counts the call. Outlives snapshots as long as channel and credential are the same.
 */
public final class CandidateHealth implements Seat {
    private static final String REFUSED = "refused";
    private static final String THROTTLED = "throttled";
    private static final Duration LONGEST = Duration.ofDays(365);

    private final Health health;
    private final ChannelHealth channel;
    private final CredentialConfig credential;
    private final AtomicInteger inFlight = new AtomicInteger();
    private final PeakEwma latency = new PeakEwma();
    private final AtomicReference<@Nullable Breaker> breaker = new AtomicReference<>();
    private final AtomicReference<Condition> told = new AtomicReference<>(Condition.OK);
    private volatile @Nullable Rest rest;
    private volatile boolean refusedProbe;

    /** A cooldown. */
    private record Rest(long sinceNanos, long untilNanos, String reason) {}

    CandidateHealth(Health health, ChannelHealth channel, CredentialConfig credential) {
        this.health = health;
        this.channel = channel;
        this.credential = credential;
    }

    boolean holdsFor(CredentialConfig other) {
        return credential.name().equals(other.name())
                && credential.apiKey().equals(other.apiKey())
                && credential.fields().equals(other.fields());
    }

    String name() {
        return credential.name();
    }

    private Bound bound() {
        return new Bound(channel.channel().id(), credential.name());
    }

    private HealthConfig config() {
        return channel.channel().health();
    }

    /** An attempt begins. Every one must be told of its end by {@link LiveAttempt#over()}. */
    public LiveAttempt begin() {
        long now = health.now();
        inFlight.incrementAndGet();
        channel.inFlight().incrementAndGet();
        Breaker mine = breaker();
        Breaker.Pass pass = mine == null ? Breaker.Pass.NONE : mine.begin();
        if (pass == Breaker.Pass.TRIAL) {
            health.touch(); // one trial less for others
            look(now);
        }
        return new LiveAttempt(this, now, pass);
    }

    /** The breaker, made with the first call: most of many credentials may never be used. Null: not wanted. */
    private @Nullable Breaker breaker() {
        Breaker known = breaker.get();
        if (known != null || !config().breaker().enabled()) {
            return known;
        }
        Breaker fresh = new Breaker(bound().toString(), config().breaker(), health.ticker());
        return breaker.compareAndSet(null, fresh) ? fresh : breaker.get();
    }

    long now() {
        return health.now();
    }

    void ended() {
        inFlight.decrementAndGet();
        channel.inFlight().decrementAndGet();
    }

    /** The attempt has shown nothing about the candidate: its caller has left, or has made a mistake. */
    void neither(Breaker.Pass pass) {
        Breaker mine = breaker.get();
        if (mine != null && pass == Breaker.Pass.TRIAL) {
            mine.neither(pass);
            health.touch();
        }
    }

    /** An answer that is worth something. */
    void succeeded(Breaker.Pass pass, long begunNanos, long tookNanos) {
        long now = health.now();
        latency.observe(tookNanos, now);
        channel.latency().observe(tookNanos, now);
        Breaker mine = breaker.get();
        boolean changed = mine != null && mine.succeeded(pass, tookNanos);
        Rest resting = rest;
        if (resting != null && begunNanos - resting.sinceNanos > 0) {
            rest = null;
            changed = true;
        }
        if (changed) {
            health.touch(); // also where one cause hides the other and nothing is told
        }
        revived();
        look(now);
    }

    /** The channel has failed. */
    void failed(Breaker.Pass pass, long tookNanos) {
        long now = health.now();
        if (tookNanos / 1_000.0 > latency.micros(now)) { // a quick failure must not look like a fast answer
            latency.observe(tookNanos, now);
            channel.latency().observe(tookNanos, now);
        }
        Breaker mine = breaker.get();
        if (mine != null && mine.failed(pass, tookNanos)) {
            health.touch();
        }
        look(now);
    }

    /** Refused: out of the rotation for a good while. */
    void refused() {
        rest(config().cooldown().refused(), REFUSED);
    }

    /** Throttled: out of the rotation for as long as the channel has said. */
    void throttled(long askedNanos) {
        rest(
                askedNanos >= 0
                        ? Duration.ofNanos(askedNanos)
                        : config().cooldown().throttled(),
                THROTTLED);
    }

    private void rest(Duration duration, String reason) {
        long now = health.now();
        long nanos = (duration.compareTo(LONGEST) < 0 ? duration : LONGEST).toNanos();
        if (nanos > 0) {
            rest = new Rest(now, now + nanos, reason);
            health.touch();
            look(now);
        }
    }

    /** A probe was answered as it should be: channel and credential are there. */
    public void probed() {
        revived();
        look(health.now());
    }

    /** A probe was refused: the credential is of no use until one is not, or a call succeeds. */
    public void probeRefused() {
        refusedProbe = true;
        channelFound();
        look(health.now());
    }

    /** A probe found nobody: no credential of the channel is of use until one finds somebody, or a call succeeds. */
    public void probeLost() {
        channel.lost(true);
        health.lookAt(channel);
    }

    private void revived() {
        refusedProbe = false;
        channelFound();
    }

    private void channelFound() {
        if (channel.lost()) {
            channel.lost(false);
            health.lookAt(channel);
        }
    }

    @Override
    public long waitNanos(long nowNanos) {
        if (refusedProbe || channel.lost()) {
            return UNKNOWN;
        }
        Rest resting = rest;
        long wait = resting == null ? 0 : Math.max(0, resting.untilNanos - nowNanos);
        Breaker mine = breaker.get();
        return mine == null ? wait : Math.max(wait, mine.waitNanos());
    }

    @Override
    public int inFlight() {
        return inFlight.get();
    }

    @Override
    public double cost(long nowNanos) {
        return latency.cost(inFlight.get(), nowNanos);
    }

    /** How it is. */
    Condition condition(long nowNanos) {
        if (refusedProbe || channel.lost()) {
            return Condition.PROBE_FAILED;
        }
        Breaker mine = breaker.get();
        Condition switched = mine == null ? Condition.OK : mine.condition();
        Rest resting = rest;
        boolean cooling = resting != null && resting.untilNanos - nowNanos > 0;
        return cooling && switched != Condition.OPEN ? Condition.COOLING_DOWN : switched;
    }

    private String reason(Condition condition) {
        Rest resting = rest;
        return switch (condition) {
            case OK -> "";
            case COOLING_DOWN -> resting == null ? "" : resting.reason;
            case OPEN, HALF_OPEN -> "failures";
            case PROBE_FAILED -> channel.lost() ? "unreachable" : REFUSED;
        };
    }

    /** Tells of a change if there was one. */
    void look(long nowNanos) {
        Condition now = condition(nowNanos);
        Condition before = told.get();
        if (before == null || now == before || !told.compareAndSet(before, now)) {
            return;
        }
        health.touch();
        long wait = waitNanos(nowNanos);
        Optional<Duration> lasts =
                wait == 0 || wait == UNKNOWN ? Optional.empty() : Optional.of(Duration.ofNanos(wait));
        health.tell(new HealthChange(bound(), before, now, reason(now), lasts));
    }

    HealthReport report(long nowNanos) {
        Condition condition = condition(nowNanos);
        long wait = waitNanos(nowNanos);
        return new HealthReport(
                credential.name(),
                condition,
                reason(condition),
                wait == UNKNOWN ? -1 : wait,
                inFlight.get(),
                Math.round(latency.micros(nowNanos) * 1_000));
    }

    /** Whether a failure says something about the channel, and not about the caller or the gateway. */
    static boolean blames(Outcome outcome) {
        return !(outcome instanceof Outcome.Failed failed)
                || failed.failure().kind().origin() == FailureKind.Origin.UPSTREAM;
    }
}
