package io.aiproxy.behaviour;

import static io.aiproxy.behaviour.Calls.BODY;
import static io.aiproxy.behaviour.Calls.CHAT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.aiproxy.core.Secret;
import io.aiproxy.testing.FakeUpstream;
import io.aiproxy.testing.Gate;
import io.aiproxy.testing.GatewayRig;
import io.aiproxy.testing.NeedsGateway;
import io.aiproxy.testing.RawClient;
import io.aiproxy.testing.RedisRig;
import io.aiproxy.testing.Reply;
import io.aiproxy.testing.RigConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Two gateways that share their limits through a real Redis. */
@NeedsGateway
@Timeout(180)
class RedisLimitTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final RedisRig redis = RedisRig.start();
    private final FakeUpstream upstream = FakeUpstream.start();
    private final List<GatewayRig> rigs = new ArrayList<>();

    @BeforeEach
    void answer() {
        upstream.onAny().reply(Calls.ok());
    }

    @AfterEach
    void stop() {
        rigs.forEach(GatewayRig::close);
        upstream.close();
        redis.close();
    }

    private GatewayRig gateway(String query) {
        RigConfig config = RigConfig.empty().channel("alpha", upstream);
        user(config, "many", "{requests: 40, per: day}");
        user(config, "calls", "{concurrent: 1}");
        user(config, "local", "{requests: 100000, per: day}");
        user(config, "refuse", "{requests: 100000, per: day, outage: refuse}");
        GatewayRig rig = GatewayRig.start(config, settings -> settings.withRedis(Secret.of(redis.url(query))));
        rigs.add(rig);
        awaitUp(rig, 1);
        return rig;
    }

    private static void user(RigConfig config, String name, String limit) {
        config.userLines(
                name,
                "channels: [alpha]",
                "limits: [" + limit + "]",
                "keys: [{proxy_key: pk_test_" + name + ", name: laptop}]");
    }

    private static String key(String who) {
        return "Authorization: Bearer pk_test_" + who;
    }

    private static int status(GatewayRig rig, String who) {
        try {
            return Calls.post(rig, CHAT, BODY, key(who)).status();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void awaitUp(GatewayRig rig, int value) {
        await("aiproxy_limit_store_up to be " + value)
                .atMost(PATIENCE)
                .until(() -> Calls.get(rig, "/metrics").text().contains("aiproxy_limit_store_up " + value + ".0"));
    }

    @Test
    void aLimitHoldsForBothTogether() throws Exception {
        List<GatewayRig> both = List.of(gateway("?timeout=30s"), gateway("?timeout=30s"));
        ExecutorService callers = Executors.newFixedThreadPool(16);
        List<CompletableFuture<Integer>> answers = new ArrayList<>();
        for (int i = 0; i < 120; i++) {
            GatewayRig rig = both.get(i % 2);
            answers.add(CompletableFuture.supplyAsync(() -> status(rig, "many"), callers));
        }
        List<Integer> statuses = answers.stream().map(CompletableFuture::join).toList();
        callers.shutdown();
        assertThat(statuses).containsOnly(200, 429);
        assertThat(statuses.stream().filter(status -> status == 200)).hasSize(40);
        Calls.post(both.get(0), CHAT, BODY, key("many")).isFailure(429, "rate_limit_exceeded");
    }

    @Test
    void whatIsUnderWayAtOneIsSeenByTheOtherUntilItEnds() throws Exception {
        GatewayRig one = gateway("?timeout=30s");
        GatewayRig other = gateway("?timeout=30s");
        Gate gate = Gate.closed();
        upstream.reset();
        upstream.onAny()
                .reply(Reply.sse().event("one").await(gate).event("two"))
                .reply(Calls.ok());
        try (RawClient waiting = one.client()) {
            waiting.post(CHAT, BODY, key("calls"));
            upstream.awaitRequest(1);
            Calls.post(other, CHAT, BODY, key("calls")).isFailure(429, "concurrency_limit_exceeded");
            gate.open();
            assertThat(waiting.answer().text()).contains("two");
        }
        await().atMost(PATIENCE).until(() -> status(other, "calls") == 200); // it may be told of the end a moment later
    }

    @Test
    void withoutRedisEachGatewayGoesOnAloneOrRefuses() throws Exception {
        GatewayRig rig = gateway("");
        assertThat(status(rig, "local")).isEqualTo(200);
        redis.pause();
        for (int i = 0; i < 30; i++) { // every one is answered while it is paused
            assertThat(status(rig, "local")).isEqualTo(200);
        }
        Calls.post(rig, CHAT, BODY, key("refuse")).isFailure(503, "limits_unavailable");
        assertThat(Calls.get(rig, "/metrics").text())
                .contains("aiproxy_limit_store_up 0.0")
                .contains("aiproxy_limit_store_outages_total 1.0");
        redis.resume();
        awaitUp(rig, 1);
        redis.stop();
        awaitUp(rig, 0);
        assertThat(status(rig, "local")).isEqualTo(200);
        assertThat(status(rig, "refuse")).isEqualTo(503);
        redis.boot();
        awaitUp(rig, 1);
        await().atMost(PATIENCE).until(() -> status(rig, "refuse") == 200);
    }

    @Test
    void aGatewayStartsWithoutRedis() {
        redis.stop();
        GatewayRig rig = GatewayRig.start(
                RigConfig.empty().channel("alpha", upstream).user("zhangsan", GatewayRig.KEY, "alpha"),
                settings -> settings.withRedis(Secret.of(redis.url(""))));
        rigs.add(rig);
        awaitUp(rig, 0);
        assertThat(status(rig, "zhangsan")).isEqualTo(200);
        redis.boot();
        awaitUp(rig, 1);
    }
}
