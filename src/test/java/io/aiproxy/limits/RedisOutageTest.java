package io.aiproxy.limits;

import static io.aiproxy.limits.RedisKit.take;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.aiproxy.core.Secret;
import io.aiproxy.core.Ticker;
import io.aiproxy.testing.RedisRig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A real Redis that falls silent, dies, comes back: calls go on, and nothing is counted twice or forgotten. */
@Timeout(120)
class RedisOutageTest {
    private static final Duration LEASE = Duration.ofSeconds(6);
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final long NOW = System.currentTimeMillis();

    private final RedisRig redis = RedisRig.stopped();
    private final RedisKit.Heard heard = new RedisKit.Heard();
    private final List<RedisCounters> instances = new ArrayList<>();

    @AfterEach
    void end() {
        redis.resume();
        instances.forEach(RedisCounters::close);
        redis.close();
    }

    /** One that waits for Redis as long as calls do by default. */
    private RedisCounters instance() {
        return instance("");
    }

    private RedisCounters instance(String query) {
        RedisCounters counters = new RedisCounters(Secret.of(redis.url(query)), Ticker.SYSTEM, LEASE);
        instances.add(counters);
        counters.start(heard);
        return counters;
    }

    /** What Redis itself has counted. */
    private long counted(Counter counter) throws Exception {
        try (RedisCounters other = RedisKit.connected(redis.url(RedisKit.PATIENT), Ticker.SYSTEM, LEASE)) {
            return other.take(List.of(new Counters.Claim(LimitKit.shadow(counter), 0)), NOW)
                    .toCompletableFuture()
                    .get(60, TimeUnit.SECONDS)
                    .standings()
                    .get(0)
                    .used();
        }
    }

    private void awaitCounted(Counter counter, long expected) {
        await("Redis to have counted " + expected + " of " + counter.name())
                .atMost(PATIENCE)
                .untilAsserted(() -> assertThat(counted(counter)).isEqualTo(expected));
    }

    private static Counter daily(String name, long amount) {
        return LimitKit.sliding(name, amount, Duration.ofDays(20_000)); // one window for all tests there will ever be
    }

    @Test
    void aPausedRedisHoldsNobodyUpAndNothingCountsTwice() throws Exception {
        redis.boot();
        RedisCounters one = instance();
        RedisKit.awaitUp(one);
        Counter requests = daily("requests", 1_000_000);
        Counter calls = LimitKit.concurrent("calls", 1_000);
        redis.pause();
        for (int i = 0; i < 100; i++) { // all are answered while it is paused
            assertThat(take(one, NOW, requests, calls).taken()).isTrue();
        }
        assertThat(one.up()).as("the breaker has opened").isFalse();
        assertThat(one.misses()).isEqualTo(100);
        assertThat(heard.events).containsExactly("lost");
        assertThat(one.outages()).isEqualTo(1);
        one.correct(RedisKit.claims(-1, requests, calls), NOW);
        redis.resume();
        RedisKit.awaitUp(one);
        awaitCounted(requests, 99);
        awaitCounted(calls, 99);
        assertThat(heard.events).startsWith("lost", "back");
    }

    @Test
    void whatWasRefusedMeanwhileIsGivenBack() throws Exception {
        redis.boot();
        RedisCounters one = instance();
        RedisKit.awaitUp(one);
        Counter requests = daily("requests", 1_000);
        Counter calls = LimitKit.concurrent("calls", 1_000);
        redis.pause();
        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(() -> take(one, NOW, RedisKit.refusing(requests), calls))
                    .isInstanceOf(ExecutionException.class);
        }
        assertThat(take(one, NOW, requests).taken()).isTrue();
        redis.resume();
        RedisKit.awaitUp(one);
        awaitCounted(requests, 1);
        awaitCounted(calls, 0);
    }

    @Test
    void eachInstanceGoesOnWithWhatItHasLetThroughItself() throws Exception {
        redis.boot();
        RedisCounters one = RedisKit.connected(redis.url(RedisKit.PATIENT), Ticker.SYSTEM, LEASE);
        RedisCounters other = RedisKit.connected(redis.url(RedisKit.PATIENT), Ticker.SYSTEM, LEASE);
        instances.addAll(List.of(one, other));
        Counter requests = daily("requests", 3);
        assertThat(take(one, NOW, requests).taken()).isTrue();
        assertThat(take(one, NOW, requests).taken()).isTrue();
        assertThat(take(other, NOW, requests).taken()).isTrue();
        assertThat(take(other, NOW, requests).taken()).isFalse();
        redis.stop();
        RedisKit.awaitDown(one);
        RedisKit.awaitDown(other);
        assertThat(take(one, NOW, requests).taken()).isTrue();
        assertThat(take(one, NOW, requests).taken()).isFalse();
        assertThat(take(other, NOW, requests).taken()).isTrue();
        assertThat(take(other, NOW, requests).taken()).isTrue();
        assertThat(take(other, NOW, requests).taken()).isFalse();
        redis.boot();
        RedisKit.awaitUp(one);
        RedisKit.awaitUp(other);
        awaitCounted(requests, 3); // one and two; what the old Redis knew is gone with it
    }

    @Test
    void aRedisThatEndsAndComesBackUnderLoadFailsNobody() throws Exception {
        redis.boot();
        RedisCounters one = instance();
        RedisKit.awaitUp(one);
        Counter local = daily("local", Long.MAX_VALUE / 2);
        Counter refusing = RedisKit.refusing(daily("refusing", Long.MAX_VALUE / 2));
        AtomicBoolean stopping = new AtomicBoolean();
        AtomicLong good = new AtomicLong();
        AtomicLong bad = new AtomicLong();
        AtomicLong refused = new AtomicLong();
        CompletableFuture<Void> load = CompletableFuture.runAsync(() -> {
            while (!stopping.get()) {
                count(one, local, good, bad);
                count(one, refusing, good, refused);
            }
        });
        await().atMost(PATIENCE).until(() -> good.get() > 200);
        redis.stop();
        await().atMost(PATIENCE).until(() -> refused.get() > 200);
        assertThat(one.up()).isFalse();
        redis.boot();
        RedisKit.awaitUp(one);
        long before = good.get();
        await().atMost(PATIENCE).until(() -> good.get() > before + 200);
        stopping.set(true);
        load.get(60, TimeUnit.SECONDS);
        assertThat(bad.get()).as("calls that failed with outage: local").isZero();
        assertThat(heard.events).startsWith("lost", "back");
    }

    private static void count(RedisCounters counters, Counter counter, AtomicLong good, AtomicLong bad) {
        try {
            (take(counters, NOW, counter).taken() ? good : bad).incrementAndGet();
        } catch (Exception e) {
            bad.incrementAndGet();
        }
    }

    @Test
    void aRedisThatIsNotThereYetIsWaitedForByNobody() throws Exception {
        RedisCounters one = instance(RedisKit.PATIENT);
        Counter requests = daily("requests", 2);
        assertThat(take(one, NOW, requests).taken()).isTrue();
        assertThatThrownBy(() -> take(one, NOW, RedisKit.refusing(requests))).isInstanceOf(ExecutionException.class);
        await().atMost(PATIENCE).until(() -> heard.events.contains("lost"));
        redis.boot();
        RedisKit.awaitUp(one);
        awaitCounted(requests, 1);
        assertThat(take(one, NOW, RedisKit.refusing(requests)).taken()).isTrue();
        assertThat(take(one, NOW, requests).taken()).isFalse();
    }

    @Test
    void aRedisThatCannotWriteIsGivenUpAndLearnsLaterWhatItMissed() throws Exception {
        redis.boot();
        RedisCounters one = instance();
        RedisKit.awaitUp(one);
        Counter requests = daily("requests", 1_000);
        assertThat(take(one, NOW, requests).taken()).isTrue();
        redis.call(commands -> commands.configSet("maxmemory", "1"));
        for (int i = 0; i < 30; i++) {
            assertThat(take(one, NOW, requests).taken()).isTrue();
        }
        assertThat(one.up()).isFalse();
        redis.call(commands -> commands.configSet("maxmemory", "0"));
        RedisKit.awaitUp(one);
        awaitCounted(requests, 31);
    }

    @Test
    void shadowsRefuseNothingWhateverTheirOutageSays() throws Exception {
        RedisCounters one = instance();
        Counter shadow = LimitKit.shadow(RedisKit.refusing(daily("shadow", 0)));
        assertThat(take(one, NOW, shadow).taken()).isTrue();
    }
}
