package io.aiproxy.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import io.aiproxy.testing.FakeEgressProxy;
import io.aiproxy.testing.FakeUpstream;
import io.aiproxy.testing.GatewayRig;
import io.aiproxy.testing.NeedsGateway;
import io.aiproxy.testing.RawClient;
import io.aiproxy.testing.Recorded;
import io.aiproxy.testing.Reply;
import io.aiproxy.testing.RigConfig;
import java.io.IOException;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A token endpoint in trouble harms the calls that need its token, and no others; callers are told in their own words. */
@NeedsGateway
class TokenTroubleTest {
    private static final String CODE = "upstream_token_unavailable";
    private static final Map<String, Reply> TROUBLES = Map.of(
            "silent", Reply.silent(),
            "500", Reply.json(500, "{\"error\":\"server_error\",\"error_description\":\"" + TokenScene.SECRET + "\"}"),
            "html", Reply.status(200).body("<html>" + TokenScene.TOKEN + "9</html>"),
            "malformed", Reply.json("{\"access_token\":\"" + TokenScene.TOKEN + "9"),
            "dead already", Reply.json("{\"access_token\":\"" + TokenScene.TOKEN + "9\",\"expires_in\":0}"),
            "refused", Reply.json(401, "{\"error\":\"invalid_client\"}"),
            "hangs up", Reply.hangUp());

    @AutoClose
    private final TokenScene scene = new TokenScene();

    private static Predicate<Recorded> of(String credential) {
        return request -> request.text().contains("client_id=id-" + credential + "&")
                || request.text().endsWith("client_id=id-" + credential);
    }

    private String token() {
        return scene.clientCredentials(", auth: post, timeout: 500ms");
    }

    @ParameterizedTest
    @ValueSource(strings = {"silent", "500", "html", "malformed", "dead already", "refused", "hangs up"})
    void theOtherCredentialServesMeanwhile(String trouble) throws IOException {
        scene.issue(3600);
        scene.endpoint.on(of("a")).reply(TROUBLES.get(trouble));
        try (GatewayRig rig = GatewayRig.start(scene.config(token(), TokenScene.clients("a", "b")))) {
            Calls.Result result = Calls.chat(rig);
            assertThat(result.status()).as(result.text()).isEqualTo(200);
            assertThat(result.header("x-aiproxy-attempts")).isEqualTo("2");
            assertThat(scene.shown())
                    .containsExactly("Bearer " + TokenScene.TOKEN
                            + scene.endpoint.requests().size());
            scene.assertSilent(rig, result);
            assertThat(scene.log())
                    .filteredOn(line -> line.startsWith("WARN") && line.contains("No token"))
                    .hasSize(1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"silent", "500", "malformed"})
    void theOtherChannelServesMeanwhile(String trouble) throws IOException {
        scene.endpoint.onAny().reply(TROUBLES.get(trouble));
        try (GatewayRig rig = GatewayRig.start(scene.config(token(), TokenScene.clients("a"))
                .channel("spare", scene.upstream)
                .user("zhangsan", GatewayRig.KEY, "corp", "spare"))) {
            Calls.Result result = Calls.chat(rig);
            assertThat(result.status()).isEqualTo(200);
            assertThat(result.header("x-aiproxy-channel")).isEqualTo("spare");
            assertThat(scene.shown()).containsExactly("Bearer " + RigConfig.keyOf("spare"));
            scene.assertSilent(rig, result);
        }
    }

    @Test
    void callsThatNeedNoTokenDoNotWait() throws IOException {
        scene.endpoint.onAny().reply(Reply.silent());
        RigConfig config = scene.config(scene.clientCredentials(", auth: post, timeout: 1h"), TokenScene.clients("a"))
                .channel("plain", scene.upstream)
                .user("lisi", "pk_test_lisi", "plain");
        try (GatewayRig rig = GatewayRig.start(config);
                RawClient waiting = rig.client()) {
            waiting.post(Calls.CHAT, Calls.BODY, GatewayRig.AUTH);
            scene.endpoint.awaitRequest(1);
            Calls.Result other = Calls.post(rig, Calls.CHAT, Calls.BODY, "Authorization: Bearer pk_test_lisi");
            assertThat(other.status()).isEqualTo(200);
            assertThat(scene.shown()).containsExactly("Bearer " + RigConfig.keyOf("plain"));
        }
    }

    @ParameterizedTest
    @CsvSource({
        Calls.CHAT + ", /error/code",
        Calls.MESSAGES + ", /error/message",
        Calls.GENERATE + ", /error/message",
        Calls.DASHSCOPE + ", /code",
    })
    void withNothingLeftTheCallerIsToldInItsOwnDialect(String target, String where) throws IOException {
        scene.endpoint.onAny().reply(TROUBLES.get("500"));
        try (GatewayRig rig = GatewayRig.start(scene.config(token(), TokenScene.clients("a", "b")))) {
            Calls.Result result = Calls.post(rig, target, Calls.BODY, GatewayRig.AUTH);
            result.isFailure(502, CODE);
            assertThat(result.header("x-aiproxy-error-origin")).isEqualTo("upstream");
            assertThat(result.json().at(where).asText()).isNotEmpty();
            assertThat(result.text()).contains("\\\"corp\\\"", "failed with 500 (server_error");
            assertThat(scene.upstream.requests()).isEmpty();
            assertThat(rig.awaitLogLine(CODE)).contains("\"channel\":\"corp\"");
            scene.assertSilent(rig, result);
        }
    }

    @Test
    void anEndpointThatIsDownIsToldAndComesBackByItself() throws IOException {
        int port = FakeUpstream.refusingPort();
        try (GatewayRig rig = GatewayRig.start(scene.config(
                "token: {kind: oauth2-client-credentials, url: \"http://localhost:" + port + "/token\"}",
                TokenScene.clients("a")))) {
            Calls.Result result = Calls.chat(rig);
            result.isFailure(502, CODE);
            assertThat(result.text()).contains("cannot be reached");
            scene.issue(3600);
            rig.config().channel("corp", scene.upstream, scene.clientCredentials(""), TokenScene.clients("a"));
            rig.applyConfig();
            assertThat(Calls.chat(rig).status()).isEqualTo(200);
            scene.assertSilent(rig, result);
        }
    }

    @Test
    void anEndpointThatAsksForPatienceIsLeftInPeaceAndCallersAreToldHowLong() throws IOException {
        scene.issue(3600);
        scene.endpoint
                .on(of("a"))
                .reply(Reply.json(429, "{\"error\":\"slow_down\"}").header("Retry-After", "200"));
        try (GatewayRig rig = GatewayRig.start(scene.config(token(), TokenScene.clients("a")))) {
            Calls.Result first = Calls.chat(rig);
            first.isFailure(502, CODE);
            assertThat(first.header("retry-after")).isEqualTo("200");
            assertThat(first.text()).contains("429 (slow_down), and is left in peace for 200 s");
            Calls.Result second = Calls.chat(rig);
            second.isFailure(502, CODE);
            assertThat(Integer.parseInt(second.header("retry-after"))).isBetween(150, 200);
            assertThat(scene.endpoint.requests()).hasSize(1);
            rig.config().channel("corp", scene.upstream, token(), TokenScene.clients("a", "b"));
            rig.applyConfig();
            assertThat(Calls.chat(rig).status()).isEqualTo(200);
            scene.assertSilent(rig, first, second);
        }
    }

    @Test
    void theChannelsExceptionsFromItsProxyHoldForTheEndpoint() throws IOException {
        try (FakeEgressProxy proxy = FakeEgressProxy.open().route("login.example.test", scene.endpoint.port())) {
            scene.issue(3600);
            String way =
                    "egress_proxy: {url: \"http://127.0.0.1:" + proxy.port() + "\", no_proxy: [localhost, .invalid]}";
            RigConfig config = scene.config(
                            way,
                            "token: {kind: oauth2-client-credentials, url: \"http://login.example.test/token\"}",
                            TokenScene.clients("a"))
                    .channel(
                            "inside",
                            scene.upstream,
                            way,
                            "token: {kind: oauth2-client-credentials, url: \"http://login.invalid/token\"}",
                            TokenScene.clients("a"))
                    .user("lisi", "pk_test_lisi", "inside");
            try (GatewayRig rig = GatewayRig.start(config)) {
                assertThat(Calls.chat(rig).status()).isEqualTo(200);
                assertThat(proxy.seen()).hasSize(1);
                Calls.Result inside = Calls.post(rig, Calls.CHAT, Calls.BODY, "Authorization: Bearer pk_test_lisi");
                inside.isFailure(502, CODE);
                assertThat(inside.text())
                        .contains("login.invalid cannot be reached")
                        .doesNotContain("proxy 127");
                assertThat(proxy.seen()).hasSize(1);
            }
        }
    }
}
