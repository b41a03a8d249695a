package io.aiproxy.behaviour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.aiproxy.testing.FakeUpstream;
import io.aiproxy.testing.GatewayRig;
import io.aiproxy.testing.NeedsGateway;
import io.aiproxy.testing.RawClient;
import io.aiproxy.testing.Reply;
import io.aiproxy.testing.RigConfig;
import java.io.IOException;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The operational pages: open, uncounted, and true. */
@NeedsGateway
class OpsPagesTest {
    @AutoClose
    private final FakeUpstream upstream = FakeUpstream.start();

    @AutoClose
    private GatewayRig rig;

    @BeforeEach
    void start() {
        upstream.onAny().reply(Calls.ok());
        rig = GatewayRig.start(RigConfig.empty()
                .channel("alpha", upstream)
                .channel("idle", upstream)
                .user("zhangsan", GatewayRig.KEY, "alpha"));
    }

    private JsonNode stats() throws IOException {
        return Calls.get(rig, "/stats").json();
    }

    @ParameterizedTest
    @CsvSource({
        "/health, application/json",
        "/ready, application/json",
        "/status, application/json",
        "/stats, application/json",
        "/dashboard, text/html",
        "/metrics, text/plain",
    })
    void everyPageIsOpen(String page, String type) throws IOException {
        Calls.Result result = Calls.get(rig, page);
        assertThat(result.status()).isEqualTo(200);
        assertThat(result.header("content-type")).startsWith(type);
        assertThat(result.text()).isNotEmpty();
        try (RawClient client = rig.client()) {
            assertThat(client.head("HEAD " + page).answer("HEAD").status()).isEqualTo(200);
        }
    }

    @Test
    void healthAndStatusSayWhatTheyAlwaysSaid() throws IOException {
        JsonNode health = Calls.get(rig, "/health").json();
        assertThat(health.path("status").asText()).isEqualTo("ok");
        assertThat(health.path("timestamp").isNumber()).isTrue();
        assertThat(health.path("version").asText()).isNotEmpty();
        JsonNode status = Calls.get(rig, "/status").json();
        assertThat(status.path("status").asText()).isEqualTo("running");
        assertThat(status.path("config_loaded").asBoolean()).isTrue();
    }

    @Test
    void statisticsOfNothingAreNumbers() throws IOException {
        JsonNode stats = stats();
        assertThat(stats.path("total_requests").asLong()).isZero();
        assertThat(stats.toString()).doesNotContain("NaN", "Infinity");
        assertThat(stats.path("channel_stats").path("idle").path("requests").asLong(-1))
                .isZero();
        assertThat(stats.path("api_keys_count").asInt()).isEqualTo(1);
        assertThat(Calls.get(rig, "/stats").header("access-control-allow-origin"))
                .isEqualTo("*");
    }

    @Test
    void callsAreCountedAndPagesAreNot() throws IOException {
        for (int i = 0; i < 3; i++) {
            Calls.chat(rig);
        }
        upstream.reset();
        upstream.onAny().reply(Reply.json(500, "{}"));
        Calls.chat(rig);
        await().until(() -> stats().path("total_requests").asLong() == 4);
        for (int i = 0; i < 5; i++) {
            Calls.get(rig, "/dashboard");
            Calls.get(rig, "/metrics");
        }
        JsonNode stats = stats();
        assertThat(stats.path("total_requests").asLong()).isEqualTo(4);
        assertThat(stats.path("successful_requests").asLong()).isEqualTo(3);
        assertThat(stats.path("failed_requests").asLong()).isEqualTo(1);
        assertThat(stats.path("success_rate").asText()).isEqualTo("75.00%");
        assertThat(stats.path("channel_stats").path("alpha").path("requests").asLong())
                .isEqualTo(4);
        assertThat(stats.path("channel_stats").path("alpha").path("name").asText())
                .isEqualTo("Channel alpha");
    }

    @Test
    void metricsCountCalls() throws IOException {
        Calls.chat(rig);
        await().untilAsserted(() -> assertThat(Calls.get(rig, "/metrics").text())
                .containsPattern("aiproxy_calls_total\\{[^}]*channel=\"alpha\"[^}]*\\} 1"));
    }

    @Test
    void everyChannelAndUserIsListedWithItsName() throws IOException {
        Calls.chat(rig);
        await().until(() ->
                stats().path("user_stats").path("zhangsan").path("requests").asLong() == 1);
        JsonNode stats = stats();
        assertThat(stats.path("user_stats").path("zhangsan").path("name").asText())
                .isEqualTo("User zhangsan");
        assertThat(stats.path("channel_stats").fieldNames()).toIterable().containsExactly("alpha", "idle");
    }

    @Test
    void theDashboardShowsWhatStatsSaysAndLoadsNothingFromElsewhere() throws IOException {
        String page = Calls.get(rig, "/dashboard").text();
        assertThat(page).contains("fetch(").contains("stats").contains("channel_stats", "user_stats");
        assertThat(page).doesNotContainPattern("(src|href)=\"(https?:)?//");
    }

    @Test
    void withAPortOfTheirOwnTheyLiveOnlyThere() throws IOException {
        int port = FakeUpstream.refusingPort();
        try (GatewayRig apart = GatewayRig.start(
                RigConfig.empty().channel("alpha", upstream).user("zhangsan", GatewayRig.KEY, "alpha"),
                s -> s.withOpsPort(port))) {
            assertThat(apart.opsPort()).isEqualTo(port);
            try (RawClient client = RawClient.connect(port)) {
                assertThat(client.get("/stats").answer().status()).isEqualTo(200);
            }
            Calls.get(apart, "/stats").isFailure(401, "missing_api_key");
            Calls.get(apart, "/stats", GatewayRig.AUTH);
            assertThat(upstream.only().target()).isEqualTo("/stats");
        }
    }
}
