package io.aiproxy.behaviour;

import static io.aiproxy.behaviour.Calls.BODY;
import static io.aiproxy.behaviour.Calls.CHAT;
import static org.assertj.core.api.Assertions.assertThat;

import io.aiproxy.testing.FakeUpstream;
import io.aiproxy.testing.GatewayRig;
import io.aiproxy.testing.Head;
import io.aiproxy.testing.NeedsGateway;
import io.aiproxy.testing.Reply;
import io.aiproxy.testing.RigConfig;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** No header of a request ever comes back in an answer, and no credential is ever written anywhere. */
@NeedsGateway
class NoEchoTest {
    private static final FakeUpstream UPSTREAM = FakeUpstream.start();
    private static final String MARK = "echo-mark-71";
    private static final String[] HEADERS = {
        "X-Custom: " + MARK,
        "User-Agent: " + MARK,
        "Referer: http://" + MARK,
        "Cookie: c=" + MARK,
        "X-Request-Id: " + MARK,
        "CamelHttpResponseCode: 299",
        "CamelHttpMethod: " + MARK,
        "Accept-Language: " + MARK,
    };
    private static GatewayRig rig;

    @BeforeAll
    static void start() {
        rig = GatewayRig.start(RigConfig.empty()
                .channel("alpha", UPSTREAM)
                .channel("nobody", "http://127.0.0.1:" + FakeUpstream.refusingPort())
                .user("zhangsan", GatewayRig.KEY, "alpha")
                .user("nobody", "pk_test_nobody", "nobody"));
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

    private static String[] with(String... more) {
        String[] all = new String[HEADERS.length + more.length];
        System.arraycopy(HEADERS, 0, all, 0, HEADERS.length);
        System.arraycopy(more, 0, all, HEADERS.length, more.length);
        return all;
    }

    private static void silent(Calls.Result result) {
        assertThat(result.head().text() + result.text()).doesNotContain(MARK, "pk_test", "sk_upstream", "Camel");
        assertThat(result.status()).isNotEqualTo(299);
    }

    @Test
    void inAGoodAnswer() throws IOException {
        Calls.Result result = Calls.post(rig, CHAT, BODY, with(GatewayRig.AUTH));
        silent(result);
        List<String> names = result.head().fields().stream()
                .map(Head.Field::name)
                .map(name -> name.toLowerCase(java.util.Locale.ROOT))
                .filter(name -> !name.startsWith("x-aiproxy-"))
                .toList();
        assertThat(names).containsOnly("content-type", "content-length");
    }

    @Test
    void inAStreamedAnswer() throws IOException {
        UPSTREAM.onAny().reply(Reply.sse().event("one"));
        silent(Calls.post(rig, CHAT, BODY, with(GatewayRig.AUTH)));
    }

    @Test
    void inAnErrorOfTheChannel() throws IOException {
        UPSTREAM.onAny().reply(Reply.json(418, "{}"));
        silent(Calls.post(rig, CHAT, BODY, with(GatewayRig.AUTH)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"X-Nothing: 1", "Authorization: Bearer pk_test_unknown", "Authorization: Bearer pk_test_nobody"})
    void inAnErrorOfTheGateway(String auth) throws IOException {
        for (String target : new String[] {CHAT, Calls.MESSAGES, Calls.GENERATE, Calls.DASHSCOPE}) {
            Calls.Result result = Calls.post(rig, target, BODY, with(auth));
            assertThat(result.status()).isGreaterThanOrEqualTo(400);
            silent(result);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/health", "/ready", "/status", "/stats", "/dashboard", "/metrics"})
    void inAnOperationalPage(String page) throws IOException {
        Calls.Result result = Calls.get(rig, page, with(GatewayRig.AUTH));
        assertThat(result.status()).isEqualTo(200);
        assertThat(result.head().text() + result.text()).doesNotContain(MARK, "pk_test", "sk_upstream");
    }

    @Test
    void headersThatLookLikeCamelsOwnPassAsWhatTheyAre() throws IOException {
        Calls.post(rig, CHAT, BODY, with(GatewayRig.AUTH, "CamelHttpUri: http://elsewhere.example.test"));
        assertThat(UPSTREAM.only().target()).isEqualTo(CHAT);
        assertThat(UPSTREAM.only().method()).isEqualTo("POST");
    }

    @Test
    void inTheAccessLog() throws IOException {
        Calls.post(rig, "/v1/logged?key=" + GatewayRig.KEY, BODY, with());
        String line = rig.awaitLogLine("/v1/logged");
        assertThat(line).contains("zhangsan", "laptop", "\"channel\":\"alpha\"");
        assertThat(String.join("\n", rig.accessLog())).doesNotContain("pk_test", "sk_upstream");
    }
}
