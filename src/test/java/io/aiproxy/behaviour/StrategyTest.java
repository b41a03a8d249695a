package io.aiproxy.behaviour;

import static io.aiproxy.behaviour.Accounts.credentials;
import static io.aiproxy.behaviour.Accounts.members;
import static io.aiproxy.behaviour.Accounts.tally;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.aiproxy.testing.Gate;
import io.aiproxy.testing.GatewayRig;
import io.aiproxy.testing.NeedsGateway;
import io.aiproxy.testing.RawClient;
import io.aiproxy.testing.Reply;
import io.aiproxy.testing.RigConfig;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who comes first among the channels of a group and among the credentials of a channel, call by call. */
@NeedsGateway
class StrategyTest {
    @AutoClose
    private final Accounts accounts = new Accounts();

    @AutoClose
    private GatewayRig rig;

    /** Where a strategy is at work. */
    private enum Among {
        CHANNELS,
        CREDENTIALS
    }

    @BeforeEach
    void start() {
        rig = GatewayRig.start(
                RigConfig.empty().channel("a", accounts.upstream()).user("zhangsan", GatewayRig.KEY, "a"));
    }

    /** Puts this strategy into force, with accounts such as {@code a=3}. */
    private void balance(Among among, String strategy, String... weighted) {
        if (among == Among.CHANNELS) {
            for (String account : weighted) {
                rig.config().channel(account.split("=")[0], accounts.upstream());
            }
            rig.config().group("g", "strategy: " + strategy, members(weighted)).user("zhangsan", GatewayRig.KEY, "g");
        } else {
            rig.config()
                    .channel("several", accounts.upstream(), "strategy: " + strategy, credentials(weighted))
                    .user("zhangsan", GatewayRig.KEY, "several");
        }
        rig.applyConfig();
    }

    @ParameterizedTest
    @EnumSource(Among.class)
    void priorityTakesTheFirstInTheFile(Among among) throws IOException {
        balance(among, "priority", "b", "a", "c");
        assertThat(tally(rig, 300)).isEqualTo(Map.of("b", 300));
    }

    @ParameterizedTest
    @EnumSource(Among.class)
    void roundRobinTakesEachInTurn(Among among) throws IOException {
        balance(among, "round-robin", "a", "b", "c");
        assertThat(tally(rig, 3000)).isEqualTo(Map.of("a", 1000, "b", 1000, "c", 1000));
    }

    @ParameterizedTest
    @EnumSource(Among.class)
    void weightedTakesExactlyItsShares(Among among) throws IOException {
        balance(among, "weighted", "a=5", "b=3", "c=2");
        assertThat(tally(rig, 3000)).isEqualTo(Map.of("a", 1500, "b", 900, "c", 600));
    }

    /** nginx' own example, {@code a a b a c a a}: however the turns begin, no six of seven go to one. */
    @Test
    void weightedIsEvenlySpread() throws IOException {
        balance(Among.CHANNELS, "weighted", "a=5", "b=1", "c=1");
        StringBuilder turns = new StringBuilder();
        for (int i = 0; i < 21; i++) {
            turns.append(Accounts.chat(rig));
        }
        assertThat("aabacaa".repeat(5)).contains(turns);
    }

    @ParameterizedTest
    @EnumSource(Among.class)
    void sharesHoldForManyCallersAtOnce(Among among) throws Exception {
        balance(among, "weighted", "a=3", "b=1");
        List<Map<String, Integer>> tallies = new java.util.concurrent.CopyOnWriteArrayList<>();
        List<Thread> callers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            callers.add(new Thread(() -> {
                try {
                    tallies.add(tally(rig, 500));
                } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            }));
        }
        callers.forEach(Thread::start);
        for (Thread caller : callers) {
            caller.join(60_000);
        }
        assertThat(tallies).hasSize(4);
        assertThat(tallies.stream().mapToInt(tally -> tally.get("a")).sum()).isEqualTo(1500);
    }

    @ParameterizedTest
    @ValueSource(strings = {"priority", "round-robin", "weighted", "least-in-flight", "latency"})
    void weightZeroGetsNothingUntilNobodyElseIsWell(String strategy) throws IOException {
        for (Among among : Among.values()) {
            balance(among, strategy, "a=0", "b=1", "c=1");
            assertThat(tally(rig, 200)).doesNotContainKey("a");
            accounts.answers("b", Reply.json(401, "{}"));
            accounts.answers("c", Reply.json(401, "{}"));
            assertThat(tally(rig, 10)).isEqualTo(Map.of("a", 10));
            accounts.isWell("b");
            accounts.isWell("c");
        }
    }

    @Test
    void drainingAMemberTakesEffectWithTheConfiguration() throws IOException {
        balance(Among.CHANNELS, "weighted", "a=1", "b=1");
        assertThat(tally(rig, 100)).isEqualTo(Map.of("a", 50, "b", 50));
        balance(Among.CHANNELS, "weighted", "a=0", "b=1");
        assertThat(tally(rig, 100)).isEqualTo(Map.of("b", 100));
    }

    /** Twelve calls of which none is over: each goes where the fewest are for the weight. */
    @ParameterizedTest
    @EnumSource(Among.class)
    void leastInFlightFollowsTheWeights(Among among) throws IOException {
        balance(among, "least-in-flight", "a=2", "b=1", "c=1");
        Gate gate = Gate.closed();
        List.of("a", "b", "c").forEach(account -> accounts.holds(account, gate));
        List<RawClient> callers = new ArrayList<>();
        try {
            for (int i = 1; i <= 12; i++) {
                callers.add(rig.client().post(Calls.CHAT, Calls.BODY, GatewayRig.AUTH));
                accounts.upstream().awaitRequest(i);
            }
            assertThat(List.of(accounts.requests("a"), accounts.requests("b"), accounts.requests("c")))
                    .containsExactly(6L, 3L, 3L);
        } finally {
            gate.open();
            for (RawClient caller : callers) {
                assertThat(caller.answer().status()).isEqualTo(200);
                caller.close();
            }
        }
    }

    /** One that holds its calls gets no more than the other's, which are over at once. */
    @ParameterizedTest
    @EnumSource(Among.class)
    void leastInFlightGoesAroundTheBusyOne(Among among) throws IOException {
        balance(among, "least-in-flight", "a", "b");
        Gate gate = Gate.closed();
        accounts.holds("a", gate);
        try (RawClient one = rig.client().post(Calls.CHAT, Calls.BODY, GatewayRig.AUTH);
                RawClient other = rig.client()) {
            accounts.upstream().awaitRequest(1);
            if (accounts.requests("a") == 0) { // the first turn was b's
                other.post(Calls.CHAT, Calls.BODY, GatewayRig.AUTH);
                await().until(() -> accounts.requests("a") == 1);
            }
            assertThat(tally(rig, 100)).isEqualTo(Map.of("b", 100));
            gate.open();
            assertThat(one.answer().status()).isEqualTo(200);
        }
    }

    /** Of two both are always compared; the slow one is tried once, before anything is known of it. */
    @ParameterizedTest
    @EnumSource(Among.class)
    void latencyPrefersTheFaster(Among among) throws IOException {
        balance(among, "latency", "a", "b");
        accounts.makes("a", () -> Reply.status(200).pause(Duration.ofSeconds(3)).body("{\"served\":\"a\"}"));
        Map<String, Integer> tally = tally(rig, 200);
        assertThat(tally.get("b")).isGreaterThan(190);
        assertThat(tally.get("a")).isPositive();
        assertThat(Accounts.health(
                                rig,
                                among == Among.CHANNELS ? "a" : "several",
                                among == Among.CHANNELS ? "default" : "a")
                        .path("latency_ms")
                        .asInt())
                .isGreaterThan(1000);
    }
}
