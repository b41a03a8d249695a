package io.aiproxy.behaviour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.aiproxy.testing.FakeUpstream;
import io.aiproxy.testing.Gate;
import io.aiproxy.testing.GatewayRig;
import io.aiproxy.testing.NeedsGateway;
import io.aiproxy.testing.RawClient;
import io.aiproxy.testing.RawWebSocket;
import io.aiproxy.testing.Reply;
import io.aiproxy.testing.RigConfig;
import io.aiproxy.testing.SocketEnd;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who loses a right loses the sockets that were opened with it, at both ends and at once; nobody else notices. */
@NeedsGateway
class RevocationTest {
    private static final String LISI = "Authorization: Bearer pk_test_lisi";
    private static final String PHONE = "Authorization: Bearer pk_test_phone";
    private static final String KEYS =
            "keys:\n  - {proxy_key: pk_test_zhangsan, name: laptop}\n" + "  - {proxy_key: pk_test_phone, name: phone}";
    private static final String CHANNELS = "channels: [alpha, beta]";

    @AutoClose
    private final FakeUpstream upstream = FakeUpstream.start();

    @AutoClose
    private GatewayRig rig;

    @BeforeEach
    void start() {
        upstream.onAny().reply(Reply.webSocket().echo());
        rig = GatewayRig.start(RigConfig.empty()
                .channel("alpha", upstream)
                .channel("beta", upstream)
                .userLines("zhangsan", "name: Zhang San", CHANNELS, KEYS)
                .user("lisi", "pk_test_lisi", "alpha", "beta")
                .userGroup("closed", "status: disabled"));
    }

    /** A socket that is known to carry frames. */
    private RawWebSocket open(String... lines) throws IOException {
        RawWebSocket socket = rig.webSocket("/v1/realtime?model=m", lines);
        return lives(socket);
    }

    private static RawWebSocket lives(RawWebSocket socket) throws IOException {
        socket.text("are you there");
        assertThat(socket.text()).isEqualTo("are you there");
        return socket;
    }

    private void zhangsan(String... lines) {
        rig.config().userLines("zhangsan", lines);
        rig.applyConfig();
    }

    private static void told(RawWebSocket socket, String why) throws IOException {
        assertThat(socket.awaitClose()).isEqualTo(SocketEnd.close(1008, why));
        socket.close(1008, "");
        assertThat(socket.closedByPeer()).isTrue();
    }

    @ParameterizedTest(name = "{1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "status: disabled|user_disabled",
                "keys: [{proxy_key: pk_test_zhangsan, name: laptop, status: disabled}]|key_disabled",
                "keys: [{proxy_key: pk_test_phone, name: phone}]|key_removed",
                "keys: [{proxy_key: pk_test_zhangsan, name: renamed}]|key_removed",
                "keys: [{proxy_key: pk_test_zhangsan, name: laptop, channels: [beta]}]|channel_not_allowed",
                "channels: [beta]|channel_not_allowed",
                "keys: [{proxy_key: pk_test_fresh, name: laptop}]|key_changed",
                "groups: [closed]|group_disabled",
            })
    void a_right_that_ends_ends_both_ends(String line, String why) throws IOException {
        try (RawWebSocket socket = open(GatewayRig.AUTH, "User-Agent: revoked");
                RawWebSocket other = open(LISI)) {
            String[] lines = line.startsWith("status") || line.startsWith("groups")
                    ? new String[] {"name: Z", CHANNELS, KEYS, line}
                    : line.startsWith("keys")
                            ? new String[] {"name: Z", CHANNELS, line}
                            : new String[] {"name: Z", KEYS, line};
            zhangsan(lines);
            told(socket, why);
            assertThat(upstream.requests().get(0).socket().awaitEnd()).isEqualTo(SocketEnd.close(1008, why));
            upstream.requests().get(0).socket().awaitGone();
            lives(other);
            lives(open(LISI)).close();
        }
        assertThat(rig.awaitLogLine("revoked"))
                .contains(
                        "\"closed_by\":\"gateway\"",
                        "\"close_code\":1008",
                        "\"close_reason\":\"revoked\"",
                        "\"user\":\"zhangsan\"");
    }

    @Test
    void a_user_that_is_removed_loses_all_sockets() throws IOException {
        try (RawWebSocket first = open(GatewayRig.AUTH);
                RawWebSocket second = open(PHONE, "x-aiproxy-channel: beta");
                RawWebSocket other = open(LISI)) {
            rig.config().withoutUser("zhangsan");
            rig.applyConfig();
            told(first, "user_removed");
            told(second, "user_removed");
            lives(other);
        }
    }

    @Test
    void one_key_of_two_that_is_disabled_leaves_the_other() throws IOException {
        try (RawWebSocket laptop = open(GatewayRig.AUTH);
                RawWebSocket phone = open(PHONE)) {
            zhangsan("name: Z", CHANNELS, KEYS.replace("name: laptop", "name: laptop, status: disabled"));
            told(laptop, "key_disabled");
            lives(phone);
        }
    }

    @Test
    void a_channel_that_is_disabled_loses_its_sockets_and_no_others() throws IOException {
        try (RawWebSocket alpha = open(GatewayRig.AUTH, "x-aiproxy-channel: alpha");
                RawWebSocket beta = open(GatewayRig.AUTH, "x-aiproxy-channel: beta");
                RawWebSocket other = open(LISI, "x-aiproxy-channel: alpha")) {
            rig.config().channel("alpha", upstream, "status: disabled");
            rig.applyConfig();
            told(alpha, "channel_disabled");
            told(other, "channel_disabled");
            lives(beta);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a new key that remembers the old one",
                "a key that has expired",
                "another address",
                "a channel without WebSockets",
                "another credential",
                "an unrelated user",
            })
    void what_takes_no_right_away_closes_nothing(String what) throws IOException {
        try (RawWebSocket socket = open(GatewayRig.AUTH)) {
            String past = Instant.now().minusSeconds(60).toString();
            switch (what) {
                case "a new key that remembers the old one" ->
                    zhangsan(
                            "name: Z",
                            CHANNELS,
                            KEYS.replace(
                                    "pk_test_zhangsan, name: laptop",
                                    "pk_test_fresh, name: laptop, previous: {proxy_key: pk_test_zhangsan, until: '"
                                            + past + "'}"));
                case "a key that has expired" ->
                    zhangsan(
                            "name: Z",
                            CHANNELS,
                            KEYS.replace("name: laptop", "name: laptop, expires_at: '" + past + "'"));
                case "another address" -> zhangsan("name: Z", CHANNELS, KEYS, "allowed_ips: [10.1.2.3]");
                case "a channel without WebSockets" -> {
                    rig.config().channel("alpha", upstream, "supports_websocket: no");
                    rig.applyConfig();
                }
                case "another credential" -> {
                    rig.config().channel("alpha", upstream, "api_key: sk_upstream_fresh");
                    rig.applyConfig();
                }
                default -> {
                    rig.config().user("wangwu", "pk_test_wangwu", "alpha");
                    rig.applyConfig();
                }
            }
            // Whoever would be closed is closed before a socket that is opened now is.
            RawWebSocket later = open(LISI, "x-aiproxy-channel: beta");
            rig.config().withoutUser("lisi");
            rig.applyConfig();
            told(later, "user_removed");
            lives(socket);
        }
    }

    @Test
    void close_on_disable_can_be_turned_off() throws IOException {
        rig.config().system("websocket: {close_on_disable: no}");
        rig.applyConfig();
        try (RawWebSocket socket = open(GatewayRig.AUTH)) {
            zhangsan("name: Z", CHANNELS, KEYS, "status: disabled");
            try (RawClient client = rig.client()) {
                RawWebSocket.on(client).sendHandshake("/v1/realtime?model=m", GatewayRig.AUTH);
                Calls.read(client).isFailure(403, "user_disabled");
            }
            lives(socket);
            rig.config().system("websocket: {close_on_disable: yes}");
            rig.applyConfig();
            told(socket, "user_disabled");
        }
    }

    @Test
    void a_handshake_under_way_does_not_become_an_open_socket() throws IOException {
        Gate gate = Gate.closed();
        upstream.onAny().reply(Reply.webSocket().await(gate).flushHead().echo());
        try (RawClient client = rig.client()) {
            RawWebSocket socket =
                    RawWebSocket.on(client).sendHandshake("/v1/realtime?model=m", GatewayRig.AUTH, "User-Agent: slow");
            gate.awaitReached();
            zhangsan("name: Z", CHANNELS, KEYS, "status: disabled");
            gate.open();
            RawClient.Answer answer = client.answer();
            if (answer.status() == 101) {
                told(socket, "user_disabled");
            } else {
                assertThat(answer.status()).isEqualTo(403);
            }
            assertThat(upstream.only().socket().awaitEnd()).isEqualTo(SocketEnd.close(1008, "user_disabled"));
            upstream.only().socket().awaitGone();
        }
        await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> assertThat(Calls.get(rig, "/stats")
                        .json()
                        .at("/protocol_stats/websocket_open")
                        .asInt())
                .isZero());
        assertThat(rig.awaitLogLine("\"slow\"")).contains("\"close_reason\":\"revoked\"");
    }

    @Test
    void a_socket_that_is_open_with_an_ephemeral_key_is_its_owners() throws IOException {
        String secrets = "/v1/realtime/client_secrets";
        long later = Instant.now().getEpochSecond() + 600;
        upstream.on(secrets).reply(Reply.json("{\"value\":\"ek_test_1\",\"expires_at\":" + later + "}"));
        Calls.post(rig, secrets, "{}", GatewayRig.AUTH);
        try (RawWebSocket browser = open("Sec-WebSocket-Protocol: x, openai-insecure-api-key.ek_test_1");
                RawWebSocket other = open(LISI)) {
            zhangsan("name: Z", CHANNELS, KEYS, "status: disabled");
            told(browser, "user_disabled");
            lives(other);
        }
    }

    @Test
    void a_hundred_sockets_of_one_user_close_and_none_of_the_other() throws IOException {
        RawWebSocket[] theirs = new RawWebSocket[50];
        RawWebSocket[] others = new RawWebSocket[50];
        for (int i = 0; i < 50; i++) {
            theirs[i] = open(i % 2 == 0 ? GatewayRig.AUTH : PHONE);
            others[i] = open(LISI);
        }
        zhangsan("name: Z", CHANNELS, KEYS, "status: disabled");
        for (int i = 0; i < 50; i++) {
            told(theirs[i], "user_disabled");
            lives(others[i]);
            theirs[i].close();
            others[i].close();
        }
    }
}
