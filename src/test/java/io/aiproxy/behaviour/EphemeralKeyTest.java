package io.aiproxy.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.fasterxml.jackson.databind.JsonNode;
import io.aiproxy.testing.FakeUpstream;
import io.aiproxy.testing.Gate;
import io.aiproxy.testing.GatewayRig;
import io.aiproxy.testing.NeedsGateway;
import io.aiproxy.testing.RawClient;
import io.aiproxy.testing.RawWebSocket;
import io.aiproxy.testing.Recorded;
import io.aiproxy.testing.Reply;
import io.aiproxy.testing.RigConfig;
import io.aiproxy.testing.SocketEnd;
import io.aiproxy.testing.providers.OpenAiRealtimeProvider;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/**
 * A server asks for an ephemeral key with its proxy key and hands it to a browser; the browser comes with it to the
 * gateway, and the channel that made it sees it, and nobody else.
 */
@NeedsGateway
class EphemeralKeyTest {
    private static final String SECRETS = "/v1/realtime/client_secrets";
    private static final String SESSIONS = "/v1/realtime/sessions";
    private static final String CALLS = "/v1/realtime/calls";
    private static final String REALTIME = "/v1/realtime?model=gpt-realtime";
    private static final String EK = "ek_6890a1b2c3d4_browser";
    private static final String BEARER = "Authorization: Bearer " + EK;
    private static final String OFFER = "Sec-WebSocket-Protocol: realtime, openai-insecure-api-key." + EK;
    private static final String ASKED = "{\"session\":{\"type\":\"realtime\",\"model\":\"gpt-realtime\"}}";
    private static final String SDP = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\n";

    @AutoClose
    private final FakeUpstream first = FakeUpstream.start();

    @AutoClose
    private final FakeUpstream second = FakeUpstream.start();

    @AutoClose
    private GatewayRig rig;

    @BeforeEach
    void start() {
        first.forbid("ek_", "pk_test");
        first.onAny().reply(Reply.json("{}"));
        second.forbid("pk_test");
        OpenAiRealtimeProvider.on(second, Gate.closed());
        rig = GatewayRig.start(RigConfig.empty()
                .channel("first", first)
                .channel("second", second)
                .user("zhangsan", GatewayRig.KEY, "first", "second")
                .user("lisi", "pk_test_lisi", "first", "second"));
    }

    private static long inSeconds(long from) {
        return Instant.now().getEpochSecond() + from;
    }

    private static String secret(long expiresIn) {
        return "{\"value\":\"" + EK + "\",\"expires_at\":" + inSeconds(expiresIn)
                + ",\"session\":{\"type\":\"realtime\",\"object\":\"realtime.session\",\"id\":\"sess_1\",\"model\":\"gpt-realtime\"}}";
    }

    private static String session(long expiresIn) {
        return "{\"id\":\"sess_1\",\"object\":\"realtime.session\",\"model\":\"gpt-realtime\",\"instructions\":\""
                + "x".repeat(20_000) + "\",\"client_secret\":{\"value\":\"" + EK + "\",\"expires_at\":"
                + inSeconds(expiresIn) + "}}";
    }

    /** Has the second channel make a key, the usual way. */
    private void make(long expiresIn) throws IOException {
        String body = secret(expiresIn);
        second.on(SECRETS).reply(Reply.json(body));
        Calls.Result made = Calls.post(rig, SECRETS, ASKED, GatewayRig.AUTH, "x-aiproxy-channel: second");
        assertThat(made.status()).isEqualTo(200);
        assertThat(made.text()).isEqualTo(body);
        assertThat(made.header("x-aiproxy-channel")).isEqualTo("second");
    }

    private Calls.Result handshake(String... lines) throws IOException {
        try (RawClient client = rig.client()) {
            RawWebSocket.on(client).sendHandshake(REALTIME, lines);
            return Calls.read(client);
        }
    }

    private void opens(String... lines) throws IOException {
        try (RawWebSocket socket = rig.webSocket(REALTIME, lines)) {
            assertThat(socket.text()).contains("session.created");
            socket.close(1000, "");
            assertThat(socket.awaitClose()).isEqualTo(SocketEnd.close(1000, ""));
        }
    }

    private void cameWithTheKeyItself(Recorded sent) {
        assertThat(sent.headers("authorization")).containsExactly("Bearer " + EK);
        assertThat(sent.everything()).doesNotContain("sk_upstream", "pk_test");
        assertThat(first.requests()).isEmpty();
    }

    @Test
    void a_browsers_socket_reaches_the_channel_that_made_the_key() throws IOException {
        make(600);
        assertThat(second.only().headers("authorization")).containsExactly("Bearer " + RigConfig.keyOf("second"));
        opens(OFFER);
        cameWithTheKeyItself(second.last());
        assertThat(second.last().headers("sec-websocket-protocol")).containsExactly("realtime");
        assertThat(second.last().target()).isEqualTo(REALTIME);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Authorization: Bearer " + EK,
                "api-key: " + EK,
                "x-api-key: " + EK,
                "Authorization: Bearer dummy\r\n" + OFFER,
                BEARER + "\r\nx-aiproxy-channel: second"
            })
    void it_counts_wherever_a_proxy_key_counts(String lines) throws IOException {
        make(600);
        opens(lines);
        cameWithTheKeyItself(second.last());
    }

    @Test
    void in_the_query_too_and_does_not_stay_there() throws IOException {
        make(600);
        try (RawWebSocket socket = rig.webSocket(REALTIME + "&key=" + EK)) {
            assertThat(socket.text()).contains("session.created");
        }
        assertThat(second.last().target()).isEqualTo(REALTIME);
        cameWithTheKeyItself(second.last());
    }

    @Test
    void an_offer_of_WebRTC_reaches_it_and_what_follows_too() throws IOException {
        make(600);
        second.on(CALLS)
                .reply(Reply.status(201)
                        .header("Location", CALLS + "/rtc_1")
                        .header("Content-Type", "application/sdp")
                        .body(SDP));
        Calls.Result answer = Calls.post(rig, CALLS, SDP, BEARER, "Content-Type: application/sdp");
        assertThat(answer.status()).as(answer.text()).isEqualTo(201);
        assertThat(answer.text()).isEqualTo(SDP);
        assertThat(answer.header("location")).isEqualTo(CALLS + "/rtc_1");
        assertThat(second.last().text()).isEqualTo(SDP);
        cameWithTheKeyItself(second.last());

        // The server that has the proxy key listens in: with the channel's own credential, at the same channel.
        try (RawWebSocket sideband = rig.webSocket("/v1/realtime?call_id=rtc_1", GatewayRig.AUTH)) {
            assertThat(sideband.text()).contains("session.created");
        }
        assertThat(second.last().headers("authorization")).containsExactly("Bearer " + RigConfig.keyOf("second"));
        assertThat(first.requests()).isEmpty();
    }

    @Test
    void what_else_it_may_do_the_provider_decides() throws IOException {
        make(600);
        second.on("/v1/models").reply(Reply.json(403, "{\"error\":{\"message\":\"not with this key\"}}"));
        Calls.Result result = Calls.get(rig, "/v1/models", BEARER);
        assertThat(result.status()).isEqualTo(403);
        assertThat(result.text()).contains("not with this key");
        cameWithTheKeyItself(second.last());
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 403, 429, 500})
    void a_refusal_of_the_channel_is_told_and_costs_the_others_nothing(int status) throws IOException {
        make(600);
        second.on("/v1/realtime").reply(Reply.json(status, "{\"error\":{\"message\":\"invalid ephemeral key\"}}"));
        Calls.Result result = handshake(OFFER);
        assertThat(result.status()).isEqualTo(status);
        assertThat(result.text()).contains("invalid ephemeral key");
        cameWithTheKeyItself(second.last());
        second.on("/v1/realtime")
                .reply(Reply.webSocket().sendText("session.created").expectClose());
        opens(GatewayRig.AUTH, "x-aiproxy-channel: second");
    }

    @ParameterizedTest
    @CsvSource({
        "x-aiproxy-channel: first, /v1/realtime?model=gpt-realtime",
        "X-None: 1, /first/v1/realtime?model=gpt-realtime"
    })
    void no_other_channel_can_be_asked_with_it(String line, String target) throws IOException {
        make(600);
        try (RawClient client = rig.client()) {
            RawWebSocket.on(client).sendHandshake(target, OFFER, line);
            Calls.read(client).isFailure(403, "channel_not_allowed");
        }
        assertThat(first.requests()).isEmpty();
    }

    @Test
    void a_key_of_the_older_form_counts_too() throws IOException {
        String body = session(60);
        second.on(SESSIONS).reply(Reply.json(body).splitEvery(4096));
        Calls.Result made =
                Calls.post(rig, SESSIONS, "{\"model\":\"gpt-realtime\"}", GatewayRig.AUTH, "x-aiproxy-channel: second");
        assertThat(made.text()).isEqualTo(body);
        opens(OFFER);
        cameWithTheKeyItself(second.last());
    }

    @ParameterizedTest
    @ValueSource(strings = {SECRETS, SESSIONS})
    void an_answer_that_is_compressed_in_spite_of_all_is_understood(String path) throws IOException {
        byte[] plain = (path.equals(SECRETS) ? secret(60) : session(60)).getBytes(StandardCharsets.UTF_8);
        byte[] packed = gzip(plain);
        second.on(path)
                .reply(Reply.status(200)
                        .header("Content-Type", "application/json")
                        .header("Content-Encoding", "gzip")
                        .body(packed)
                        .splitEvery(100));
        try (RawClient client = rig.client()) {
            client.post(path, ASKED, GatewayRig.AUTH, "x-aiproxy-channel: second", "Accept-Encoding: gzip, br");
            RawClient.Answer answer = client.answer();
            assertThat(answer.header("content-encoding")).isEqualTo("gzip");
            assertThat(answer.body().readAll()).isEqualTo(packed);
        }
        assertThat(second.only().headers("accept-encoding")).containsExactly("identity");
        opens(OFFER);
        cameWithTheKeyItself(second.last());
    }

    private static byte[] gzip(byte[] plain) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
            out.write(plain);
        }
        return packed.toByteArray();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"error\":{\"message\":\"no\"},\"value\":\"" + EK + "\",\"expires_at\":32503680000}",
                "{\"value\":\"" + EK + "\"}",
                "{\"value\":\"" + EK + "\",\"expires_at\":\"soon\"}",
                "not JSON"
            })
    void what_is_no_key_is_not_remembered(String body) throws IOException {
        int status = body.contains("error") ? 400 : 200;
        second.on(SECRETS).reply(Reply.json(status, body));
        Calls.post(rig, SECRETS, ASKED, GatewayRig.AUTH, "x-aiproxy-channel: second");
        handshake(OFFER).isFailure(401, "invalid_api_key");
    }

    /** Azure takes its own key in {@code api-key} and ephemeral ones as bearer tokens. */
    @ParameterizedTest
    @CsvSource({
        "/openai/v1/realtime/client_secrets, /openai/v1/realtime/calls?webrtcfilter=on, auth: api-key",
        "/openai/realtimeapi/sessions?api-version=2025-04-01-preview, /openai/v1/realtime/calls, auth: api-key",
        "/v1/realtime/client_secrets, /v1/realtime/calls, auth: query-key",
        "/v1/realtime/client_secrets, /v1/realtime/calls, auth: x-api-key",
    })
    void a_channel_that_wants_its_key_elsewhere_takes_it_as_a_bearer_token(String made, String used, String auth)
            throws IOException {
        rig.config().channel("second", second, auth);
        rig.applyConfig();
        second.on(r -> r.target().startsWith(made)).reply(Reply.json(made.contains("api/") ? session(60) : secret(60)));
        Calls.post(rig, made, ASKED, GatewayRig.AUTH, "x-aiproxy-channel: second");
        assertThat(second.only().everything()).contains(RigConfig.keyOf("second"));
        assertThat(second.only().header("authorization")).isEmpty();
        second.on(r -> r.target().equals(used)).reply(Reply.status(201).body(SDP));
        assertThat(Calls.post(rig, used, SDP, BEARER).status()).isEqualTo(201);
        cameWithTheKeyItself(second.last());
        opens(OFFER);
        cameWithTheKeyItself(second.last());
    }

    @Test
    void one_that_nobody_made_is_refused() throws IOException {
        Calls.Result result = handshake(OFFER).isFailure(401, "invalid_api_key");
        assertThat(result.text()).doesNotContain("ek_");
        Calls.post(rig, CALLS, SDP, BEARER).isFailure(401, "invalid_api_key");
        assertThat(first.requests()).isEmpty();
        assertThat(second.requests()).isEmpty();
    }

    @Test
    void one_whose_time_is_over_is_refused() throws IOException {
        make(-1);
        Calls.Result result = handshake(OFFER).isFailure(401, "key_expired");
        assertThat(result.text()).contains("ephemeral").doesNotContain("ek_");
        assertThat(second.requests()).hasSize(1);
    }

    @ParameterizedTest(name = "{1}: {2} {3}")
    @CsvSource(
            delimiter = '|',
            value = {
                "status: disabled|the user is disabled|403|user_disabled",
                "keys:\\n  - proxy_key: pk_test_zhangsan\\n    name: laptop\\n    status: disabled|the key is disabled|403|key_disabled",
                "keys:\\n  - proxy_key: pk_test_zhangsan\\n    name: laptop\\n    expires_at: 2020-01-01|the key has expired|401|key_expired",
                "keys:\\n  - proxy_key: pk_test_zhangsan\\n    name: other|the key is gone|401|invalid_api_key",
                "channels: [first]|the channel is not the user's any more|403|channel_not_allowed",
                "allowed_ips: [10.1.2.3]|the address is not allowed any more|403|ip_not_allowed"
            })
    void it_is_worth_no_more_than_the_key_that_asked_for_it(String lines, String why, int status, String code)
            throws IOException {
        make(600);
        List<String> user = new ArrayList<>(List.of(
                "name: Zhang San",
                "channels: [first, second]",
                "keys:\n  - proxy_key: pk_test_zhangsan\n    name: laptop"));
        user.add(lines.replace("\\n", "\n"));
        rig.config().userLines("zhangsan", user.toArray(String[]::new));
        rig.applyConfig();
        handshake(OFFER).isFailure(status, code);
        Calls.post(rig, CALLS, SDP, BEARER).isFailure(status, code);
        assertThat(second.requests()).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({"status: disabled, 403, channel_disabled", "supports_websocket: no, 400, websocket_not_supported"})
    void nor_more_than_the_channel_that_made_it(String line, int status, String code) throws IOException {
        make(600);
        rig.config().channel("second", second, line);
        rig.applyConfig();
        handshake(OFFER).isFailure(status, code);
        assertThat(second.requests()).hasSize(1);
        assertThat(first.requests()).isEmpty();
    }

    @Test
    void its_sockets_count_as_its_owners() throws IOException {
        rig.config().channel("second", second, "websocket: {max_per_key: 1}");
        rig.applyConfig();
        make(600);
        try (RawWebSocket socket = rig.webSocket(REALTIME, GatewayRig.AUTH, "x-aiproxy-channel: second")) {
            assertThat(socket.text()).contains("session.created");
            handshake(OFFER).isFailure(429, "socket_limit_exceeded");
        }
    }

    @Test
    void a_new_proxy_key_of_the_same_name_changes_nothing() throws IOException {
        make(600);
        rig.config().user("zhangsan", "pk_test_zhangsan_2", "first", "second");
        rig.applyConfig();
        opens(OFFER);
        cameWithTheKeyItself(second.last());
    }

    @Test
    void all_that_it_does_is_its_owners_and_it_stands_in_no_log() throws IOException {
        rig.config().system("log_level: debug");
        rig.applyConfig();
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        log.start();
        root.addAppender(log);
        try {
            make(600);
            opens(OFFER);
            handshake("Sec-WebSocket-Protocol: realtime, openai-insecure-api-key." + EK + "x")
                    .isFailure(401, "invalid_api_key");
            Calls.get(rig, "/v1/of/browser?key=" + EK);
            second.on("/v1/realtime").reply(Reply.hangUp());
            handshake(OFFER);
            assertThat(Calls.get(rig, "/v1/last", BEARER).status()).isEqualTo(404);
        } finally {
            root.detachAppender(log);
        }
        String line = rig.awaitLogLine("/v1/of/browser");
        assertThat(line).contains("\"user\":\"zhangsan\"", "\"key\":\"laptop\"", "\"channel\":\"second\"");
        rig.awaitLogLine("/v1/last");
        assertThat(rig.accessLog()).hasSizeGreaterThanOrEqualTo(6);
        assertThat(String.join("\n", rig.accessLog())).doesNotContain("ek_", "pk_test", "sk_upstream");
        assertThat(log.list).extracting(ILoggingEvent::getFormattedMessage).noneMatch(m -> m.contains(EK));
        JsonNode users = Calls.get(rig, "/stats").json().path("user_stats");
        assertThat(users.path("zhangsan").path("requests").asInt()).isEqualTo(5);
        assertThat(users.path("lisi").path("requests").asInt()).isZero();
    }
}
