package io.aiproxy.behaviour;

import static io.aiproxy.behaviour.Calls.BODY;
import static io.aiproxy.behaviour.Calls.CHAT;
import static org.assertj.core.api.Assertions.assertThat;

import io.aiproxy.testing.FakeUpstream;
import io.aiproxy.testing.GatewayRig;
import io.aiproxy.testing.NeedsGateway;
import io.aiproxy.testing.Recorded;
import io.aiproxy.testing.RigConfig;
import io.aiproxy.testing.TestCa;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The channel sees its own credential and its own name; of the caller's credentials it sees nothing. */
@NeedsGateway
class KeySubstitutionTest {
    private static final FakeUpstream UPSTREAM = FakeUpstream.start();
    private static final Map<String, String> CHANNELS = Map.of(
            "bearer", "auth: bearer",
            "x-api-key", "auth: x-api-key",
            "api-key", "auth: api-key",
            "goog", "auth: x-goog-api-key",
            "query", "auth: query-key",
            "custom", "auth: {header: X-Token, prefix: \"Token \"}",
            "custom-query", "auth: {query: token}",
            "anthropic", "dialect: anthropic",
            "google", "dialect: google");
    private static GatewayRig rig;

    @BeforeAll
    static void start() {
        RigConfig config = RigConfig.empty();
        CHANNELS.forEach((id, line) -> config.channel(id, UPSTREAM, line).user("user-" + id, "pk_test_" + id, id));
        config.channel("open", UPSTREAM, "auth: none").user("user-open", "pk_test_open", "open");
        rig = GatewayRig.start(config);
    }

    @AfterAll
    static void stop() {
        rig.close();
        UPSTREAM.close();
    }

    @BeforeEach
    void reset() {
        UPSTREAM.reset();
        UPSTREAM.forbid("pk_test");
        UPSTREAM.onAny().reply(Calls.ok());
    }

    @ParameterizedTest
    @CsvSource({
        "bearer, authorization, Bearer sk_upstream_bearer",
        "x-api-key, x-api-key, sk_upstream_x-api-key",
        "api-key, api-key, sk_upstream_api-key",
        "goog, x-goog-api-key, sk_upstream_goog",
        "custom, x-token, Token sk_upstream_custom",
        "anthropic, x-api-key, sk_upstream_anthropic",
        "google, x-goog-api-key, sk_upstream_google",
    })
    void theCredentialStandsInItsHeaderAndNowhereElse(String channel, String header, String value) throws IOException {
        assertThat(Calls.post(rig, CHAT, BODY, "Authorization: Bearer pk_test_" + channel)
                        .status())
                .isEqualTo(200);
        Recorded request = UPSTREAM.only();
        assertThat(request.headers(header)).containsExactly(value);
        assertThat(request.everything().split(RigConfig.keyOf(channel), -1)).hasSize(2);
        assertThat(UPSTREAM.leaks()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"query, key", "custom-query, token"})
    void theCredentialStandsInItsParameterBesideTheCallers(String channel, String parameter) throws IOException {
        Calls.post(rig, CHAT + "?a=1&a=2", BODY, "Authorization: Bearer pk_test_" + channel);
        Recorded request = UPSTREAM.only();
        assertThat(request.target()).contains("a=1&a=2").containsOnlyOnce(parameter + "=" + RigConfig.keyOf(channel));
        assertThat(request.header("authorization")).isEmpty();
    }

    @Test
    void aChannelThatAsksForNothingGetsNothing() throws IOException {
        Calls.post(rig, CHAT, BODY, "Authorization: Bearer pk_test_open");
        Recorded request = UPSTREAM.only();
        assertThat(request.header("authorization")).isEmpty();
        assertThat(UPSTREAM.leaks()).isEmpty();
        assertThat(request.everything()).doesNotContain("sk_upstream");
    }

    @ParameterizedTest
    @ValueSource(strings = {"bearer", "x-api-key", "goog", "query", "open"})
    void callersCredentialsOfEveryKindAreRemoved(String channel) throws IOException {
        String key = "pk_test_" + channel;
        Calls.post(
                rig,
                CHAT + "?key=" + key,
                BODY,
                "Authorization: Bearer " + key,
                "x-api-key: " + key,
                "api-key: " + key,
                "x-goog-api-key: " + key,
                "Proxy-Authorization: Basic " + key);
        assertThat(UPSTREAM.leaks()).isEmpty();
        assertThat(UPSTREAM.only().header("proxy-authorization")).isEmpty();
    }

    @Test
    void hostIsTheChannels() throws IOException {
        Calls.post(rig, CHAT, BODY, "Authorization: Bearer pk_test_bearer", "Host: gateway.example.test:8001");
        assertThat(UPSTREAM.only().headers("host")).containsExactly(UPSTREAM.authority());
        assertThat(UPSTREAM.only().everything()).doesNotContain("gateway.example.test");
    }

    @Test
    void otherHeadersPassUntouched() throws IOException {
        Calls.post(
                rig,
                CHAT,
                BODY,
                "Authorization: Bearer pk_test_bearer",
                "X-Stainless-Retry-Count: 0",
                "OpenAI-Beta: a",
                "OpenAI-Beta: b,c",
                "X-Empty:",
                "User-Agent: 测试/1");
        Recorded request = UPSTREAM.only();
        assertThat(request.headers("x-stainless-retry-count")).containsExactly("0");
        assertThat(request.headers("openai-beta")).containsExactly("a", "b,c");
        assertThat(request.headers("x-empty")).containsExactly("");
        assertThat(request.header("via")).isEmpty();
        assertThat(request.text()).isEqualTo(BODY);
    }

    @Test
    void hostAndServerNameAreTheOnesThatTheChannelSays() throws IOException {
        TestCa ca = TestCa.create("substitution");
        try (FakeUpstream secure = FakeUpstream.start(ca.identity("dns:api.example.test"));
                GatewayRig tls = GatewayRig.start(RigConfig.empty()
                        .channel("alpha", secure, "host: api.example.test", "tls: {ca_file: \"" + ca.pem() + "\"}")
                        .user("zhangsan", GatewayRig.KEY, "alpha"))) {
            secure.onAny().reply(Calls.ok());
            assertThat(Calls.chat(tls).status()).isEqualTo(200);
            assertThat(secure.only().serverName()).contains("api.example.test");
            assertThat(secure.only().headers("host")).containsExactly("api.example.test");
        }
    }
}
