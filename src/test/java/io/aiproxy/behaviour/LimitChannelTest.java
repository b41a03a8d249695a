package io.aiproxy.behaviour;

import static io.aiproxy.behaviour.Calls.BODY;
import static io.aiproxy.behaviour.Calls.CHAT;
import static org.assertj.core.api.Assertions.assertThat;

import io.aiproxy.testing.FakeUpstream;
import io.aiproxy.testing.Gate;
import io.aiproxy.testing.GatewayRig;
import io.aiproxy.testing.NeedsGateway;
import io.aiproxy.testing.RawClient;
import io.aiproxy.testing.RawWebSocket;
import io.aiproxy.testing.Reply;
import io.aiproxy.testing.RigConfig;
import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A channel gets no more than its limits say; what it may not get goes to the next. Every test has channels of its own. */
@NeedsGateway
class LimitChannelTest {
    private static final FakeUpstream FIRST = FakeUpstream.start();
    private static final FakeUpstream SECOND = FakeUpstream.start();
    private static final String ONE = "limits: [{requests: 1, per: day}]";
    private static GatewayRig rig;

    @BeforeAll
    static void start() {
        RigConfig config = RigConfig.empty();
        pair(config, "over", ONE, "name: any");
        pair(config, "both", ONE, "limits: [{requests: 1, per: 20s}]");
        pair(config, "back", "limits: [{tokens: 100, per: day}, {concurrent: 1}]", "name: any");
        pair(config, "busy", "limits: [{concurrent: 1}]", "name: any");
        pair(config, "socket", "limits: [{sockets: 1}]", "name: any");
        config.channel(
                        "siblings",
                        FIRST,
                        ONE,
                        "api_key: null",
                        "credentials: [one-fake-key, two-fake-key, three-fake-key]")
                .user("siblings", "pk_test_siblings", "siblings")
                .channel("again", FIRST, "limits: [{requests: 2, per: day}]", "retry: {max_retries: 5, backoff: 1ms}")
                .user("again", "pk_test_again", "again");
        for (int i = 1; i <= 6; i++) {
            config.channel("many-" + i, FIRST, "limits: [{requests: 0, per: day}]");
        }
        config.channel("many-7", SECOND)
                .user("many", "pk_test_many", "many-1", "many-2", "many-3", "many-4", "many-5", "many-6", "many-7");
        rig = GatewayRig.start(config.system("retry: {max_attempts: 3}"));
    }

    private static void pair(RigConfig config, String name, String first, String second) {
        config.channel(name + "-a", FIRST, first)
                .channel(name + "-b", SECOND, second)
                .user(name, "pk_test_" + name, name + "-a", name + "-b");
    }

    @AfterAll
    static void stop() {
        rig.close();
        FIRST.close();
        SECOND.close();
    }

    @BeforeEach
    void reset() {
        FIRST.reset();
        SECOND.reset();
        FIRST.onAny().reply(Calls.ok());
        SECOND.onAny().reply(Calls.ok());
    }

    private static String key(String who) {
        return "Authorization: Bearer pk_test_" + who;
    }

    private static Calls.Result chat(String who) throws IOException {
        return Calls.post(rig, CHAT, BODY, key(who));
    }

    private static void servedBy(String who, String channel) throws IOException {
        Calls.Result result = chat(who);
        assertThat(result.status()).as(result.text()).isEqualTo(200);
        assertThat(result.header("x-aiproxy-channel")).isEqualTo(channel);
    }

    @Test
    void theNextChannelServesWhenTheFirstIsFull() throws IOException {
        servedBy("over", "over-a");
        servedBy("over", "over-b");
        servedBy("over", "over-b");
        assertThat(FIRST.requests()).hasSize(1);
        assertThat(Calls.get(rig, "/metrics").text())
                .as("being full says nothing against the channel")
                .contains("aiproxy_channel_credentials{channel=\"over-a\",health=\"healthy\"} 1.0")
                .contains("aiproxy_attempts_total{channel=\"over-a\",outcome=\"channel_limit_exceeded\"} 2.0");
    }

    @Test
    void whereAllAreFullTheCallerIsToldWhenTheFirstHasRoom() throws IOException {
        servedBy("both", "both-a");
        servedBy("both", "both-b");
        Calls.Result refused = chat("both").isFailure(429, "channel_limit_exceeded");
        assertThat(refused.header("x-aiproxy-error-origin")).isEqualTo("gateway");
        assertThat(Long.parseLong(refused.header("retry-after"))).isBetween(1L, 40L);
        assertThat(refused.text()).contains("rate_limit_error").contains("the channel \\\"both-");
    }

    @Test
    void whoIsFullCostsNoAttempt() throws IOException {
        servedBy("many", "many-7");
        assertThat(FIRST.requests()).isEmpty();
    }

    @Test
    void aChannelsLimitsAreThoseOfAllItsCredentials() throws IOException {
        servedBy("siblings", "siblings");
        Calls.Result refused = chat("siblings").isFailure(429, "channel_limit_exceeded");
        assertThat(refused.header("x-aiproxy-attempts")).isEqualTo("1");
        assertThat(FIRST.requests()).hasSize(1);
    }

    @Test
    void everyTryCounts() throws IOException {
        FIRST.reset();
        FIRST.onAny().reply(Reply.json(503, "{}"));
        chat("again").isFailure(429, "channel_limit_exceeded");
        assertThat(FIRST.requests()).hasSize(2);
    }

    @Test
    void whatCameToNothingIsGivenBack() throws IOException {
        FIRST.reset();
        FIRST.onAny().reply(Reply.json(500, "{}")).reply(Calls.ok());
        String most = BODY.replace("\"model\"", "\"max_tokens\":50,\"model\"");
        assertThat(Calls.post(rig, CHAT, most, key("back")).header("x-aiproxy-channel"))
                .isEqualTo("back-b");
        assertThat(Calls.post(rig, CHAT, most, key("back")).header("x-aiproxy-channel"))
                .as("100 tokens are there again, and nothing is under way")
                .isEqualTo("back-a");
    }

    @Test
    void aSocketGoesWhereThereIsRoomAndMakesRoomWhenItCloses() throws IOException {
        FIRST.reset();
        SECOND.reset();
        FIRST.onAny().reply(Reply.webSocket().echo());
        SECOND.onAny().reply(Reply.webSocket().echo());
        try (RawWebSocket one = RawWebSocket.open(rig.port(), "/v1/realtime", key("socket"));
                RawWebSocket two = RawWebSocket.open(rig.port(), "/v1/realtime", key("socket"))) {
            assertThat(one.text("a").text()).isEqualTo("a");
            assertThat(two.text("b").text()).isEqualTo("b");
            assertThat(FIRST.requests()).hasSize(1);
            assertThat(SECOND.requests()).hasSize(1);
        }
    }

    @Test
    void aCallThatIsUnderWayLeavesNoRoomForAnother() throws IOException {
        Gate gate = Gate.closed();
        FIRST.reset();
        FIRST.onAny().reply(Reply.sse().event("one").await(gate));
        try (RawClient client = rig.client()) {
            client.post(CHAT, BODY, key("busy"));
            FIRST.awaitRequest(1);
            servedBy("busy", "busy-b");
            gate.open();
            client.answer().text();
        }
    }
}
