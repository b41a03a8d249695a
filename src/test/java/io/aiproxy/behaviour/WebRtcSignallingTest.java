package io.aiproxy.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import io.aiproxy.testing.FakeUpstream;
import io.aiproxy.testing.GatewayRig;
import io.aiproxy.testing.NeedsGateway;
import io.aiproxy.testing.RawClient;
import io.aiproxy.testing.Recorded;
import io.aiproxy.testing.Reply;
import io.aiproxy.testing.RigConfig;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** WebRTC: media flow beside the gateway, but offers, answers and ephemeral keys go through it. */
@NeedsGateway
class WebRtcSignallingTest {
    private static final String CALLS = "/v1/realtime/calls";
    private static final String SECRETS = "/v1/realtime/client_secrets";
    private static final String OFFER = "v=0\r\no=- 4227147428 1719357865 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n"
            + "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=x:\u00e9\r\n";
    private static final String ANSWER = "v=0\r\no=- 1 2 IN IP4 0.0.0.0\r\na=setup:active\r\n";
    private static final String FORM = "--b\r\nContent-Disposition: form-data; name=\"sdp\"\r\n\r\n" + OFFER
            + "\r\n--b\r\nContent-Disposition: form-data; name=\"session\"\r\n\r\n"
            + "{ \"type\":\"realtime\", \"model\" : \"gpt-realtime\" }\r\n--b--\r\n";

    private final FakeUpstream first = FakeUpstream.start();
    private final FakeUpstream second = FakeUpstream.start();
    private GatewayRig rig;

    @BeforeEach
    void start() {
        for (FakeUpstream upstream : new FakeUpstream[] {first, second}) {
            upstream.onAny().reply(Reply.json("{}"));
            located(upstream, CALLS, CALLS + "/rtc_1");
        }
        second.expectCredential("Authorization", "Bearer " + RigConfig.keyOf("second"));
        rig = GatewayRig.start(RigConfig.empty()
                .channel("first", first)
                .channel("second", second)
                .channel("based", second.baseUrl() + "/base", "api_key: " + RigConfig.keyOf("second"))
                .channel(
                        "named", second, "api_key: " + RigConfig.keyOf("second"), "model_aliases: {fast: gpt-realtime}")
                .user("zhangsan", GatewayRig.KEY, "first", "second", "based", "named"));
    }

    @AfterEach
    void stop() {
        rig.close();
        first.close();
        second.close();
    }

    private static void located(FakeUpstream upstream, String path, String location) {
        upstream.on(path)
                .reply(Reply.status(201)
                        .header("Location", location)
                        .header("Content-Type", "application/sdp")
                        .body(ANSWER));
    }

    private Calls.Result call(String target, String type, String body, String... fields) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        try (RawClient client = rig.client()) {
            StringBuilder head = new StringBuilder("POST " + target + " HTTP/1.1\r\nHost: gw.example:8443\r\n"
                    + GatewayRig.AUTH + "\r\nContent-Type: " + type + "\r\nContent-Length: " + bytes.length + "\r\n");
            for (String field : fields) {
                head.append(field).append("\r\n");
            }
            return Calls.read(client.send(head + "\r\n").send(bytes));
        }
    }

    private Calls.Result offer(String target, String... fields) throws IOException {
        return call(target, "application/sdp", OFFER, fields);
    }

    @ParameterizedTest
    @CsvSource({"/v1/realtime/calls?model=gpt-realtime", "/second/v1/realtime/calls?model=gpt-realtime"})
    void anOfferAndItsAnswerPassByteForByte(String target) throws IOException {
        Calls.Result answer = offer(target, "x-aiproxy-channel: second");
        assertThat(answer.status()).as(answer.text()).isEqualTo(201);
        assertThat(answer.text()).isEqualTo(ANSWER);
        assertThat(answer.header("content-type")).isEqualTo("application/sdp");
        Recorded sent = second.only();
        assertThat(sent.target()).isEqualTo("/v1/realtime/calls?model=gpt-realtime");
        assertThat(sent.text()).isEqualTo(OFFER);
        assertThat(sent.header("content-type")).contains("application/sdp");
        assertThat(sent.everything()).doesNotContain(GatewayRig.KEY);
        assertThat(rig.awaitLogLine("realtime.calls")).contains("gpt-realtime");
    }

    @Test
    void aFormPassesByteForByteAndNamesTheModel() throws IOException {
        Calls.Result answer = call(CALLS, "multipart/form-data; boundary=b", FORM, "x-aiproxy-channel: second");
        assertThat(answer.text()).isEqualTo(ANSWER);
        assertThat(second.only().text()).isEqualTo(FORM);
        assertThat(rig.awaitLogLine("realtime.calls")).contains("gpt-realtime");
    }

    @Test
    void anAliasIsReplacedAndTheSdpIsNot() throws IOException {
        call("/named" + CALLS, "multipart/form-data; boundary=b", FORM.replace("gpt-realtime", "fast"));
        assertThat(second.last().text()).isEqualTo(FORM);
        offer("/named" + CALLS + "?model=fast");
        assertThat(second.last().target()).isEqualTo(CALLS + "?model=gpt-realtime");
        assertThat(second.last().text()).isEqualTo(OFFER);
        call("/named" + SECRETS, "application/json", "{\"session\": {\"model\":\"fast\", \"x\":1.0}}");
        assertThat(second.last().text()).isEqualTo("{\"session\": {\"model\":\"gpt-realtime\", \"x\":1.0}}");
    }

    @ParameterizedTest(name = "{0}: {1} becomes {2}")
    @CsvSource({
        CALLS + ", " + CALLS + "/rtc_9, " + CALLS + "/rtc_9",
        "/second" + CALLS + ", " + CALLS + "/rtc_9, /second" + CALLS + "/rtc_9",
        CALLS + ", UPSTREAM" + CALLS + "/rtc_9, http://gw.example:8443" + CALLS + "/rtc_9",
        "/second" + CALLS + ", UPSTREAM" + CALLS + "/rtc_9, http://gw.example:8443/second" + CALLS + "/rtc_9",
        "/based" + CALLS + ", /base" + CALLS + "/rtc_9, /based" + CALLS + "/rtc_9",
        "/based" + CALLS + ", " + CALLS + "/rtc_9, /based" + CALLS + "/rtc_9",
        "/based" + CALLS + ", UPSTREAM/base" + CALLS + "/rtc_9, http://gw.example:8443/based" + CALLS + "/rtc_9",
        CALLS + ", https://other.example" + CALLS + "/rtc_9, https://other.example" + CALLS + "/rtc_9",
    })
    void theAddressOfTheCallIsTheGateways(String target, String location, String expected) throws IOException {
        String real = location.replace("UPSTREAM", second.baseUrl());
        located(second, CALLS, real);
        located(second, "/base" + CALLS, real);
        Calls.Result answer = target.equals(CALLS) ? offer(target, "x-aiproxy-channel: second") : offer(target);
        assertThat(answer.status()).as(answer.text()).isEqualTo(201);
        assertThat(answer.head().headers("location")).containsExactly(expected);
    }

    @Test
    void theAddressIsAsSecureAsTheProxyInFrontSays() throws IOException {
        located(second, CALLS, second.baseUrl() + CALLS + "/rtc_9");
        Calls.Result answer = offer(CALLS, "x-aiproxy-channel: second", "X-Forwarded-Proto: https");
        assertThat(answer.header("location")).isEqualTo("https://gw.example:8443" + CALLS + "/rtc_9");
    }

    @ParameterizedTest
    @ValueSource(strings = {"accept", "reject", "refer", "hangup"})
    void whatFollowsGoesToTheChannelOfTheCall(String verb) throws IOException {
        offer(CALLS, "x-aiproxy-channel: second");
        Calls.Result answer = call(CALLS + "/rtc_1/" + verb, "application/json", "{\"model\":\"gpt-realtime\"}");
        assertThat(answer.header("x-aiproxy-channel")).as(answer.text()).isEqualTo("second");
        assertThat(second.last().target()).isEqualTo(CALLS + "/rtc_1/" + verb);
        assertThat(first.requests()).isEmpty();
    }

    @Test
    void aCallWhoseAnswerHasNoBodyIsRememberedToo() throws IOException {
        second.on(CALLS)
                .reply(Reply.status(201).header("Location", CALLS + "/rtc_7").length(0));
        offer(CALLS, "x-aiproxy-channel: second");
        Calls.Result answer = call(CALLS + "/rtc_7/hangup", "application/json", "{}");
        assertThat(answer.header("x-aiproxy-channel")).as(answer.text()).isEqualTo("second");
    }

    @Test
    void anUnknownCallGoesByPriority() throws IOException {
        Calls.Result answer = call(CALLS + "/rtc_unknown/hangup", "application/json", "{}");
        assertThat(answer.header("x-aiproxy-channel")).isEqualTo("first");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                SECRETS
                        + "|{\"value\":\"ek_test_1\",\"expires_at\":1756310470,\"session\":{\"model\":\"gpt-realtime\"}}",
                "/v1/realtime/sessions|{\"id\":\"sess_1\",\"client_secret\":{\"value\":\"ek_test_1\",\"expires_at\":1}}",
                SECRETS + "|{\"value\":\"ek_test_1\",\"expires_",
                SECRETS + "|this is not what it should be",
            })
    void ephemeralKeysReachTheCallerUnchanged(String target, String body) throws IOException {
        second.on(target).reply(Reply.json(body).splitEvery(11));
        String asked = "{\"session\":{\"type\":\"realtime\",\"model\":\"gpt-realtime\"}}";
        Calls.Result answer =
                call(target, "application/json", asked, "x-aiproxy-channel: second", "Accept-Encoding: gzip");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.text()).isEqualTo(body);
        assertThat(second.only().text()).isEqualTo(asked);
        assertThat(second.only().headers("accept-encoding")).containsExactly("identity");
    }
}
