package io.aiproxy.behaviour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.aiproxy.testing.FakeUpstream;
import io.aiproxy.testing.GatewayRig;
import io.aiproxy.testing.NeedsGateway;
import io.aiproxy.testing.RawWebSocket;
import io.aiproxy.testing.Reply;
import io.aiproxy.testing.RigConfig;
import java.io.IOException;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What one call learns of a credential spares the next ones the attempt, and operators see it. */
@NeedsGateway
class HealthTest {
    @AutoClose
    private final FakeUpstream upstream = FakeUpstream.start();

    @AutoClose
    private GatewayRig rig;

    @BeforeEach
    void start() {
        rig = GatewayRig.start(RigConfig.empty()
                .channel("first", upstream)
                .channel("second", upstream)
                .user("zhangsan", GatewayRig.KEY, "first", "second"));
        upstream.onAny().reply(Calls.ok());
    }

    private void first(Reply reply) {
        upstream.on(request -> request.header("authorization").orElse("").endsWith(RigConfig.keyOf("first")))
                .reply(reply);
    }

    private JsonNode health(String channel) throws IOException {
        return Calls.get(rig, "/status").json().path("health").path(channel).path("default");
    }

    @Test
    void aRefusedCredentialIsNotTriedByTheNextCall() throws IOException {
        first(Reply.json(401, "{}"));
        Calls.Result one = Calls.chat(rig);
        assertThat(one.header("x-aiproxy-channel")).isEqualTo("second");
        assertThat(one.header("x-aiproxy-attempts")).isEqualTo("2");
        assertThat(Calls.chat(rig).header("x-aiproxy-attempts")).isEqualTo("1");

        assertThat(health("first").path("state").asText()).isEqualTo("cooling_down");
        assertThat(health("first").path("reason").asText()).isEqualTo("refused");
        assertThat(health("first").path("until").asText()).endsWith("Z");
        assertThat(health("second").path("state").asText()).isEqualTo("ok");
        JsonNode ready = Calls.get(rig, "/ready").json();
        assertThat(ready.path("status").asText()).isEqualTo("ready");
        assertThat(ready.path("unwell").fieldNames()).toIterable().containsExactly("first");
        assertThat(Calls.get(rig, "/metrics").text())
                .contains("aiproxy_channel_credentials{channel=\"first\",health=\"unhealthy\"} 1.0")
                .contains("aiproxy_channel_credentials{channel=\"second\",health=\"healthy\"} 1.0")
                .contains("aiproxy_health_changes_total{channel=\"first\",health=\"cooling_down\"} 1.0");
    }

    @Test
    void aThrottledOneIsTriedAgainWhenItSaid() throws IOException {
        first(Reply.json(429, "{}").header("Retry-After", "1"));
        assertThat(Calls.chat(rig).header("x-aiproxy-attempts")).isEqualTo("2");
        first(Calls.ok());
        await().until(() -> Calls.chat(rig).header("x-aiproxy-channel").equals("first"));
        assertThat(health("first").path("state").asText()).isEqualTo("ok");
    }

    @Test
    void theOnlyCandidateIsAlwaysTried() throws IOException {
        first(Reply.json(403, "{}"));
        for (int i = 0; i < 3; i++) {
            assertThat(Calls.post(rig, "/first" + Calls.CHAT, Calls.BODY, GatewayRig.AUTH)
                            .status())
                    .isEqualTo(403);
        }
        assertThat(upstream.requests()).hasSize(3);
    }

    @Test
    void anOpenWebSocketIsUnderWayUntilItCloses() throws IOException {
        upstream.onAny().reply(Reply.webSocket().echo());
        RawWebSocket socket = rig.webSocket("/v1/realtime", GatewayRig.AUTH);
        assertThat(health("first").path("in_flight").asInt()).isEqualTo(1);
        assertThat(Calls.get(rig, "/metrics").text()).contains("aiproxy_channel_in_flight{channel=\"first\"} 1.0");
        socket.close(1000, "bye");
        await().until(() -> health("first").path("in_flight").asInt() == 0);
    }

    @Test
    void whatIsKnownOutlivesAChangeOfTheConfiguration() throws IOException {
        first(Reply.json(401, "{}"));
        Calls.chat(rig);
        rig.config().user("lisi", "pk_test_lisi", "first");
        rig.applyConfig();
        assertThat(health("first").path("state").asText()).isEqualTo("cooling_down");
        rig.config().channel("first", upstream, "api_key: sk_upstream_renewed");
        rig.applyConfig();
        assertThat(health("first").path("state").asText()).isEqualTo("ok");
    }
}
