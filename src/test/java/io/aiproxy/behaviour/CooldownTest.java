package io.aiproxy.behaviour;

import static io.aiproxy.behaviour.Accounts.credentials;
import static io.aiproxy.behaviour.Accounts.health;
import static io.aiproxy.behaviour.Accounts.tally;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.aiproxy.testing.Gate;
import io.aiproxy.testing.GatewayRig;
import io.aiproxy.testing.NeedsGateway;
import io.aiproxy.testing.RawClient;
import io.aiproxy.testing.Reply;
import io.aiproxy.testing.RigConfig;
import java.io.IOException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A credential that was refused or throttled leaves the rotation of its channel, and comes back in its time. */
@NeedsGateway
class CooldownTest {
    private static final String QUOTA = "{\"error\":{\"message\":\"You exceeded your current quota\","
            + "\"type\":\"insufficient_quota\",\"code\":\"insufficient_quota\"}}";
    private static final String CREDIT = "{\"type\":\"error\",\"error\":{\"type\":\"invalid_request_error\","
            + "\"message\":\"Your credit balance is too low to access the Anthropic API.\"}}";
    private static final DateTimeFormatter HTTP_DATE =
            DateTimeFormatter.RFC_1123_DATE_TIME.withLocale(Locale.ROOT).withZone(ZoneOffset.UTC);

    @AutoClose
    private final Accounts accounts = new Accounts();

    @AutoClose
    private GatewayRig rig;

    @BeforeEach
    void start() {
        rig = GatewayRig.start(RigConfig.empty()
                .channel("pool", accounts.upstream())
                .channel("single", accounts.upstream(), "dialect: anthropic", "auth: bearer")
                .user("zhangsan", GatewayRig.KEY, "pool", "single")
                .user("lisi", "pk_test_lisi", "single"));
    }

    private void pool(String cooldown) {
        rig.config()
                .channel(
                        "pool",
                        accounts.upstream(),
                        "strategy: round-robin",
                        "health: {cooldown: " + cooldown + "}",
                        credentials("a", "b", "c"));
        rig.applyConfig();
    }

    private String reason(String credential) {
        JsonNode health = health(rig, "pool", credential);
        return health.path("state").asText() + " " + health.path("reason").asText();
    }

    private static String body(String name) {
        return switch (name) {
            case "quota" -> QUOTA;
            case "credit" -> CREDIT;
            default -> "{\"error\":{\"message\":\"no\"}}";
        };
    }

    @ParameterizedTest
    @CsvSource({"401, none", "402, none", "403, none", "429, quota"})
    void aDeadOneLeavesTheRotation(int status, String body) throws IOException {
        pool("{refused: 1h}");
        accounts.answers("b", Reply.json(status, body(body)));
        assertThat(tally(rig, 90)).containsOnlyKeys("a", "c").hasSize(2);
        assertThat(accounts.requests("b")).isEqualTo(1);
        assertThat(reason("b")).isEqualTo("cooling_down refused");
        assertThat(tally(rig, 90)).as("shared by the others").isEqualTo(Map.of("a", 45, "c", 45));
    }

    @Test
    void aDeadOneComesBackAfterItsCooldown() throws IOException {
        pool("{refused: 1s}");
        accounts.answers("b", Reply.json(401, "{}"));
        assertThat(tally(rig, 9)).containsOnlyKeys("a", "c");
        accounts.isWell("b");
        await().until(() -> tally(rig, 3).containsKey("b"));
        assertThat(tally(rig, 90)).isEqualTo(Map.of("a", 30, "b", 30, "c", 30));
        await().until(() -> reason("b").equals("ok "));
    }

    @Test
    void aDeadOneThatIsStillDeadIsTriedAgainAfterEachCooldown() throws IOException {
        pool("{refused: 1s}");
        accounts.answers("b", Reply.json(401, "{}"));
        await().until(() -> {
            tally(rig, 3);
            return accounts.requests("b") >= 3;
        });
        assertThat(accounts.requests("b")).as("of many more calls").isLessThan(accounts.requests("a") / 2);
    }

    @Test
    void aThrottledOneRestsForItsCooldownIfItSaysNothing() throws IOException {
        pool("{refused: 1h, throttled: 3s}");
        accounts.answers("b", Reply.json(429, body("none")));
        assertThat(tally(rig, 9)).containsOnlyKeys("a", "c");
        assertThat(reason("b")).isEqualTo("cooling_down throttled");
        accounts.isWell("b");
        await().until(() -> tally(rig, 3).containsKey("b"));
    }

    @ParameterizedTest
    @CsvSource({"retry-after, 3", "retry-after-ms, 2500", "Retry-After, date"})
    void aThrottledOneRestsAsLongAsItSays(String header, String value) throws IOException {
        pool("{throttled: 1h}");
        Instant date = Instant.now().plusSeconds(4);
        String said = value.equals("date") ? HTTP_DATE.format(date) : value;
        accounts.answers("b", Reply.json(429, "{}").header(header, said));
        assertThat(tally(rig, 9)).containsOnlyKeys("a", "c");
        assertThat(reason("b")).isEqualTo("cooling_down throttled");
        accounts.isWell("b");
        await().until(() -> tally(rig, 3).containsKey("b"));
    }

    /** A date says when, however long the answer that names it has taken. */
    @Test
    void aDateIsNotCountedFromTheBeginningOfTheCall() throws IOException {
        pool("{throttled: 1h}");
        Instant begun = Instant.now();
        Instant date = begun.plusSeconds(60);
        Gate gate = Gate.closed();
        accounts.makes("single", () -> Reply.status(429)
                .header("Retry-After", HTTP_DATE.format(date))
                .length(0)
                .await(gate)
                .flushHead());
        try (RawClient client = rig.client().post(Calls.CHAT, Calls.BODY, "Authorization: Bearer pk_test_lisi")) {
            accounts.upstream().awaitRequest(1);
            await().until(() -> Instant.now().isAfter(begun.plusSeconds(3)));
            gate.open();
            assertThat(client.answer().status()).isEqualTo(429);
        }
        Instant until =
                Instant.parse(health(rig, "single", "default").path("until").asText());
        assertThat(until).isBetween(date.minusSeconds(2), date.plusSeconds(1));
    }

    @ParameterizedTest
    @CsvSource({"401, none", "402, none", "403, none", "429, none", "429, quota", "400, credit"})
    void theOnlyCandidateIsAlwaysTried(int status, String body) throws IOException {
        accounts.answers("single", Reply.json(status, body(body)).header("Retry-After", "3600"));
        for (int i = 1; i <= 3; i++) {
            assertThat(Calls.post(rig, Calls.CHAT, Calls.BODY, "Authorization: Bearer pk_test_lisi")
                            .text())
                    .contains(status == 401 ? "upstream_credentials_exhausted" : body(body));
            assertThat(accounts.requests("single")).isEqualTo(i);
        }
        assertThat(health(rig, "single", "default").path("reason").asText())
                .isEqualTo(status == 429 && body.equals("none") ? "throttled" : "refused");
        accounts.isWell("single");
        assertThat(Accounts.chat(rig, "Authorization: Bearer pk_test_lisi")).isEqualTo("single");
        assertThat(Accounts.state(rig, "single")).as("a call has succeeded").isEqualTo("ok");
    }

    /** All are tried although all are cooling down, who is back first before the others. */
    @Test
    void whenAllAreCoolingDownTheFirstToBeBackIsTriedFirst() throws IOException {
        pool("{refused: 1h, throttled: 1h}");
        accounts.answers("a", Reply.json(401, "{}"));
        accounts.answers("b", Reply.json(429, "{}").header("Retry-After", "600"));
        accounts.answers("c", Reply.json(429, "{}").header("Retry-After", "60"));
        for (int i = 0; i < 3; i++) {
            assertThat(tally(rig, 1)).isEqualTo(Map.of("single", 1));
        }
        accounts.answers("single", Reply.json(429, "{}").header("Retry-After", "3600"));
        assertThat(Calls.chat(rig).status()).as("all have been tried").isGreaterThanOrEqualTo(400);
        accounts.isWell("c");
        assertThat(tally(rig, 5)).isEqualTo(Map.of("c", 5));
    }
}
