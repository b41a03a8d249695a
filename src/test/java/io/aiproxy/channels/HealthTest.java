package io.aiproxy.channels;

import static io.aiproxy.channels.BalanceRig.failure;
import static io.aiproxy.channels.BalanceRig.status;
import static io.aiproxy.channels.BalanceRig.throttled;
import static io.aiproxy.channels.Samples.channel;
import static org.assertj.core.api.Assertions.assertThat;

import io.aiproxy.config.HealthConfig;
import io.aiproxy.core.FailureKind;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is known of candidates: cooldowns, breakers, probes, and what of it outlives a change of the configuration. */
class HealthTest {
    private final BalanceRig rig = new BalanceRig();

    private Candidate one() {
        rig.with(channel("a").health(BalanceRig.health()));
        return rig.candidate("a/default");
    }

    private HealthReport report(String channel) {
        return rig.balancer.health().report().get(channel).get(0);
    }

    private Condition condition() {
        return report("a").condition();
    }

    @Test
    void theBreakerOpensHalfOpensAndCloses() {
        Candidate one = one();
        rig.call(one, status(200));
        rig.call(one, status(200));
        rig.call(one, status(503));
        assertThat(condition()).as("three calls are too few").isEqualTo(Condition.OK);
        rig.call(one, failure(FailureKind.UPSTREAM_TIMEOUT));
        assertThat(condition()).isEqualTo(Condition.OPEN);
        assertThat(report("a").waitNanos()).isBetween(29_000_000_000L, 30_000_000_001L);

        rig.ticker.pass(Duration.ofSeconds(29));
        assertThat(condition()).isEqualTo(Condition.OPEN);
        rig.ticker.pass(Duration.ofSeconds(2));
        rig.balancer.health().look();
        assertThat(condition()).isEqualTo(Condition.HALF_OPEN);

        rig.call(one, status(200));
        assertThat(condition()).as("two calls find out").isEqualTo(Condition.HALF_OPEN);
        rig.call(one, status(200));
        assertThat(condition()).isEqualTo(Condition.OK);
        assertThat(rig.changes)
                .extracting(HealthChange::now)
                .containsExactly(Condition.OPEN, Condition.HALF_OPEN, Condition.OK);
    }

    @Test
    void aFailedTrialOpensItAgain() {
        Candidate one = one();
        open(one);
        rig.ticker.pass(Duration.ofSeconds(31));
        rig.call(one, status(500));
        rig.call(one, status(500));
        assertThat(condition()).isEqualTo(Condition.OPEN);
    }

    /** Only as many as are needed to find out are let through, and a trial that shows nothing makes room for another. */
    @Test
    void halfOpenLetsAFewThrough() {
        rig.with(channel("a").health(BalanceRig.health()), channel("b"));
        Candidate one = rig.candidate("a/default");
        open(one);
        assertThat(rig.first()).hasToString("b/default");
        rig.ticker.pass(Duration.ofSeconds(31));
        assertThat(rig.first()).hasToString("a/default");
        LiveAttempt first = one.health().begin();
        assertThat(rig.first()).hasToString("a/default");
        LiveAttempt second = one.health().begin();
        assertThat(rig.first()).as("two are under way").hasToString("b/default");
        second.over(); // its caller has left
        assertThat(rig.first()).hasToString("a/default");
        first.judged(status(200), false);
        rig.call(one, status(200));
        assertThat(condition()).isEqualTo(Condition.OK);
    }

    /** A cooldown hides the breaker from the pages; the order must notice all the same that it has closed. */
    @Test
    void aBreakerThatClosesBehindACooldownIsNoticed() {
        rig.with(channel("a").health(BalanceRig.health()), channel("b"));
        Candidate one = rig.candidate("a/default");
        open(one);
        rig.ticker.pass(Duration.ofSeconds(31));
        LiveAttempt first = one.health().begin();
        LiveAttempt second = one.health().begin();
        rig.ticker.pass(Duration.ofMillis(1));
        one.health().throttled(Duration.ofSeconds(5).toNanos());
        assertThat(rig.first()).hasToString("b/default");
        first.judged(status(200), false);
        second.judged(status(200), false);
        assertThat(condition()).isEqualTo(Condition.COOLING_DOWN);
        assertThat(rig.first()).hasToString("b/default");
        rig.ticker.pass(Duration.ofSeconds(5));
        assertThat(rig.first()).hasToString("a/default");
    }

    private void open(Candidate one) {
        for (int i = 0; i < 4; i++) {
            rig.call(one, status(502));
        }
        assertThat(condition()).isEqualTo(Condition.OPEN);
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 404, 409, 422, 499})
    void callersMistakesAreNoFailures(int status) {
        Candidate one = one();
        for (int i = 0; i < 50; i++) {
            rig.call(one, status(status));
        }
        assertThat(condition()).isEqualTo(Condition.OK);
    }

    @ParameterizedTest
    @EnumSource(
            value = FailureKind.class,
            names = {"CLIENT_CLOSED_REQUEST", "SOCKET_LIMIT_EXCEEDED", "CHANNEL_MISCONFIGURED", "INVALID_REQUEST"})
    void whatIsNotTheChannelsFaultIsNoFailure(FailureKind kind) {
        Candidate one = one();
        for (int i = 0; i < 50; i++) {
            rig.call(one, failure(kind));
        }
        assertThat(condition()).isEqualTo(Condition.OK);
    }

    @Test
    void aHangUpIsNeither() {
        Candidate one = one();
        for (int i = 0; i < 50; i++) {
            one.health().begin().over();
        }
        assertThat(condition()).isEqualTo(Condition.OK);
        assertThat(report("a").inFlight()).isZero();
    }

    @Test
    void slowAnswersOpenItWhereTheyCount() {
        HealthConfig slow = new HealthConfig(
                new HealthConfig.Breaker(true, 50, Duration.ofSeconds(1), 50, 8, 4, Duration.ofSeconds(30), 2),
                BalanceRig.COOLDOWN,
                Optional.empty());
        rig.with(channel("a").health(slow), channel("b").health(BalanceRig.health()));
        for (int i = 0; i < 4; i++) {
            rig.call(rig.candidate("a/default"), status(200), Duration.ofSeconds(2));
            rig.call(rig.candidate("b/default"), status(200), Duration.ofSeconds(2));
        }
        assertThat(report("a").condition()).isEqualTo(Condition.OPEN);
        assertThat(report("b").condition()).as("100: slow calls alone never").isEqualTo(Condition.OK);
    }

    @Test
    void noBreakerWhereNoneIsWanted() {
        HealthConfig off = new HealthConfig(
                new HealthConfig.Breaker(false, 50, Duration.ofSeconds(1), 100, 8, 4, Duration.ofSeconds(30), 2),
                BalanceRig.COOLDOWN,
                Optional.empty());
        rig.with(channel("a").health(off));
        for (int i = 0; i < 50; i++) {
            rig.call(rig.candidate("a/default"), status(500));
        }
        assertThat(condition()).isEqualTo(Condition.OK);
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 402, 403})
    void aRefusedCredentialIsLeftInPeace(int status) {
        Candidate one = one();
        rig.call(one, status(status));
        assertThat(condition()).isEqualTo(Condition.COOLING_DOWN);
        assertThat(report("a").reason()).isEqualTo("refused");
        rig.ticker.pass(Duration.ofSeconds(299));
        assertThat(condition()).isEqualTo(Condition.COOLING_DOWN);
        rig.ticker.pass(Duration.ofSeconds(1));
        assertThat(condition()).as("ends by itself").isEqualTo(Condition.OK);
    }

    @Test
    void aThrottledOneForAsLongAsItSays() {
        Candidate one = one();
        rig.call(one, throttled(Duration.ofSeconds(42)));
        rig.ticker.pass(Duration.ofSeconds(41));
        assertThat(condition()).isEqualTo(Condition.COOLING_DOWN);
        assertThat(report("a").reason()).isEqualTo("throttled");
        rig.ticker.pass(Duration.ofSeconds(1));
        assertThat(condition()).isEqualTo(Condition.OK);

        rig.call(one, status(429)); // says nothing
        rig.ticker.pass(Duration.ofMillis(9_999));
        assertThat(condition()).isEqualTo(Condition.COOLING_DOWN);
        rig.ticker.pass(Duration.ofMillis(1));
        assertThat(condition()).isEqualTo(Condition.OK);
    }

    @Test
    void aRefusalOfTheCallersOwnKeySaysNothing() {
        Candidate one = one();
        LiveAttempt attempt = one.health().begin();
        attempt.judged(status(401), true);
        attempt.over();
        assertThat(condition()).isEqualTo(Condition.OK);
    }

    @Test
    void aSuccessEndsACooldownThatItsCallHasSeen() {
        Candidate one = one();
        LiveAttempt before = one.health().begin();
        rig.ticker.pass(Duration.ofMillis(5));
        rig.call(one, status(401));
        before.judged(status(200), false);
        assertThat(condition()).as("it began before the refusal").isEqualTo(Condition.COOLING_DOWN);
        rig.ticker.pass(Duration.ofMillis(5));
        rig.call(one, status(200));
        assertThat(condition()).isEqualTo(Condition.OK);
    }

    @Test
    void probesDecideUntilAnotherOrACallSucceeds() {
        rig.with(channel("a").keys("x", "y"));
        Candidate x = rig.candidate("a/x");
        Candidate y = rig.candidate("a/y");
        x.health().probeRefused();
        assertThat(rig.all()).containsExactly("a/y", "a/x");
        y.health().probeLost();
        assertThat(rig.balancer.health().count("a", false)).isEqualTo(2);
        y.health().probed();
        assertThat(rig.all()).containsExactly("a/y", "a/x");
        rig.call(x, status(200));
        assertThat(rig.all()).containsExactly("a/x", "a/y");
        y.health().probeLost();
        rig.call(x, status(200));
        assertThat(rig.balancer.health().count("a", true)).isEqualTo(2);
    }

    @Test
    void isInFlightUntilItIsOver() {
        Candidate one = one();
        LiveAttempt attempt = one.health().begin();
        attempt.judged(status(200), false);
        assertThat(report("a").inFlight()).isEqualTo(1);
        assertThat(rig.balancer.health().inFlight("a")).isEqualTo(1);
        attempt.over();
        attempt.over();
        assertThat(report("a").inFlight()).isZero();
    }

    @Test
    void outlivesAChangeThatIsNotItsOwn() {
        rig.with(channel("a").keys("x", "y"), channel("b"));
        rig.call(rig.candidate("a/x"), status(401));
        rig.call(rig.candidate("b/default"), status(401));
        rig.with(channel("a").keys("x", "z").models("gpt-*"), channel("b").base("https://other.example"));
        assertThat(rig.all()).containsExactly("a/z", "b/default", "a/x");
        assertThat(rig.balancer.health().report().get("a"))
                .extracting(HealthReport::credential)
                .containsExactly("x", "z");
        rig.with(channel("b").base("https://other.example"));
        assertThat(rig.balancer.health().report()).containsOnlyKeys("b");
        rig.with(channel("a").keys("x"));
        assertThat(condition()).as("forgotten with the channel").isEqualTo(Condition.OK);
    }

    @Test
    void everyChangeIsToldOnce() {
        Candidate one = one();
        rig.call(one, status(401));
        rig.call(one, status(401));
        rig.ticker.pass(Duration.ofMinutes(6));
        rig.balancer.health().look();
        rig.balancer.health().look();
        assertThat(rig.changes)
                .extracting(HealthChange::before, HealthChange::now, HealthChange::reason)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple(Condition.OK, Condition.COOLING_DOWN, "refused"),
                        org.assertj.core.groups.Tuple.tuple(Condition.COOLING_DOWN, Condition.OK, ""));
        assertThat(rig.changes.get(0).lasts()).contains(Duration.ofMinutes(5));
        assertThat(rig.changes.get(0).at()).isEqualTo(new Bound("a", "default"));
    }

    @Test
    void peaksShowAtOnceAndFadeSlowly() {
        PeakEwma latency = new PeakEwma();
        long now = -5_000_000_000L;
        assertThat(latency.cost(0, now)).isZero();
        assertThat(latency.cost(1, now)).as("nobody knows: one at a time").isGreaterThan(1e14);
        latency.observe(Duration.ofMillis(100).toNanos(), now);
        latency.observe(Duration.ofMillis(900).toNanos(), now);
        assertThat(latency.micros(now)).isEqualTo(900_000);
        latency.observe(
                Duration.ofMillis(100).toNanos(), now + Duration.ofSeconds(1).toNanos());
        assertThat(latency.micros(now + Duration.ofSeconds(1).toNanos())).isBetween(850_000.0, 900_000.0);
        assertThat(latency.micros(now + Duration.ofSeconds(31).toNanos())).isBetween(300_000.0, 340_000.0);
        assertThat(List.of(latency.cost(0, now), latency.cost(3, now)).get(1)).isEqualTo(4 * latency.cost(0, now));
    }
}
