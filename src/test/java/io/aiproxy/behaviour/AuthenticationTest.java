package io.aiproxy.behaviour;

import static io.aiproxy.behaviour.Calls.BODY;
import static io.aiproxy.behaviour.Calls.CHAT;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.aiproxy.testing.FakeUpstream;
import io.aiproxy.testing.GatewayRig;
import io.aiproxy.testing.NeedsGateway;
import io.aiproxy.testing.RigConfig;
import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who may call: a valid key wherever a client puts it; nobody else gets anything to an upstream. */
@NeedsGateway
class AuthenticationTest {
    private static final FakeUpstream UPSTREAM = FakeUpstream.start();
    private static GatewayRig rig;

    @BeforeAll
    static void start() {
        rig = GatewayRig.start(RigConfig.empty()
                .channel("alpha", UPSTREAM)
                .channel("beta", UPSTREAM)
                .channel("off", UPSTREAM, "status: disabled")
                .user("zhangsan", GatewayRig.KEY, "alpha")
                .userLines("lisi", "status: disabled", "channels: [alpha]", "proxy_key: pk_test_leaver")
                .userLines(
                        "wangwu",
                        "channels: [alpha]",
                        "keys:\n"
                                + "  - {proxy_key: pk_test_disabled, status: disabled}\n"
                                + "  - {proxy_key: pk_test_expired, expires_at: 2020-01-31}\n"
                                + "  - {proxy_key: pk_test_future, expires_at: 2999-01-31}\n"
                                + "  - {proxy_key: pk_test_far_away, allowed_ips: [10.0.0.0/8]}\n"
                                + "  - {proxy_key: pk_test_near, allowed_ips: [127.0.0.0/8, \"::1\"]}")
                .userLines("zhaoliu", "channels: [off]", "proxy_key: pk_test_closed"));
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

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Authorization: Bearer pk_test_zhangsan",
                "Authorization: bearer pk_test_zhangsan",
                "authorization: BEARER   pk_test_zhangsan",
                "x-api-key: pk_test_zhangsan",
                "api-key: pk_test_zhangsan",
                "X-Goog-Api-Key: pk_test_zhangsan",
            })
    void everyHeaderThatClientsUseIsAccepted(String header) throws IOException {
        UPSTREAM.expectCredential("Authorization", "Bearer " + RigConfig.keyOf("alpha"))
                .forbid("pk_test");
        assertThat(Calls.post(rig, CHAT, BODY, header).status()).isEqualTo(200);
        assertThat(UPSTREAM.leaks()).isEmpty();
    }

    @Test
    void theQueryParameterIsAcceptedAndRemoved() throws IOException {
        UPSTREAM.forbid("pk_test");
        assertThat(Calls.post(rig, CHAT + "?a=1&key=pk_test_zhangsan&b=2", BODY).status())
                .isEqualTo(200);
        assertThat(UPSTREAM.only().target()).isEqualTo(CHAT + "?a=1&b=2");
        assertThat(UPSTREAM.leaks()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"pk_test_future", "pk_test_near"})
    void keysWithinTheirBoundsAreAccepted(String key) throws IOException {
        assertThat(Calls.post(rig, CHAT, BODY, "Authorization: Bearer " + key).status())
                .isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource({
        "pk_test_nobody, 401, invalid_api_key",
        "pk_test_leaver, 403, user_disabled",
        "pk_test_disabled, 403, key_disabled",
        "pk_test_expired, 401, key_expired",
        "pk_test_far_away, 403, ip_not_allowed",
        "pk_test_closed, 403, channel_disabled",
    })
    void refusalsHaveTheirOwnCodesAndReachNoUpstream(String key, int status, String code) throws IOException {
        Calls.Result result = Calls.post(rig, CHAT, BODY, "Authorization: Bearer " + key);
        result.isFailure(status, code);
        assertThat(result.header("x-aiproxy-error-origin")).isEqualTo("caller");
        assertThat(result.head().text() + result.text()).doesNotContain(key);
        assertThat(UPSTREAM.requests()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"X-Nothing: 1", "Authorization: Bearer", "Authorization: Bearer  ", "x-api-key:"})
    void withoutAKeyNothingReachesAnUpstream(String header) throws IOException {
        Calls.post(rig, CHAT, BODY, header).isFailure(401, "missing_api_key");
        assertThat(UPSTREAM.requests()).isEmpty();
    }

    @Test
    void aChannelThatTheKeyDoesNotMapToIsRefused() throws IOException {
        Calls.post(rig, CHAT, BODY, GatewayRig.AUTH, "x-aiproxy-channel: beta").isFailure(403, "channel_not_allowed");
        Calls.post(rig, "/beta" + CHAT, BODY, GatewayRig.AUTH).isFailure(403, "channel_not_allowed");
        assertThat(UPSTREAM.requests()).isEmpty();
    }

    @Test
    void openAiClientsGetOpenAisShape() throws IOException {
        JsonNode error = Calls.post(rig, CHAT, BODY)
                .isFailure(401, "missing_api_key")
                .json()
                .path("error");
        assertThat(error.path("message").asText()).isNotEmpty();
        assertThat(error.path("type").asText()).isNotEmpty();
        assertThat(error.path("code").asText()).isEqualTo("missing_api_key");
    }

    @Test
    void anthropicClientsGetAnthropicsShape() throws IOException {
        JsonNode body = Calls.post(rig, Calls.MESSAGES, BODY, "anthropic-version: 2023-06-01")
                .isFailure(401, "missing_api_key")
                .json();
        assertThat(body.path("type").asText()).isEqualTo("error");
        assertThat(body.path("error").path("type").asText()).isEqualTo("authentication_error");
    }

    @Test
    void googleClientsGetGooglesShape() throws IOException {
        JsonNode error = Calls.post(rig, Calls.GENERATE, "{}")
                .isFailure(401, "missing_api_key")
                .json()
                .path("error");
        assertThat(error.path("code").asInt()).isEqualTo(401);
        assertThat(error.path("status").asText()).isEqualTo("UNAUTHENTICATED");
    }

    @Test
    void dashScopeClientsGetDashScopesShape() throws IOException {
        JsonNode body = Calls.post(rig, Calls.DASHSCOPE, "{}")
                .isFailure(401, "missing_api_key")
                .json();
        assertThat(body.path("code").asText()).isEqualTo("InvalidApiKey");
        assertThat(body.path("message").asText()).isNotEmpty();
        assertThat(body.path("request_id").asText()).isNotEmpty();
    }

    @Test
    void everyAnswerCarriesARequestId() throws IOException {
        String refused = Calls.post(rig, CHAT, BODY).header("x-aiproxy-request-id");
        String served = Calls.chat(rig).header("x-aiproxy-request-id");
        assertThat(refused).isNotEmpty().isNotEqualTo(served);
        assertThat(served).isNotEmpty();
    }
}
