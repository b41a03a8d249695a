package io.aiproxy.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import io.aiproxy.testing.FakeUpstream;
import io.aiproxy.testing.GatewayRig;
import io.aiproxy.testing.NeedsGateway;
import io.aiproxy.testing.RawClient;
import io.aiproxy.testing.RawWebSocket;
import io.aiproxy.testing.Recorded;
import io.aiproxy.testing.Reply;
import io.aiproxy.testing.RigConfig;
import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code privacy: yes} in YAML: the channel learns nothing of the caller, the caller nothing of the servers. */
@NeedsGateway
class PrivacyModeTest {
    private static final String MARK = "10.77.66.55";
    private static final String[] TELLING = {
        GatewayRig.AUTH,
        "X-Forwarded-For: " + MARK,
        "X-Real-IP: " + MARK,
        "X-Client-IP: " + MARK,
        "True-Client-IP: " + MARK,
        "Forwarded: for=" + MARK,
        "Via: 1.1 " + MARK,
        "Referer: http://" + MARK + "/",
        "User-Agent: browser of " + MARK,
        "X-Stainless-Lang: python",
    };

    private static final FakeUpstream UPSTREAM = FakeUpstream.start();
    private static GatewayRig rig;

    @BeforeAll
    static void start() {
        rig = GatewayRig.start(RigConfig.empty()
                .channel("private", UPSTREAM, "privacy: yes")
                .channel("plain", UPSTREAM)
                .user("zhangsan", GatewayRig.KEY, "private", "plain"));
    }

    @AfterAll
    static void stop() {
        rig.close();
        UPSTREAM.close();
    }

    @BeforeEach
    void reset() {
        UPSTREAM.reset();
    }

    private static Reply telling(int status) {
        return Reply.json(status, Calls.ANSWER)
                .header("Server", "provider/1")
                .header("Via", "1.1 provider")
                .header("Set-Cookie", "session=1")
                .header("openai-organization", "org-fake")
                .header("CF-Ray", "1")
                .header("x-request-id", "req_1")
                .header("x-ratelimit-remaining-requests", "9")
                .header("retry-after", "0");
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 400, 404, 418})
    void neitherSideLearnsOfTheOther(int status) throws IOException {
        UPSTREAM.onAny().reply(telling(status));
        Calls.Result result = Calls.post(rig, Calls.CHAT, Calls.BODY, TELLING);
        assertThat(result.status()).isEqualTo(status);
        Recorded seen = UPSTREAM.only();
        assertThat(seen.everything()).doesNotContain(MARK, "127.0.0.1", "pk_test");
        assertThat(seen.headers("x-stainless-lang")).containsExactly("python");
        assertThat(seen.text()).isEqualTo(Calls.BODY);
        assertThat(result.head().text()).doesNotContain("provider", "org-fake", "session=1", "CF-Ray");
        assertThat(result.header("x-request-id")).isEqualTo("req_1");
        assertThat(result.header("x-ratelimit-remaining-requests")).isEqualTo("9");
        assertThat(result.text()).isEqualTo(Calls.ANSWER);
    }

    @Test
    void aWebSocketsHandshakeIsTreatedAlike() throws IOException {
        UPSTREAM.on("/v1/realtime")
                .reply(Reply.webSocket()
                        .header("Server", "provider/1")
                        .header("x-request-id", "req_1")
                        .echo());
        try (RawWebSocket socket = RawWebSocket.on(rig.client())) {
            RawClient.Answer answer = socket.handshake("/v1/realtime?model=m", TELLING);
            assertThat(answer.status()).isEqualTo(101);
            assertThat(answer.head().text()).doesNotContain("provider").contains("req_1");
            assertThat(socket.text("hello").text()).isEqualTo("hello");
        }
        assertThat(UPSTREAM.requests().get(0).head().text()).doesNotContain(MARK, "127.0.0.1");
    }

    @Test
    void withoutItBothAreSeen() throws IOException {
        UPSTREAM.onAny().reply(telling(200));
        Calls.Result result = Calls.post(rig, "/plain" + Calls.CHAT, Calls.BODY, TELLING);
        assertThat(result.header("server")).isEqualTo("provider/1");
        assertThat(UPSTREAM.only().headers("user-agent")).containsExactly("browser of " + MARK);
        assertThat(UPSTREAM.only().headers("x-forwarded-for")).containsExactly(MARK);
    }
}
