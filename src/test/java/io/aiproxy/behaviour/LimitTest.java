package io.aiproxy.behaviour;

import static io.aiproxy.behaviour.Calls.BODY;
import static io.aiproxy.behaviour.Calls.CHAT;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
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

/** Callers get as much as their limits say and are told what they have met. Every test has a user of its own. */
@NeedsGateway
class LimitTest {
    private static final FakeUpstream UPSTREAM = FakeUpstream.start();
    private static GatewayRig rig;

    @BeforeAll
    static void start() {
        RigConfig config = RigConfig.empty().channel("alpha", UPSTREAM);
        user(config, "requests", "{requests: 2, per: day}");
        user(config, "minute", "{requests: 1, per: 30s}");
        user(config, "models", "{requests: 1, per: day, models: [\"gpt-*\"]}");
        user(config, "tokens", "{tokens: 100, per: day}");
        user(config, "failing", "{tokens: 100, per: day}");
        user(config, "cost", "{cost: 0, per: calendar-month}");
        user(config, "calendar", "{requests: 1, per: calendar-month, time_zone: Asia/Shanghai}");
        user(config, "concurrent", "{concurrent: 1}");
        user(config, "sockets", "{sockets: 1}");
        user(config, "shadow", "{requests: 1, per: day, shadow: true}");
        user(config, "headers", "{requests: 5, per: day}");
        user(config, "anthropic", "{requests: 5, per: day}");
        config.userLines("short", "channels: [alpha]", "proxy_key: pk_test_short", "rpm_limit: 1");
        config.userLines(
                "keys",
                "channels: [alpha]",
                "limits: [{requests: 3, per: day}]",
                "keys:\n  - {proxy_key: pk_test_keys, name: a, limits: [{requests: 1, per: day}]}\n"
                        + "  - {proxy_key: pk_test_keys_2, name: b}");
        rig = GatewayRig.start(config);
    }

    private static void user(RigConfig config, String name, String limit) {
        config.userLines(
                name,
                "channels: [alpha]",
                "limits: [" + limit + "]",
                "keys: [{proxy_key: pk_test_" + name + ", name: laptop}]");
    }

    @AfterAll
    static void stop() {
        rig.close();
        UPSTREAM.close();
    }

    @BeforeEach
    void reset() {
        UPSTREAM.reset();
        UPSTREAM.onAny().reply(Calls.ok());
    }

    private static String key(String who) {
        return "Authorization: Bearer pk_test_" + who;
    }

    private static Calls.Result chat(String who) throws IOException {
        return Calls.post(rig, CHAT, BODY, key(who));
    }

    private static void served(String who) throws IOException {
        assertThat(chat(who).status()).as("a call of " + who).isEqualTo(200);
    }

    @Test
    void requestsBeyondTheLimitReachNobody() throws IOException {
        served("requests");
        served("requests");
        Calls.Result refused = chat("requests").isFailure(429, "rate_limit_exceeded");
        assertThat(UPSTREAM.requests()).hasSize(2);
        JsonNode error = refused.json().path("error");
        assertThat(error.path("type").asText()).isEqualTo("rate_limit_error");
        assertThat(error.path("message").asText())
                .contains("2 requests per day of the user \"requests\"")
                .contains("Try again in");
        assertThat(refused.header("x-aiproxy-error-origin")).isEqualTo("caller");
        // one of the two is free when half of the day after this one has passed, whatever time of the day it is
        assertThat(Long.parseLong(refused.header("retry-after"))).isBetween(43_200L, 43_200L + 86_400L);
        assertThat(refused.header("x-should-retry")).isEqualTo("false");
        assertThat(refused.header("x-ratelimit-remaining-requests")).isEqualTo("0");
        assertThat(rig.awaitLogLine("rate_limit_exceeded")).contains("\"ending\":\"refused\"");
    }

    @Test
    void aShortWaitIsWorthATry() throws IOException {
        served("minute");
        Calls.Result refused = chat("minute").isFailure(429, "rate_limit_exceeded");
        assertThat(Long.parseLong(refused.header("retry-after"))).isBetween(1L, 60L);
        assertThat(refused.head().header("x-should-retry")).isEmpty();
    }

    @Test
    void aModelsLimitConcernsThatModel() throws IOException {
        served("models");
        chat("models").isFailure(429, "rate_limit_exceeded");
        String other = BODY.replace("gpt-4o", "qwen-max");
        assertThat(Calls.post(rig, CHAT, other, key("models")).status()).isEqualTo(200);
    }

    @Test
    void tokensAreEstimatedAndTheAnswerCounts() throws IOException {
        try (RawClient client = rig.client()) { // on one connection a call begins when the one before it is booked
            tokensAreEstimated(client);
        }
    }

    private static void tokensAreEstimated(RawClient client) throws IOException {
        Calls.Result first = Calls.read(client.post(CHAT, BODY, key("tokens")));
        assertThat(first.header("x-ratelimit-limit-tokens")).isEqualTo("100");
        int input = (BODY.getBytes(java.nio.charset.StandardCharsets.UTF_8).length + 3) / 4;
        assertThat(first.header("x-ratelimit-remaining-tokens")).isEqualTo(Integer.toString(100 - input));
        Calls.Result second = Calls.read(client.post(CHAT, BODY, key("tokens")));
        int output = (Calls.ANSWER.length() + 3) / 4;
        assertThat(second.header("x-ratelimit-remaining-tokens"))
                .as("after the first answer was booked")
                .isEqualTo(Integer.toString(100 - 2 * input - output));
        String bounded = BODY.replace("\"model\"", "\"max_tokens\":60,\"model\"");
        Calls.post(rig, CHAT, bounded, key("tokens")).isFailure(429, "rate_limit_exceeded");
    }

    @Test
    void whatFailedUsesNoTokens() throws IOException {
        UPSTREAM.reset();
        UPSTREAM.onAny().reply(Reply.json(400, "{\"error\":{}}"));
        for (int i = 0; i < 8; i++) {
            assertThat(chat("failing").status()).isEqualTo(400);
        }
    }

    @Test
    void aBudgetThatIsUsedUpIsAQuota() throws IOException {
        Calls.Result refused = chat("cost").isFailure(429, "quota_exceeded");
        assertThat(refused.json().path("error").path("type").asText()).isEqualTo("insufficient_quota");
        assertThat(refused.header("x-should-retry")).isEqualTo("false");
        assertThat(UPSTREAM.requests()).isEmpty();
    }

    @Test
    void aMonthOfTheCalendarIsAQuota() throws IOException {
        served("calendar");
        Calls.Result refused = chat("calendar").isFailure(429, "quota_exceeded");
        assertThat(refused.text()).contains("calendar month (Asia/Shanghai)");
        assertThat(Long.parseLong(refused.header("retry-after"))).isBetween(1L, 31L * 86_400);
    }

    @Test
    void oneCallAtATime() throws IOException {
        Gate gate = Gate.closed();
        UPSTREAM.reset();
        UPSTREAM.onAny()
                .reply(Reply.sse().event("one").await(gate).event("two"))
                .reply(Calls.ok());
        try (RawClient client = rig.client()) {
            client.post(CHAT, BODY, key("concurrent"));
            UPSTREAM.awaitRequest(1);
            Calls.Result refused = chat("concurrent").isFailure(429, "concurrency_limit_exceeded");
            assertThat(refused.text()).contains("1 call at the same time");
            assertThat(refused.header("retry-after")).isEqualTo("1");
            gate.open();
            client.answer().text();
            assertThat(Calls.read(client.post(CHAT, BODY, key("concurrent"))).status())
                    .isEqualTo(200);
        }
    }

    @Test
    void oneSocketAtATimeAndCallsBesideIt() throws IOException {
        UPSTREAM.on("/v1/realtime").reply(Reply.webSocket().echo());
        try (RawWebSocket socket = RawWebSocket.open(rig.port(), "/v1/realtime", key("sockets"));
                RawClient client = rig.client()) {
            assertThat(socket.text("there?").text()).isEqualTo("there?");
            RawWebSocket.on(client).sendHandshake("/v1/realtime", key("sockets"));
            Calls.read(client).isFailure(429, "concurrency_limit_exceeded");
            served("sockets");
        }
    }

    @Test
    void aShadowTellsAndRefusesNothing() throws IOException {
        served("shadow");
        served("shadow");
        assertThat(chat("shadow").head().header("x-ratelimit-limit-requests")).isEmpty();
        assertThat(Calls.get(rig, "/metrics").text())
                .contains("aiproxy_limit_rejections_total{quantity=\"requests\",scope=\"user\",shadow=\"true\"} 2.0");
    }

    @Test
    void theTighterOfTwoLimitsHoldsForItsKeyAlone() throws IOException {
        assertThat(chat("keys").header("x-ratelimit-limit-requests")).isEqualTo("1");
        assertThat(chat("keys").isFailure(429, "rate_limit_exceeded").text()).contains("the API key \\\"a\\\"");
        served("keys_2");
        served("keys_2");
        assertThat(chat("keys_2").isFailure(429, "rate_limit_exceeded").text()).contains("the user \\\"keys\\\"");
    }

    @Test
    void aShortFormIsALimit() throws IOException {
        served("short");
        chat("short").isFailure(429, "rate_limit_exceeded");
    }

    @Test
    void theGatewaysNumbersTakeTheChannelsPlaceWhereThereAreSome() throws IOException {
        UPSTREAM.reset();
        UPSTREAM.onAny()
                .reply(Reply.json(Calls.ANSWER)
                        .header("x-ratelimit-limit-requests", "1000")
                        .header("x-ratelimit-limit-tokens", "7777"));
        Calls.Result answer = chat("headers");
        assertThat(answer.head().headers("x-ratelimit-limit-requests")).containsExactly("5");
        assertThat(answer.header("x-ratelimit-remaining-requests")).isEqualTo("4");
        assertThat(answer.header("x-ratelimit-reset-requests")).matches("\\d+h\\d+m\\d+s");
        assertThat(answer.header("x-ratelimit-limit-tokens"))
                .as("the channel's own")
                .isEqualTo("7777");
    }

    @Test
    void anthropicsWordsForAnthropicsCallers() throws IOException {
        Calls.Result answer = Calls.post(rig, Calls.MESSAGES, BODY, "x-api-key: pk_test_anthropic");
        assertThat(answer.header("anthropic-ratelimit-requests-limit")).isEqualTo("5");
        assertThat(answer.header("anthropic-ratelimit-requests-reset")).endsWith("Z");
        assertThat(answer.head().header("x-ratelimit-limit-requests")).isEmpty();
    }
}
