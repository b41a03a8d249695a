package io.aiproxy.limits;

import static io.aiproxy.limits.RedisKit.take;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.aiproxy.config.LimitConfig;
import io.aiproxy.core.Secret;
import io.aiproxy.core.Ticker;
import io.aiproxy.testing.RedisRig;
import io.lettuce.core.AclSetuserArgs;
import io.lettuce.core.KillArgs;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Two instances on one real Redis that is well: what they let through together is exact. */
@Timeout(120)
class RedisCountersTest {
    private static final Duration LEASE = Duration.ofSeconds(3);
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final LimitKit.Clock CLOCK = new LimitKit.Clock("2026-03-01T00:00:00Z");
    private static final long NOW = CLOCK.millis();

    @SuppressWarnings("NullAway.Init")
    private static RedisRig redis;

    private final List<RedisCounters> instances = new ArrayList<>();

    @BeforeAll
    static void start() {
        redis = RedisRig.start();
    }

    @AfterAll
    static void stop() {
        redis.close();
    }

    @BeforeEach
    void forget() {
        redis.call(commands -> commands.flushall());
    }

    @AfterEach
    void end() {
        instances.forEach(RedisCounters::close);
    }

    private RedisCounters instance() {
        return instance(redis.url(RedisKit.PATIENT));
    }

    private RedisCounters instance(String url) {
        RedisCounters counters = RedisKit.connected(url, CLOCK, LEASE);
        instances.add(counters);
        return counters;
    }

    private static LimitConfig.Calendar.Unit day() {
        return LimitConfig.Calendar.Unit.DAY;
    }

    /** How many of these calls were let through, when all instances take them at the same time. */
    private static int letThrough(int calls, List<RedisCounters> instances, Counter... of) throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        List<CompletableFuture<Integer>> all = new ArrayList<>();
        for (RedisCounters instance : instances) {
            for (int thread = 0; thread < 4; thread++) {
                all.add(CompletableFuture.supplyAsync(
                        () -> {
                            int taken = 0;
                            try {
                                go.await();
                                List<CompletableFuture<Counters.Verdict>> verdicts = new ArrayList<>();
                                for (int i = 0; i < calls; i++) {
                                    verdicts.add(instance.take(RedisKit.claims(1, of), NOW)
                                            .toCompletableFuture());
                                }
                                for (CompletableFuture<Counters.Verdict> verdict : verdicts) {
                                    taken += verdict.join().taken() ? 1 : 0;
                                }
                            } catch (InterruptedException e) {
                                Thread.currentThread().interrupt();
                            }
                            return taken;
                        },
                        task -> new Thread(task).start()));
            }
        }
        go.countDown();
        int sum = 0;
        for (CompletableFuture<Integer> one : all) {
            sum += one.get();
        }
        return sum;
    }

    @Test
    void exactlyAsManyAsTheLimitSaysOverBothInstances() throws Exception {
        List<RedisCounters> both = List.of(instance(), instance());
        assertThat(letThrough(100, both, LimitKit.sliding("s", 333, Duration.ofHours(1))))
                .isEqualTo(333);
        assertThat(letThrough(100, both, LimitKit.calendar("c", 217, day(), "UTC")))
                .isEqualTo(217);
        assertThat(letThrough(100, both, LimitKit.concurrent("m", 99))).isEqualTo(99);
        Counter wide = LimitKit.sliding("wide", 5_000, Duration.ofHours(1));
        Counter tight = LimitKit.concurrent("tight", 41);
        assertThat(letThrough(100, both, wide, tight)).isEqualTo(41);
        assertThat(take(both.get(0), NOW, wide).standings().get(0).used())
                .as("who was refused by one has taken nothing of the other")
                .isEqualTo(42);
        assertThat(both.get(0).misses() + both.get(1).misses()).isZero();
    }

    @Test
    void whatOneInstanceGivesBackTheOtherMayTake() throws Exception {
        RedisCounters one = instance();
        RedisCounters other = instance();
        Counter budget = LimitKit.calendar("budget", 1, day(), "UTC");
        Counter calls = LimitKit.concurrent("calls", 1);
        assertThat(take(one, NOW, budget, calls).taken()).isTrue();
        assertThat(take(other, NOW, budget, calls).taken()).isFalse();
        one.correct(RedisKit.claims(-1, budget, calls), NOW);
        await().atMost(PATIENCE).until(() -> take(other, NOW, budget, calls).taken());
    }

    @Test
    void clocksThatDisagreeLetNothingMoreThrough() throws Exception {
        RedisCounters one = instance();
        RedisCounters behind = instance();
        Counter counter = LimitKit.sliding("skew", 10, Duration.ofSeconds(1));
        long begin = NOW;
        int taken = 0;
        for (int i = 0; i < 20; i++) {
            taken += take(one, begin, counter).taken() ? 1 : 0;
            taken += take(behind, begin - 1_500, counter).taken() ? 1 : 0;
        }
        assertThat(taken).isEqualTo(10);
        Counter daily = LimitKit.calendar("skew", 10, day(), "UTC");
        taken = 0;
        for (int i = 0; i < 20; i++) {
            taken += take(one, begin, daily).taken() ? 1 : 0;
            taken += take(behind, begin - 1, daily).taken() ? 1 : 0;
        }
        assertThat(taken).isEqualTo(10);
    }

    @Test
    void aClockThatWasWrongByADayDoesNotLockAnybodyOut() throws Exception {
        RedisCounters one = instance();
        Counter sliding = LimitKit.sliding("ahead", 2, Duration.ofMinutes(1));
        Counter daily = LimitKit.calendar("ahead-daily", 2, day(), "UTC");
        take(one, NOW + 86_400_000, sliding, daily);
        assertThat(take(one, NOW, sliding, daily).taken()).isTrue();
        assertThat(take(one, NOW, sliding, daily).taken())
                .as("the counts went with the clock")
                .isFalse();
        assertThat(take(one, NOW + 120_000, sliding).taken()).isTrue();
    }

    @Test
    void whatADeadInstanceHadUnderWayVanishesAndComesBackWithIt() throws Exception {
        redis.call(commands -> commands.aclSetuser(
                "mortal",
                AclSetuserArgs.Builder.on().addPassword("pw_test").allCommands().allKeys()));
        RedisCounters survivor = instance();
        RedisCounters mortal = instance(redis.url("mortal", "pw_test", RedisKit.PATIENT));
        Counter calls = LimitKit.concurrent("calls", 3);
        assertThat(take(mortal, NOW, calls).taken()).isTrue();
        assertThat(take(mortal, NOW, calls).taken()).isTrue();
        assertThat(take(survivor, NOW, calls).taken()).isTrue();
        assertThat(take(survivor, NOW, calls).taken()).isFalse();
        redis.call(commands -> {
            commands.aclSetuser("mortal", AclSetuserArgs.Builder.off());
            return commands.clientKill(KillArgs.Builder.user("mortal"));
        });
        RedisKit.awaitDown(mortal);
        await().atMost(PATIENCE).until(() -> take(survivor, NOW, calls).taken());
        assertThat(take(survivor, NOW, calls).taken()).isTrue();
        assertThat(take(survivor, NOW, calls).taken()).isFalse();
        survivor.correct(RedisKit.claims(-3, calls), NOW);

        redis.call(commands -> commands.aclSetuser("mortal", AclSetuserArgs.Builder.on()));
        RedisKit.awaitUp(mortal);
        assertThat(take(survivor, NOW, calls).standings().get(0).used())
                .as("its two calls never ended")
                .isEqualTo(3);
        mortal.correct(RedisKit.claims(-2, calls), NOW);
        await().atMost(PATIENCE).until(() -> take(survivor, NOW, calls).taken());
    }

    @Test
    void whoLeavesTakesItsCallsAlong() throws Exception {
        RedisCounters leaving = instance();
        RedisCounters staying = instance();
        Counter calls = LimitKit.concurrent("calls", 1);
        assertThat(take(leaving, NOW, calls).taken()).isTrue();
        assertThat(take(staying, NOW, calls).taken()).isFalse();
        leaving.close();
        assertThat(take(staying, NOW, calls).taken()).isTrue();
    }

    @Test
    void whatIsUnderWayIsToldAgainToARedisThatHasForgottenIt() throws Exception {
        RedisCounters one = instance();
        RedisCounters other = instance();
        Counter calls = LimitKit.concurrent("calls", 2);
        assertThat(take(one, NOW, calls).taken()).isTrue();
        assertThat(take(one, NOW, calls).taken()).isTrue();
        redis.call(commands -> commands.flushall());
        Counter look = LimitKit.shadow(calls);
        await().atMost(PATIENCE)
                .until(() -> other.take(List.of(new Counters.Claim(look, 0)), NOW)
                                .toCompletableFuture()
                                .join()
                                .standings()
                                .get(0)
                                .used()
                        == 2);
        assertThat(take(other, NOW, calls).taken()).isFalse();
    }

    @Test
    void scriptsThatRedisHasForgottenAreSentAgain() throws Exception {
        RedisCounters one = instance();
        Counter counter = LimitKit.sliding("s", 10, Duration.ofHours(1));
        take(one, NOW, counter);
        redis.call(commands -> commands.scriptFlush());
        assertThat(take(one, NOW, counter).standings().get(0).used()).isEqualTo(2);
        redis.call(commands -> commands.scriptFlush());
        one.correct(RedisKit.claims(-1, counter), NOW);
        await().atMost(PATIENCE)
                .until(() -> one.take(RedisKit.claims(0, counter), NOW)
                                .toCompletableFuture()
                                .join()
                                .standings()
                                .get(0)
                                .used()
                        == 1);
        assertThat(one.misses()).isZero();
    }

    @Test
    void allKeysLieInOneSlotOfACluster(@TempDir Path dir) throws Exception {
        try (RedisRig cluster =
                RedisRig.start("cluster-enabled yes", "cluster-config-file " + dir.resolve("nodes.conf"))) {
            cluster.call(commands ->
                    commands.clusterAddSlots(IntStream.range(0, 16_384).toArray()));
            await().atMost(PATIENCE).until(() -> cluster.call(commands -> commands.clusterInfo())
                    .contains("cluster_state:ok"));
            RedisCounters one = instance(cluster.url(RedisKit.PATIENT));
            Counter calls = LimitKit.concurrent("{d}", 5);
            Counter hourly = LimitKit.sliding("a}b", 10, Duration.ofHours(1));
            assertThat(take(one, NOW, hourly, LimitKit.calendar("c", 10, day(), "UTC"), calls)
                            .taken())
                    .isTrue();
            one.correct(RedisKit.claims(-1, hourly, calls), NOW);
            assertThat(take(one, NOW, hourly, calls).standings().get(1).used()).isEqualTo(1);
            assertThat(one.misses()).isZero();
        }
    }

    @Test
    void nothingStaysForEver() throws Exception {
        RedisCounters one = instance();
        take(
                one,
                NOW,
                LimitKit.sliding("s", 10, Duration.ofHours(1)),
                LimitKit.calendar("c", 10, day(), "UTC"),
                LimitKit.concurrent("m", 5));
        List<String> keys = redis.call(commands -> commands.keys("*"));
        assertThat(keys).hasSize(4);
        for (String key : keys) {
            long left = redis.call(commands -> commands.pttl(key));
            assertThat(left).as(key).isPositive();
        }
    }

    @Test
    void aUrlThatCannotBeUsedIsNotRepeated() {
        assertThatThrownBy(() -> new RedisCounters(Secret.of("redis://:pw_test@ho st:x"), Ticker.SYSTEM))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("redis://")
                .hasMessageNotContaining("pw_test")
                .hasNoCause();
    }
}
