package io.aiproxy.behaviour;

import static io.aiproxy.behaviour.Calls.CHAT;
import static org.assertj.core.api.Assertions.assertThat;

import io.aiproxy.core.KeyDigest;
import io.aiproxy.testing.FakeUpstream;
import io.aiproxy.testing.GatewayRig;
import io.aiproxy.testing.NeedsGateway;
import io.aiproxy.testing.RawClient;
import io.aiproxy.testing.RawWebSocket;
import io.aiproxy.testing.Reply;
import io.aiproxy.testing.RigConfig;
import java.io.IOException;
import java.time.Instant;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What groups, keys and aliases of models give and take. */
@NeedsGateway
class PeopleTest {
    private static final FakeUpstream UPSTREAM = FakeUpstream.start();
    private static GatewayRig rig;

    @BeforeAll
    static void start() {
        rig = GatewayRig.start(RigConfig.empty()
                .channel(
                        "alpha",
                        UPSTREAM,
                        "models: [gpt-5.1, gpt-4o, qwen-turbo, hidden]",
                        "model_aliases: {fast: hidden}")
                .channel("beta", UPSTREAM)
                .channel("gamma", UPSTREAM, "models: [gemini-2.5-pro]", "dialect: google")
                .modelAlias("fast", "qwen-turbo")
                .modelAlias("gpt-latest", "gpt-5.1")
                .modelAlias("gemini", "gemini-2.5-pro")
                .userGroup("all", "channels: [alpha, beta]", "models: [\"gpt-*\", fast, \"gem*\"]")
                .userGroup("team", "parent: all", "channels: [beta]", "allowed_ips: [127.0.0.0/8, \"::1\"]")
                .userGroup("abroad", "allowed_ips: [10.0.0.0/8]")
                .userGroup("closed", "status: disabled")
                .userLines("zhangsan", "channels: [alpha, beta, gamma]", "proxy_key: " + GatewayRig.KEY)
                .userLines("member", "groups: [team]", "proxy_key: pk_test_member")
                .userLines("wide", "groups: [all]", "channels: [alpha, gamma]", "proxy_key: pk_test_wide")
                .userLines(
                        "narrow",
                        "groups: [all]",
                        "models: [\"gpt-5*\", \"qwen-*\"]",
                        "keys:\n  - {proxy_key: pk_test_narrow, channels: [gamma, beta]}\n"
                                + "  - {proxy_key: pk_test_narrower, channel: alpha, models: [gpt-5.1]}")
                .userLines("foreign", "groups: [team, abroad]", "proxy_key: pk_test_foreign")
                .userLines("leaver", "groups: [all, closed]", "proxy_key: pk_test_leaver")
                .userLines(
                        "hashed",
                        "channels: [beta]",
                        "keys:\n  - {sha256: " + KeyDigest.of("pk_test_hashed").hex() + ", name: hashed}\n"
                                + "  - {proxy_key: pk_test_fresh, name: soon, previous: {proxy_key: pk_test_stale,"
                                + " until: '" + Instant.now().plusSeconds(3600) + "'}}\n"
                                + "  - {proxy_key: pk_test_renewed, name: late, previous: {sha256: "
                                + KeyDigest.of("pk_test_outdated").hex() + ", until: '"
                                + Instant.now().minusSeconds(1) + "'}}"));
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

    private static Calls.Result ask(String key, String model, String... lines) throws IOException {
        String[] headers = new String[lines.length + 1];
        System.arraycopy(lines, 0, headers, 0, lines.length);
        headers[lines.length] = "Authorization: Bearer " + key;
        return Calls.post(rig, CHAT, "{\"model\":\"" + model + "\",\"messages\":[]}", headers);
    }

    @ParameterizedTest
    @CsvSource({
        // key, model, the channel that serves
        "pk_test_member, gpt-5.1, beta", // has the group's channels, which are the parent's narrowed
        "pk_test_wide, gpt-5.1, alpha",
        "pk_test_narrow, gpt-5.1, beta", // the key's own list within the groups'
        "pk_test_narrower, gpt-5.1, alpha",
        "pk_test_hashed, anything, beta",
    })
    void channelsAreInherited(String key, String model, String channel) throws IOException {
        Calls.Result result = ask(key, model);
        assertThat(result.status()).isEqualTo(200);
        assertThat(result.header("x-aiproxy-channel")).isEqualTo(channel);
    }

    @ParameterizedTest
    @CsvSource({
        "pk_test_member, alpha",
        "pk_test_wide, gamma", // granted to the user, but not to the group
        "pk_test_wide, beta",
        "pk_test_narrow, gamma",
        "pk_test_narrower, beta",
    })
    void nobodyReachesMoreThanTheLevelAboveGives(String key, String channel) throws IOException {
        ask(key, "gpt-5.1", "x-aiproxy-channel: " + channel).isFailure(403, "channel_not_allowed");
        assertThat(UPSTREAM.requests()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "pk_test_member, qwen-turbo",
        "pk_test_narrow, gpt-4o", // the group allows it, the user does not
        "pk_test_narrow, qwen-plus", // the other way round
        "pk_test_narrower, gpt-5.2",
        "pk_test_narrower, fast",
    })
    void aModelMustBeAllowedByEveryLevel(String key, String model) throws IOException {
        Calls.Result result = ask(key, model).isFailure(403, "model_not_allowed");
        assertThat(result.json().path("error").path("message").asText()).contains("\"" + model + "\"", "operator");
        assertThat(UPSTREAM.requests()).isEmpty();
        assertThat(rig.awaitLogLine("\"model\":\"" + model + "\"")).contains("model_not_allowed");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"model\":\"gpt-5.1\",\"model\":\"qwen-turbo\"}",
                "{\"model\":\"gpt-5.1\",\"Model\":\"qwen-turbo\"}",
                "{\"model\":\"gpt-5.1\"",
                "model=qwen-turbo",
            })
    void whoIsRestrictedCannotHideAModel(String body) throws IOException {
        Calls.post(rig, CHAT, body, "Authorization: Bearer pk_test_narrower").isFailure(403, "model_not_allowed");
        assertThat(UPSTREAM.requests()).isEmpty();
        assertThat(Calls.post(rig, CHAT, body, GatewayRig.AUTH, "x-aiproxy-channel: beta")
                        .status())
                .isEqualTo(200); // whoever may use all of them is nobody's trouble
    }

    @Test
    void aLargeBodyIsJudgedLikeASmallOne() throws IOException {
        String image = "x".repeat(600_000);
        Calls.post(
                        rig,
                        CHAT,
                        "{\"messages\":[\"" + image + "\"],\"model\":\"qwen-turbo\"}",
                        "Authorization: Bearer pk_test_narrower")
                .isFailure(403, "model_not_allowed");
        assertThat(UPSTREAM.requests()).isEmpty();
    }

    @Test
    void whatNamesNoModelMayBeAskedFor() throws IOException {
        assertThat(Calls.get(rig, "/v1/models", "Authorization: Bearer pk_test_narrower")
                        .status())
                .isEqualTo(200);
    }

    @Test
    void aDisabledGroupAndItsNetworksRefuseAllMembers() throws IOException {
        Calls.Result closed = ask("pk_test_leaver", "gpt-5.1").isFailure(403, "user_disabled");
        assertThat(closed.text()).contains("group \\\"closed\\\"");
        ask("pk_test_foreign", "gpt-5.1").isFailure(403, "ip_not_allowed");
    }

    @Test
    void aReplacedKeyWorksForAWhile() throws IOException {
        assertThat(ask("pk_test_fresh", "m").status()).isEqualTo(200);
        assertThat(ask("pk_test_stale", "m").status()).isEqualTo(200);
        assertThat(ask("pk_test_renewed", "m").status()).isEqualTo(200);
        ask("pk_test_outdated", "m").isFailure(401, "key_expired");
        ask(KeyDigest.of("pk_test_hashed").hex(), "m").isFailure(401, "invalid_api_key");
    }

    @ParameterizedTest
    @CsvSource({
        // key, asked for, sent, channel
        "pk_test_zhangsan, fast, qwen-turbo, alpha", // and not the channel's own alias of that name
        "pk_test_zhangsan, gpt-latest, gpt-5.1, alpha",
        "pk_test_member, gpt-latest, gpt-5.1, beta",
        "pk_test_wide, fast, qwen-turbo, alpha", // may ask for fast, and for no qwen-turbo
        "pk_test_narrower, gpt-latest, gpt-5.1, alpha", // may ask for gpt-5.1, whatever it is called
    })
    void anAliasIsTheModelThatItStandsFor(String key, String asked, String sent, String channel) throws IOException {
        Calls.Result result = ask(key, asked);
        assertThat(result.header("x-aiproxy-channel")).isEqualTo(channel);
        assertThat(result.text()).isEqualTo(Calls.ANSWER);
        assertThat(UPSTREAM.only().text()).isEqualTo("{\"model\":\"" + sent + "\",\"messages\":[]}");
    }

    @Test
    void anAliasInAPathIsReplacedThere() throws IOException {
        Calls.post(rig, "/v1beta/models/gemini:generateContent", "{\"contents\":[]}", GatewayRig.AUTH);
        assertThat(UPSTREAM.only().target()).isEqualTo("/v1beta/models/gemini-2.5-pro:generateContent");
        assertThat(UPSTREAM.only().text()).isEqualTo("{\"contents\":[]}");
    }

    @Test
    void anAliasHoldsForAWebSocketToo() throws IOException {
        UPSTREAM.reset();
        UPSTREAM.onAny().reply(Reply.webSocket().echo());
        try (RawWebSocket socket = rig.webSocket("/v1/realtime?a=1&model=gpt-latest&b=2", GatewayRig.AUTH)) {
            socket.text("are you there");
            assertThat(socket.text()).isEqualTo("are you there");
        }
        assertThat(UPSTREAM.only().target()).isEqualTo("/v1/realtime?a=1&model=gpt-5.1&b=2");
    }

    @ParameterizedTest
    @ValueSource(strings = {"model=qwen-turbo", "model=gpt-5.1&model=qwen-turbo", "model=gpt-5.1&mod%65l=qwen-turbo"})
    void aWebSocketForAModelThatIsNotAllowedIsRefused(String query) throws IOException {
        try (RawClient client = rig.client()) {
            RawWebSocket.on(client).sendHandshake("/v1/realtime?" + query, "Authorization: Bearer pk_test_narrower");
            Calls.read(client).isFailure(403, "model_not_allowed");
        }
        assertThat(UPSTREAM.requests()).isEmpty();
    }
}
