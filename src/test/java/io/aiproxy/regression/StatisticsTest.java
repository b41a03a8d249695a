package io.aiproxy.regression;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.aiproxy.testing.FakeUpstream;
import io.aiproxy.testing.GatewayRig;
import io.aiproxy.testing.NeedsGateway;
import io.aiproxy.testing.RawClient;
import io.aiproxy.testing.Reply;
import io.aiproxy.testing.RigConfig;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** Counters were lost under concurrency, and people with the same name were counted as one. */
@NeedsGateway
class StatisticsTest {
    private static final int CALLERS = 8;
    private static final int CALLS = 50;

    @AutoClose
    private final FakeUpstream upstream = FakeUpstream.start();

    private static JsonNode stats(GatewayRig rig) throws IOException {
        try (RawClient client = rig.client()) {
            return new ObjectMapper().readTree(client.get("/stats").answer().text());
        }
    }

    private static void call(GatewayRig rig, String key, int times) throws IOException {
        try (RawClient client = rig.client()) {
            for (int i = 0; i < times; i++) {
                client.post("/v1/chat/completions", "{}", "Authorization: Bearer " + key);
                assertThat(client.answer().text()).isEqualTo("{}");
            }
        }
    }

    @Test
    void noCallIsLostUnderConcurrency() throws Exception {
        upstream.onAny().reply(Reply.json("{}"));
        ExecutorService threads = Executors.newFixedThreadPool(CALLERS);
        try (GatewayRig rig = GatewayRig.start(
                RigConfig.empty().channel("alpha", upstream).user("zhangsan", GatewayRig.KEY, "alpha"))) {
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < CALLERS; i++) {
                running.add(threads.submit(() -> {
                    call(rig, GatewayRig.KEY, CALLS);
                    return null;
                }));
            }
            for (Future<?> caller : running) {
                caller.get();
            }
            await().until(() -> stats(rig).path("total_requests").asLong() >= CALLERS * CALLS);
            JsonNode stats = stats(rig);
            assertThat(stats.path("total_requests").asLong()).isEqualTo(CALLERS * CALLS);
            assertThat(stats.path("successful_requests").asLong()).isEqualTo(CALLERS * CALLS);
            assertThat(stats.path("channel_stats")
                            .path("alpha")
                            .path("requests")
                            .asLong())
                    .isEqualTo(CALLERS * CALLS);
            await().until(() -> rig.accessLog().size() >= CALLERS * CALLS);
            assertThat(rig.accessLog()).hasSize(CALLERS * CALLS);
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void twoPeopleOrChannelsOfOneNameStayTwo() throws IOException {
        upstream.onAny().reply(Reply.json("{}"));
        try (GatewayRig rig = GatewayRig.start(RigConfig.empty()
                .channel("east", upstream, "name: 百炼")
                .channel("west", upstream, "name: 百炼")
                .userLines("u1", "name: 张三", "channels: [east]", "proxy_key: pk_test_first_zhang")
                .userLines("u2", "name: 张三", "channels: [west]", "proxy_key: pk_test_second_zhang"))) {
            call(rig, "pk_test_first_zhang", 1);
            call(rig, "pk_test_second_zhang", 2);
            await().until(() -> stats(rig).path("total_requests").asLong() == 3);
            JsonNode stats = stats(rig);
            assertThat(stats.path("user_stats").path("u1").path("requests").asLong())
                    .isEqualTo(1);
            assertThat(stats.path("user_stats").path("u2").path("requests").asLong())
                    .isEqualTo(2);
            assertThat(stats.path("channel_stats").path("east").path("requests").asLong())
                    .isEqualTo(1);
            assertThat(stats.path("channel_stats").path("west").path("requests").asLong())
                    .isEqualTo(2);
        }
    }
}
