package io.aiproxy.behaviour;

import static io.aiproxy.behaviour.Calls.BODY;
import static io.aiproxy.behaviour.Calls.CHAT;
import static org.assertj.core.api.Assertions.assertThat;

import io.aiproxy.testing.FakeUpstream;
import io.aiproxy.testing.GatewayRig;
import io.aiproxy.testing.NeedsGateway;
import io.aiproxy.testing.RawWebSocket;
import io.aiproxy.testing.Reply;
import io.aiproxy.testing.RigConfig;
import java.io.IOException;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Callers without a key: nobody by default, otherwise a user, from the addresses that the file names and no others. */
@NeedsGateway
class AnonymousTest {
    private static final String TRUSTED = "trusted_proxies: [127.0.0.1]";

    @AutoClose
    private final FakeUpstream upstream = FakeUpstream.start();

    private GatewayRig start(String... system) {
        upstream.onAny().reply(Calls.ok());
        return GatewayRig.start(RigConfig.empty()
                .channel("alpha", upstream)
                .channel("beta", upstream)
                .user("zhangsan", GatewayRig.KEY, "beta")
                .userLines("local", "channels: [alpha]", "proxy_key: pk_test_local")
                .system(system));
    }

    @Test
    void byDefaultThereIsNone() throws IOException {
        try (GatewayRig rig = start("log_level: info")) {
            Calls.post(rig, CHAT, BODY).isFailure(401, "missing_api_key");
            assertThat(upstream.requests()).isEmpty();
        }
    }

    @Test
    void whoHasNoKeyIsTheUserAndHasItsChannelsOnly() throws IOException {
        try (GatewayRig rig = start("anonymous: {user: local}")) {
            Calls.Result result = Calls.post(rig, CHAT, BODY);
            assertThat(result.status()).as(result.text()).isEqualTo(200);
            assertThat(result.header("x-aiproxy-channel")).isEqualTo("alpha");
            assertThat(upstream.only().headers("authorization")).containsExactly("Bearer " + RigConfig.keyOf("alpha"));
            assertThat(rig.awaitLogLine(CHAT)).contains("\"local\"", "\"anonymous\"");
            Calls.post(rig, "/beta" + CHAT, BODY).isFailure(403, "channel_not_allowed");
            assertThat(Calls.chat(rig).header("x-aiproxy-channel")).isEqualTo("beta");
            assertThat(Calls.get(rig, "/stats")
                            .json()
                            .at("/user_stats/local/requests")
                            .asInt())
                    .isEqualTo(2);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Authorization: Bearer pk_test_wrong",
                "Authorization: Basic bG9jYWw6eA==",
                "x-api-key: pk_test_wrong",
                "x-goog-api-key: pk_test_wrong"
            })
    void whoHasAWrongKeyIsNobody(String header) throws IOException {
        try (GatewayRig rig = start("anonymous: {user: local}")) {
            Calls.Result result = Calls.post(rig, CHAT, BODY, header);
            assertThat(result.status()).isEqualTo(401);
            Calls.post(rig, CHAT + "?key=pk_test_wrong", BODY).isFailure(401, "invalid_api_key");
            assertThat(upstream.requests()).isEmpty();
        }
    }

    @Test
    void fromElsewhereNobodyIs() throws IOException {
        try (GatewayRig rig = start("anonymous: {user: local, allowed_ips: [10.1.0.0/16]}")) {
            Calls.post(rig, CHAT, BODY).isFailure(401, "missing_api_key");
            Calls.post(rig, CHAT, BODY, "X-Forwarded-For: 10.1.2.3").isFailure(401, "missing_api_key");
            assertThat(upstream.requests()).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "10.1.2.3, 200",
        "'10.9.9.9, 10.1.2.3', 200",
        "'10.1.2.3, 10.9.9.9', 401",
        "10.9.9.9, 401",
        "127.0.0.1, 401",
        "nonsense, 401",
    })
    void behindAProxyItsWordCounts(String forwarded, int status) throws IOException {
        try (GatewayRig rig = start("anonymous: {user: local, allowed_ips: [10.1.0.0/16]}", TRUSTED)) {
            Calls.Result result = Calls.post(rig, CHAT, BODY, "X-Forwarded-For: " + forwarded);
            assertThat(result.status()).as(result.text()).isEqualTo(status);
            assertThat(upstream.requests()).hasSize(status == 200 ? 1 : 0);
        }
    }

    @Test
    void whoComesThroughALocalProxyIsNotLocal() throws IOException {
        try (GatewayRig rig = start("anonymous: {user: local}", TRUSTED)) {
            Calls.post(rig, CHAT, BODY, "X-Forwarded-For: 203.0.113.9").isFailure(401, "missing_api_key");
            assertThat(Calls.post(rig, CHAT, BODY).status()).isEqualTo(200);
        }
    }

    @Test
    void aWebSocketNeedsNoneEither() throws IOException {
        try (GatewayRig rig = start("anonymous: {user: local}")) {
            upstream.on("/v1/realtime").reply(Reply.webSocket().echo());
            try (RawWebSocket socket = rig.webSocket("/v1/realtime?model=m")) {
                assertThat(socket.text("hello").text()).isEqualTo("hello");
            }
        }
    }

    @Test
    void itEndsWithTheNextConfiguration() throws IOException {
        try (GatewayRig rig = start("anonymous: {user: local}")) {
            assertThat(Calls.post(rig, CHAT, BODY).status()).isEqualTo(200);
            rig.config().userLines("local", "channels: [alpha]", "proxy_key: pk_test_local", "status: disabled");
            rig.applyConfig();
            Calls.post(rig, CHAT, BODY).isFailure(401, "missing_api_key");
        }
    }
}
