package io.aiproxy.channels;

import static io.aiproxy.channels.BalanceRig.status;
import static io.aiproxy.channels.BalanceRig.throttled;
import static io.aiproxy.channels.Samples.channel;
import static org.assertj.core.api.Assertions.assertThat;

import io.aiproxy.config.GroupConfig;
import io.aiproxy.config.Strategy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** In which order candidates are tried. */
class BalancerTest {
    private static final int CALLS = 10_000;

    private final BalanceRig rig = new BalanceRig();

    @Test
    void priorityTakesTheFirst() {
        rig.with(channel("a").keys("x", "y"), channel("b"));
        assertThat(rig.count(CALLS)).isEqualTo(Map.of("a/x", CALLS));
        assertThat(rig.all()).containsExactly("a/x", "a/y", "b/default");
    }

    @Test
    void roundRobinTakesEachInTurn() {
        rig.with(channel("a").balanced(Strategy.ROUND_ROBIN, 1, 7, 1, 1));
        assertThat(rig.count(CALLS)).isEqualTo(Map.of("a/k0", 2500, "a/k1", 2500, "a/k2", 2500, "a/k3", 2500));
    }

    /** Exact over every period, and 10,000 calls are 1,000 periods. */
    @Test
    void weightedTakesExactlyItsShares() {
        rig.with(channel("a").balanced(Strategy.WEIGHTED, 5, 3, 2));
        assertThat(rig.count(CALLS)).isEqualTo(Map.of("a/k0", 5000, "a/k1", 3000, "a/k2", 2000));
    }

    @Test
    void membersOfAGroupTakeTheirSharesToo() {
        rig.group(
                Strategy.WEIGHTED,
                Optional.empty(),
                new int[] {3, 1, 0},
                channel("a").balanced(Strategy.ROUND_ROBIN, 1, 1),
                channel("b"),
                channel("c"));
        assertThat(rig.count(CALLS)).isEqualTo(Map.of("a/k0", 3750, "a/k1", 3750, "b/default", 2500));
        assertThat(rig.all()).last().isEqualTo("c/default");
    }

    /** The shares of one that is not ready go to the others in their own proportion. */
    @Test
    void theOthersKeepTheirProportion() {
        rig.with(channel("a").balanced(Strategy.WEIGHTED, 4, 3, 1));
        rig.call(rig.candidate("a/k0"), status(401));
        assertThat(rig.count(CALLS)).isEqualTo(Map.of("a/k1", 7500, "a/k2", 2500));
    }

    /** Every call stays under way: then the counts are what is balanced, up to the rounding of the last calls. */
    @Test
    void leastInFlightFollowsTheWeights() {
        rig.with(channel("a").balanced(Strategy.LEAST_IN_FLIGHT, 2, 1, 1));
        for (int i = 0; i < 4000; i++) {
            rig.first().health().begin();
        }
        assertThat(List.of(inFlight("a/k0"), inFlight("a/k1"), inFlight("a/k2")))
                .containsExactly(2000, 1000, 1000);
        assertThat(rig.balancer.health().inFlight("a")).isEqualTo(4000);
    }

    @Test
    void leastInFlightWithNothingUnderWayTakesTurnsByWeight() {
        rig.with(channel("a").balanced(Strategy.LEAST_IN_FLIGHT, 2, 1, 1));
        assertThat(rig.count(CALLS)).isEqualTo(Map.of("a/k0", 5000, "a/k1", 2500, "a/k2", 2500));
    }

    @Test
    void leastInFlightAmongVeryManyIsStillAmongTheLeast() {
        int[] weights = new int[500];
        java.util.Arrays.fill(weights, 1);
        rig.with(channel("a").balanced(Strategy.LEAST_IN_FLIGHT, weights));
        for (int i = 0; i < 5000; i++) {
            rig.first().health().begin();
        }
        for (int i = 0; i < 500; i++) {
            assertThat(inFlight("a/k" + i)).isBetween(8, 12);
        }
    }

    /**
     * Two of three at random: the fastest is among them in 2 of 3 cases and then taken; the middle one in 1 of 3; the
     * slowest never. The standard deviation of 10,000 draws with 2/3 is 47, so 300 is more than six of them.
     */
    @Test
    void latencyTakesTheFasterOfTwo() {
        rig.with(channel("a").balanced(Strategy.LATENCY, 1, 1, 1));
        rig.call(rig.candidate("a/k0"), status(200), Duration.ofMillis(900));
        rig.call(rig.candidate("a/k1"), status(200), Duration.ofMillis(100));
        rig.call(rig.candidate("a/k2"), status(200), Duration.ofMillis(300));
        Map<String, Integer> counts = rig.count(CALLS);
        assertThat(counts).doesNotContainKey("a/k0");
        assertThat(counts.get("a/k1")).isBetween(6667 - 300, 6667 + 300);
        assertThat(counts.get("a/k2")).isBetween(3333 - 300, 3333 + 300);
    }

    @Test
    void latencyCountsWhatIsUnderWay() {
        rig.with(channel("a").balanced(Strategy.LATENCY, 1, 1));
        rig.call(rig.candidate("a/k0"), status(200), Duration.ofMillis(100));
        rig.call(rig.candidate("a/k1"), status(200), Duration.ofMillis(250));
        assertThat(rig.count(100)).isEqualTo(Map.of("a/k0", 100));
        rig.candidate("a/k0").health().begin();
        rig.candidate("a/k0").health().begin();
        assertThat(rig.count(100)).isEqualTo(Map.of("a/k1", 100));
    }

    @ParameterizedTest
    @EnumSource(Strategy.class)
    void everyCandidateIsGivenOnceWhateverTheStrategyAndTheHealth(Strategy strategy) {
        rig.group(
                strategy,
                Optional.empty(),
                new int[] {2, 1, 0},
                channel("a").balanced(strategy, 3, 0, 2, 1),
                channel("b").balanced(strategy, 1, 1, 5),
                channel("c").balanced(strategy, 1, 1));
        rig.call(rig.candidate("a/k2"), throttled(Duration.ofSeconds(20)));
        rig.call(rig.candidate("b/k0"), throttled(Duration.ofSeconds(3)));
        rig.call(rig.candidate("c/k1"), throttled(Duration.ofSeconds(9)));
        for (int i = 0; i < 200; i++) {
            List<String> all = rig.all();
            assertThat(all).doesNotHaveDuplicates().hasSize(9);
            assertThat(all.subList(0, 4)).containsExactlyInAnyOrder("a/k0", "a/k3", "b/k1", "b/k2");
            assertThat(all.subList(4, 6)).as("weight 0").containsExactly("a/k1", "c/k0");
            assertThat(all.subList(6, 9)).as("by when they are back").containsExactly("b/k0", "c/k1", "a/k2");
        }
    }

    @Test
    void theOnlyCandidateIsAlwaysTried() {
        rig.with(channel("a"));
        rig.call(rig.candidate("a/default"), status(401));
        assertThat(rig.all()).containsExactly("a/default");
        rig.candidate("a/default").health().probeLost();
        assertThat(rig.all()).containsExactly("a/default");
    }

    @Test
    void healthyOnesOfLaterTiersComeBeforeCoolingOnesOfEarlier() {
        rig.with(channel("a").keys("x", "y"), channel("b"));
        rig.call(rig.candidate("a/x"), status(403));
        rig.call(rig.candidate("a/y"), throttled(Duration.ofSeconds(2)));
        assertThat(rig.all()).containsExactly("b/default", "a/y", "a/x");
        rig.ticker.pass(Duration.ofSeconds(3));
        assertThat(rig.all()).as("back by itself").containsExactly("a/y", "b/default", "a/x");
    }

    @Test
    void aSessionStaysWhereItWasServed() {
        Optional<GroupConfig.Session> session =
                Optional.of(new GroupConfig.Session(Optional.of("x-session"), List.of(), Duration.ofHours(1)));
        rig.group(
                Strategy.ROUND_ROBIN,
                session,
                new int[] {1, 1, 1},
                channel("a"),
                channel("b").balanced(Strategy.ROUND_ROBIN, 1, 1),
                channel("c"));
        Order first = rig.order("s1");
        Candidate home = first.next();
        assertThat(rig.order("s1").next()).as("not bound before it has served").isNotSameAs(home);
        first.served(home);
        for (int i = 0; i < 20; i++) {
            assertThat(rig.order("s1").next()).isSameAs(home);
        }
        Order all = rig.order("s1");
        List<Candidate> given = new ArrayList<>();
        for (int i = 0; i < all.size(); i++) {
            given.add(all.next());
        }
        assertThat(given).doesNotHaveDuplicates().hasSize(4);
    }

    @Test
    void aSessionMovesWithFailoverAndIsForgottenAfterItsTime() {
        Optional<GroupConfig.Session> session =
                Optional.of(new GroupConfig.Session(Optional.empty(), List.of("k"), Duration.ofHours(1)));
        rig.group(Strategy.PRIORITY, session, new int[] {1, 1}, channel("a"), channel("b"));
        Order order = rig.order("s");
        assertThat(order.next()).hasToString("a/default");
        Candidate second = order.next();
        order.served(second);
        assertThat(rig.order("s").next()).hasToString("b/default");
        rig.call(second, status(401));
        assertThat(rig.order("s").next()).as("not well").hasToString("a/default");
        rig.ticker.pass(Duration.ofMinutes(6));
        assertThat(rig.order("s").next()).as("well again").hasToString("b/default");
        rig.ticker.pass(Duration.ofMinutes(61));
        assertThat(rig.order("s").next()).hasToString("a/default");
        assertThat(rig.order("other").next()).hasToString("a/default");
    }

    @Test
    void sessionsAreBounded() {
        Sessions sessions = new Sessions(rig.ticker);
        for (int i = 0; i < 150_000; i++) {
            sessions.bind("g", "s" + i, new Bound("a", "x"), Duration.ofHours(1));
        }
        sessions.bind("g", "x".repeat(1000), new Bound("a", "x"), Duration.ofHours(1));
        assertThat(sessions.size()).isLessThanOrEqualTo(100_000);
        assertThat(sessions.find("g", "x".repeat(1000))).isNull();
    }

    private int inFlight(String candidate) {
        return rig.candidate(candidate).health().inFlight();
    }
}
