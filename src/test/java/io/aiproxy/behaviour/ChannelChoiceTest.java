package io.aiproxy.behaviour;

import static io.aiproxy.behaviour.Calls.BODY;
import static io.aiproxy.behaviour.Calls.CHAT;
import static org.assertj.core.api.Assertions.assertThat;

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

/** Which channel serves: the one that the caller names, else one for the model, by the priority of the grant. */
@NeedsGateway
class ChannelChoiceTest {
    private static final FakeUpstream UPSTREAM = FakeUpstream.start();
    private static GatewayRig rig;

    @BeforeAll
    static void start() {
        rig = GatewayRig.start(RigConfig.empty()
                .channel("any", UPSTREAM)
                .channel("openai", UPSTREAM, "models: [gpt-4o, \"gpt-5*\"]")
                .channel("claude", UPSTREAM, "models: [\"claude-*\"]", "model_aliases: {fast: claude-haiku-4-5}")
                .channel("last", UPSTREAM, "priority: 200")
                .channel("first", UPSTREAM, "priority: 1")
                .channel("off", UPSTREAM, "status: disabled")
                .user("zhangsan", GatewayRig.KEY, "any", "openai", "claude")
                .user("picky", "pk_test_picky", "openai", "claude")
                .user("ordered", "pk_test_ordered", "last", "first")
                .userLines(
                        "ranked", "channels: {last: {priority: 1}, first: {priority: 2}}", "proxy_key: pk_test_ranked")
                .userLines("unranked", "channels: {last: {}, first: {}}", "proxy_key: pk_test_unranked")
                .user("lucky", "pk_test_lucky", "off", "any"));
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

    private static Calls.Result model(String key, String model) throws IOException {
        return Calls.post(rig, CHAT, "{\"model\":\"" + model + "\",\"messages\":[]}", "Authorization: Bearer " + key);
    }

    @ParameterizedTest
    @CsvSource({
        "pk_test_zhangsan, gpt-4o, openai",
        "pk_test_zhangsan, gpt-5-mini, openai",
        "pk_test_zhangsan, claude-haiku-4-5, claude",
        "pk_test_zhangsan, qwen-plus, any",
        "pk_test_zhangsan, fast, claude",
        "pk_test_ordered, whatever, last",
        "pk_test_ranked, whatever, last",
        "pk_test_unranked, whatever, first",
        "pk_test_lucky, whatever, any",
    })
    void theModelThenThePriorityDecide(String key, String model, String channel) throws IOException {
        Calls.Result result = model(key, model);
        assertThat(result.status()).isEqualTo(200);
        assertThat(result.header("x-aiproxy-channel")).isEqualTo(channel);
        assertThat(UPSTREAM.only().header("authorization")).contains("Bearer " + RigConfig.keyOf(channel));
    }

    @Test
    void aModelThatNobodyServesIsRefused() throws IOException {
        model("pk_test_picky", "qwen-plus").isFailure(404, "model_not_found");
        assertThat(UPSTREAM.requests()).isEmpty();
    }

    @Test
    void anAliasIsReplacedInTheBodyAndNothingElse() throws IOException {
        String body =
                "{\"stream\": false , \"model\" : \"fast\", \"messages\":[{\"content\":\"model: fast 用\"}], \"x\":1e3}";
        Calls.post(rig, CHAT, body, GatewayRig.AUTH);
        assertThat(UPSTREAM.only().text()).isEqualTo(body.replace("\"fast\"", "\"claude-haiku-4-5\""));
    }

    @Test
    void withoutAnAliasTheBodyIsTheCallersByteForByte() throws IOException {
        String body = "{ \"model\" :\"gpt-4o\",\n\t\"messages\": [ ] , \"n\":1.50, \"u\":\"\\u7528\" }";
        Calls.post(rig, CHAT, body, GatewayRig.AUTH);
        assertThat(UPSTREAM.only().text()).isEqualTo(body);
    }

    @Test
    void theFirstSegmentOfThePathNamesTheChannelAndIsRemoved() throws IOException {
        Calls.Result result = Calls.post(rig, "/claude" + CHAT + "?x=1", BODY, GatewayRig.AUTH);
        assertThat(result.header("x-aiproxy-channel")).isEqualTo("claude");
        assertThat(UPSTREAM.only().target()).isEqualTo(CHAT + "?x=1");
    }

    @Test
    void theHeaderNamesTheChannelAndIsRemoved() throws IOException {
        Calls.Result result = Calls.post(rig, CHAT, BODY, GatewayRig.AUTH, "X-AIProxy-Channel: claude");
        assertThat(result.header("x-aiproxy-channel")).isEqualTo("claude");
        assertThat(UPSTREAM.only().header("x-aiproxy-channel")).isEmpty();
        assertThat(UPSTREAM.only().target()).isEqualTo(CHAT);
    }

    @ParameterizedTest
    @CsvSource({"off, channel_not_allowed", "no-such-channel, channel_not_allowed"})
    void aNamedChannelThatIsNotGrantedIsRefused(String channel, String code) throws IOException {
        Calls.post(rig, CHAT, BODY, GatewayRig.AUTH, "x-aiproxy-channel: " + channel)
                .isFailure(403, code);
        assertThat(UPSTREAM.requests()).isEmpty();
    }

    @Test
    void aNamedChannelThatIsDisabledIsRefused() throws IOException {
        Calls.post(rig, CHAT, BODY, "Authorization: Bearer pk_test_lucky", "x-aiproxy-channel: off")
                .isFailure(403, "channel_disabled");
    }
}
