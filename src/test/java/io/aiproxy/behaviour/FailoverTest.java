package io.aiproxy.behaviour;

import static io.aiproxy.behaviour.Calls.BODY;
import static io.aiproxy.behaviour.Calls.CHAT;
import static org.assertj.core.api.Assertions.assertThat;

import io.aiproxy.testing.FakeUpstream;
import io.aiproxy.testing.GatewayRig;
import io.aiproxy.testing.NeedsGateway;
import io.aiproxy.testing.Payload;
import io.aiproxy.testing.RawClient;
import io.aiproxy.testing.Reply;
import io.aiproxy.testing.RigConfig;
import java.io.IOException;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What fails before the first byte is tried elsewhere: among the channels of the key, a bounded number of times, with the
 * same bytes. Every test has channels of its own, because a channel that failed is remembered.
 */
@NeedsGateway
class FailoverTest {
    private static final FakeUpstream FIRST = FakeUpstream.start();
    private static final FakeUpstream SECOND = FakeUpstream.start();
    private static final List<String> PAIRS = List.of(
            "s429", "s500", "s502", "s503", "s529", "s401", "s402", "s403", "s400", "s404", "s409", "s422", "rst",
            "fin", "body", "stream", "quota", "nothing");
    private static GatewayRig rig;

    @BeforeAll
    static void start() {
        RigConfig config = RigConfig.empty();
        for (String name : PAIRS) {
            config.channel(name + "-a", FIRST)
                    .channel(name + "-b", SECOND)
                    .user(name, "pk_test_" + name, name + "-a", name + "-b");
        }
        config.channel("refused-a", "http://127.0.0.1:" + FakeUpstream.refusingPort())
                .channel("refused-b", SECOND)
                .user("refused", "pk_test_refused", "refused-a", "refused-b")
                .channel("slow-a", FIRST, "timeouts: {head: 200ms}", "retry: {max_retries: 3, backoff: 10ms}")
                .channel("slow-b", SECOND)
                .user("slow", "pk_test_slow", "slow-a", "slow-b")
                .channel("single", FIRST)
                .user("single", "pk_test_single", "single")
                .channel("again", FIRST, "retry: {max_retries: 1, backoff: 10ms}")
                .user("again", "pk_test_again", "again")
                .channel("wait", FIRST, "retry: {max_retries: 1, backoff: 10ms}")
                .user("waiting", "pk_test_wait", "wait")
                .channel("long", FIRST, "retry: {max_retries: 1, backoff: 10ms}")
                .user("long", "pk_test_long", "long")
                .channel("refusing", FIRST)
                .user("refusing", "pk_test_refusing", "refusing")
                .channel("credit-a", FIRST, "dialect: anthropic")
                .channel("credit-b", SECOND, "dialect: anthropic")
                .user("credit", "pk_test_credit", "credit-a", "credit-b");
        for (int i = 1; i <= 6; i++) {
            config.channel("many-" + i, FIRST, "retry: {max_retries: 2, backoff: 10ms}");
        }
        config.user("many", "pk_test_many", "many-1", "many-2", "many-3", "many-4", "many-5", "many-6");
        rig = GatewayRig.start(config.system("retry: {max_attempts: 4, max_time: 30s, max_wait: 5s}"));
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
        SECOND.onAny().reply(Calls.ok());
    }

    private static Calls.Result chat(String who) throws IOException {
        return Calls.post(rig, CHAT, BODY, "Authorization: Bearer pk_test_" + who);
    }

    private static void servedBySecond(String who) throws IOException {
        Calls.Result result = chat(who);
        assertThat(result.status()).isEqualTo(200);
        assertThat(result.text()).isEqualTo(Calls.ANSWER);
        assertThat(result.header("x-aiproxy-channel")).isEqualTo(who + "-b");
        assertThat(result.header("x-aiproxy-attempts")).isEqualTo("2");
        assertThat(SECOND.only().header("authorization")).contains("Bearer " + RigConfig.keyOf(who + "-b"));
        assertThat(SECOND.only().text()).isEqualTo(BODY);
    }

    @ParameterizedTest
    @ValueSource(ints = {429, 500, 502, 503, 529, 401, 402, 403})
    void theNextChannelServesWhenTheFirstAnswers(int status) throws IOException {
        FIRST.onAny().reply(Reply.json(status, "{\"error\":{\"message\":\"no\",\"code\":\"no\"}}"));
        servedBySecond("s" + status);
        assertThat(FIRST.requests()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 404, 409, 422})
    void mistakesOfTheCallerArePassedOnAtOnce(int status) throws IOException {
        String body = "{\"error\":{\"message\":\"your mistake\",\"code\":\"yours\"}}";
        FIRST.onAny().reply(Reply.json(status, body));
        Calls.Result result = chat("s" + status);
        assertThat(result.status()).isEqualTo(status);
        assertThat(result.text()).isEqualTo(body);
        assertThat(result.header("x-aiproxy-channel")).isEqualTo("s" + status + "-a");
        assertThat(result.header("x-aiproxy-attempts")).isEqualTo("1");
        assertThat(SECOND.requests()).isEmpty();
    }

    @Test
    void theNextChannelServesWhenTheFirstCannotBeReached() throws IOException {
        servedBySecond("refused");
    }

    @Test
    void theNextChannelServesWhenTheFirstHangsUpOrResets() throws IOException {
        FIRST.onAny().reply(Reply.hangUp());
        servedBySecond("fin");
        reset();
        FIRST.onAny().reply(Reply.resetAtOnce());
        servedBySecond("rst");
    }

    @Test
    void aSilentChannelIsAskedOnceAndGivenUp() throws IOException {
        FIRST.onAny().reply(Reply.silent());
        servedBySecond("slow");
        assertThat(FIRST.requests()).hasSize(1);
        FIRST.only().awaitHangup();
    }

    @Test
    void aSpentQuotaIsADeadCredential() throws IOException {
        FIRST.onAny().reply(Reply.json(429, "{\"error\":{\"message\":\"out\",\"code\":\"insufficient_quota\"}}"));
        servedBySecond("quota");
    }

    @Test
    void aSpentCreditIsADeadCredentialThoughItLooksLikeTheCallersMistake() throws IOException {
        FIRST.onAny()
                .reply(Reply.json(
                        400,
                        "{\"type\":\"error\",\"error\":{\"type\":\"invalid_request_error\","
                                + "\"message\":\"Your credit balance is too low to access the API.\"}}"));
        Calls.Result result = Calls.post(rig, Calls.MESSAGES, BODY, "x-api-key: pk_test_credit");
        assertThat(result.status()).isEqualTo(200);
        assertThat(result.header("x-aiproxy-channel")).isEqualTo("credit-b");
    }

    @Test
    void aRefusedCredentialIsNotTheCallersKeyBeingWrong() throws IOException {
        FIRST.onAny().reply(Reply.json(401, "{\"error\":{\"message\":\"bad key sk_upstream_refusing\"}}"));
        Calls.Result result = chat("refusing").isFailure(502, "upstream_credentials_exhausted");
        assertThat(result.text()).doesNotContain("sk_upstream");
    }

    @Test
    void aLargeBodyArrivesIntactAtTheSecond() throws IOException {
        String body = "{\"data\":\"" + Base64.getEncoder().encodeToString(Payload.bytes(0, 3_000_000)) + "\"}";
        FIRST.onAny().reply(Reply.json(500, "{}"));
        assertThat(Calls.post(rig, CHAT, body, "Authorization: Bearer pk_test_body")
                        .status())
                .isEqualTo(200);
        assertThat(FIRST.only().text()).isEqualTo(body);
        assertThat(SECOND.only().text()).isEqualTo(body);
    }

    @Test
    void nothingIsTriedAfterTheFirstByte() throws IOException {
        FIRST.onAny().reply(Reply.sse().event("one").cut());
        try (RawClient client = rig.client().post(CHAT, BODY, "Authorization: Bearer pk_test_stream")) {
            assertThat(client.answer().body().event()).isEqualTo("data: one");
            client.closedByPeer();
        }
        assertThat(SECOND.requests()).isEmpty();
    }

    @Test
    void theOnlyChannelsErrorReachesTheCaller() throws IOException {
        String body = "{\"error\":{\"message\":\"boom\",\"code\":\"boom\"}}";
        FIRST.onAny().reply(Reply.json(503, body).header("x-request-id", "req-9"));
        for (int i = 0; i < 10; i++) {
            Calls.Result result = chat("single");
            assertThat(result.status()).isEqualTo(503);
            assertThat(result.text()).isEqualTo(body);
            assertThat(result.header("x-request-id")).isEqualTo("req-9");
        }
        assertThat(SECOND.requests()).isEmpty();
    }

    @Test
    void theOnlyChannelIsTriedAgainAndAgain() throws IOException {
        FIRST.onAny().reply(Reply.json(500, "{}")).reply(Calls.ok());
        Calls.Result result = chat("again");
        assertThat(result.status()).isEqualTo(200);
        assertThat(result.header("x-aiproxy-attempts")).isEqualTo("2");
        assertThat(FIRST.requests()).hasSize(2);
    }

    @Test
    void attemptsAreBounded() throws IOException {
        FIRST.onAny().reply(Reply.json(500, "{\"error\":{\"message\":\"boom\",\"code\":\"boom\"}}"));
        Calls.Result result = chat("many");
        assertThat(result.status()).isEqualTo(500);
        assertThat(result.header("x-aiproxy-attempts")).isEqualTo("4");
        assertThat(FIRST.requests()).hasSize(4);
    }

    @Test
    void aShortRetryAfterIsWaitedFor() throws IOException {
        FIRST.onAny()
                .reply(Reply.json(429, "{}").header("retry-after-ms", "400"))
                .reply(Calls.ok());
        assertThat(chat("wait").status()).isEqualTo(200);
        long waited =
                FIRST.requests().get(1).arrivedNanos() - FIRST.requests().get(0).arrivedNanos();
        assertThat(Duration.ofNanos(waited)).isGreaterThanOrEqualTo(Duration.ofMillis(390));
    }

    @Test
    void aLongRetryAfterIsTheCallersToWait() throws IOException {
        FIRST.onAny()
                .reply(Reply.json(429, "{\"error\":{\"code\":\"slow_down\"}}").header("Retry-After", "3600"));
        Calls.Result result = chat("long");
        assertThat(result.status()).isEqualTo(429);
        assertThat(result.header("retry-after")).isEqualTo("3600");
        assertThat(FIRST.requests()).hasSize(1);
    }

    @Test
    void channelsOfOtherPeopleAreNeverTried() throws IOException {
        FIRST.onAny().reply(Reply.json(500, "{}"));
        chat("single");
        assertThat(SECOND.requests()).isEmpty();
        assertThat(FIRST.requests())
                .allSatisfy(r -> assertThat(r.header("authorization")).contains("Bearer " + RigConfig.keyOf("single")));
    }

    @Test
    void whenNoneCanBeReachedTheAnswerSaysSo() throws IOException {
        FIRST.onAny().reply(Reply.hangUp());
        SECOND.reset();
        SECOND.onAny().reply(Reply.hangUp());
        Calls.Result result = chat("nothing").isFailure(502, "upstream_disconnected");
        assertThat(result.header("x-aiproxy-error-origin")).isEqualTo("upstream");
        assertThat(result.header("x-aiproxy-attempts")).isEqualTo("2");
    }
}
