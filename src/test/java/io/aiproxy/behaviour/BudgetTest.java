package io.aiproxy.behaviour;

import static io.aiproxy.behaviour.Calls.BODY;
import static io.aiproxy.behaviour.Calls.CHAT;
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
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Money runs out as the price table says. Every call here costs 0.014 CNY: 1000 tokens at 1 USD and 500 at 2 USD a million, 7
 * CNY each. On one connection a call begins when the one before it is booked. Every test has users and channels of its own.
 */
@NeedsGateway
class BudgetTest {
    private static final String USED =
            "{\"id\":\"c\",\"model\":\"gpt-4o-2026-01-01\",\"usage\":{\"prompt_tokens\":1000,\"completion_tokens\":500}}";
    private static final String PRICES = """
            prices:
              gpt-4o: {model: "gpt-4o*", currency: USD, input: 1, output: 2}
              nonsense: {model: "gpt-4o*", channel: alpha, input: much}
            """;
    private static final FakeUpstream UPSTREAM = FakeUpstream.start();
    private static final FakeUpstream SPARE = FakeUpstream.start();
    private static GatewayRig rig;

    @BeforeAll
    static void start() {
        RigConfig config = RigConfig.empty()
                .channel("alpha", UPSTREAM)
                .channel("spent", UPSTREAM, "limits: [{cost: 0.02, per: calendar-month}]")
                .channel("spare", SPARE)
                .user("failover", "pk_test_failover", "spent", "spare")
                .system("money: {currency: CNY, rates: {USD: 7}}");
        user(config, "budget", "max_budget: 0.02", "budget_duration: 1mo");
        user(config, "window", "limits: [{cost: 0.02, per: 1s}]");
        user(config, "bounded", "max_budget: 0.02", "budget_duration: 30d");
        user(config, "soft", "max_budget: 1", "budget_duration: 1d", "soft_budget: 0.02");
        user(config, "shadow", "limits: [{cost: 0.02, per: calendar-day, shadow: true}]");
        user(config, "unpriced", "max_budget: 0.02", "budget_duration: 1mo");
        config.userGroup("team", "limits: [{cost: 0.02, per: calendar-week}]");
        user(config, "first", "groups: [team]");
        user(config, "second", "groups: [team]");
        rig = GatewayRig.prepare(config, settings -> settings);
        rig.write("config/prices.yaml", PRICES);
        rig.boot();
    }

    private static void user(RigConfig config, String name, String... lines) {
        String[] all = new String[lines.length + 2];
        all[0] = "channels: [alpha]";
        all[1] = "keys: [{proxy_key: pk_test_" + name + ", name: laptop}]";
        System.arraycopy(lines, 0, all, 2, lines.length);
        config.userLines(name, all);
    }

    @AfterAll
    static void stop() {
        rig.close();
        UPSTREAM.close();
        SPARE.close();
    }

    @BeforeEach
    void reset() {
        UPSTREAM.reset();
        SPARE.reset();
        UPSTREAM.onAny().reply(Reply.json(USED));
        SPARE.onAny().reply(Reply.json(USED));
    }

    private static Calls.Result chat(RawClient client, String who, String body) throws IOException {
        return Calls.read(client.post(CHAT, body, "Authorization: Bearer pk_test_" + who));
    }

    /** So many calls of this user are served, one after the other. */
    private static void served(RawClient client, String who, int calls) throws IOException {
        for (int i = 1; i <= calls; i++) {
            Calls.Result result = chat(client, who, BODY);
            assertThat(result.status()).as("call " + i + ": " + result.text()).isEqualTo(200);
        }
    }

    private static String metrics() throws IOException {
        return Calls.get(rig, "/metrics").text();
    }

    @Test
    void aBudgetThatIsUsedUpRefuses() throws IOException {
        try (RawClient client = rig.client()) {
            served(client, "budget", 2);
            Calls.Result refused = chat(client, "budget", BODY).isFailure(429, "quota_exceeded");

            assertThat(UPSTREAM.requests()).hasSize(2);
            JsonNode error = refused.json().path("error");
            assertThat(error.path("message").asText())
                    .contains("0.02 CNY per calendar month (UTC) of the user \"budget\" is used up");
            assertThat(Long.parseLong(refused.header("retry-after"))).isPositive();
        }
    }

    @Test
    void whatACallMayCostAtMostMustFit() throws IOException {
        try (RawClient client = rig.client()) {
            String bounded = BODY.replace("\"model\"", "\"max_tokens\":2000,\"model\"");
            assertThat(chat(client, "bounded", bounded)
                            .isFailure(429, "quota_exceeded")
                            .text())
                    .contains("This request may use 0.028");
            served(client, "bounded", 1);
            assertThat(UPSTREAM.requests()).hasSize(1);
        }
    }

    @Test
    void moneyComesBackWithItsWindow() throws IOException {
        try (RawClient client = rig.client()) {
            await("a refused call")
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> chat(client, "window", BODY).status() == 429);
            await("another window")
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> chat(client, "window", BODY).status() == 200);
        }
    }

    @Test
    void aSoftBudgetWarnsOnceAndRefusesNothing() throws IOException {
        String warnings = "aiproxy_limit_warnings_total{quantity=\"cost\",scope=\"user\"}";
        try (RawClient client = rig.client()) {
            served(client, "soft", 1);
            assertThat(metrics()).doesNotContain(warnings);
            served(client, "soft", 4);
            assertThat(metrics()).contains(warnings + " 1.0");
        }
    }

    @Test
    void aShadowOnlyTells() throws IOException {
        try (RawClient client = rig.client()) {
            served(client, "shadow", 4);
            assertThat(metrics())
                    .contains("aiproxy_limit_rejections_total{quantity=\"cost\",scope=\"user\",shadow=\"true\"} 2.0");
        }
    }

    @Test
    void twoUsersShareTheBudgetOfTheirGroup() throws IOException {
        try (RawClient client = rig.client()) {
            served(client, "first", 1);
            served(client, "second", 1);
            assertThat(chat(client, "first", BODY)
                            .isFailure(429, "quota_exceeded")
                            .text())
                    .contains("the user group \\\"team\\\"");
            chat(client, "second", BODY).isFailure(429, "quota_exceeded");
        }
    }

    @Test
    void aChannelWithoutMoneyLeavesItToTheNext() throws IOException {
        try (RawClient client = rig.client()) {
            served(client, "failover", 2);
            assertThat(SPARE.requests()).isEmpty();
            Calls.Result third = chat(client, "failover", BODY);

            assertThat(third.status()).isEqualTo(200);
            assertThat(third.header("x-aiproxy-channel")).isEqualTo("spare");
            assertThat(UPSTREAM.requests()).hasSize(2);
        }
    }

    @Test
    void whatHasNoPriceUsesNoMoney() throws IOException {
        UPSTREAM.reset();
        UPSTREAM.onAny().reply(Reply.json(USED.replace("gpt-4o-2026-01-01", "qwen-max")));
        try (RawClient client = rig.client()) {
            for (int i = 0; i < 5; i++) {
                assertThat(chat(client, "unpriced", BODY.replace("gpt-4o", "qwen-max"))
                                .status())
                        .isEqualTo(200);
            }
        }
    }
}
