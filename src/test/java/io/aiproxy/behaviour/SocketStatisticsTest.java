package io.aiproxy.behaviour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.aiproxy.testing.FakeUpstream;
import io.aiproxy.testing.Frame;
import io.aiproxy.testing.Gate;
import io.aiproxy.testing.GatewayRig;
import io.aiproxy.testing.NeedsGateway;
import io.aiproxy.testing.RawClient;
import io.aiproxy.testing.RawWebSocket;
import io.aiproxy.testing.Reply;
import io.aiproxy.testing.RigConfig;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the pages say behind a known sequence of handshakes: each counted once, and where it belongs. */
@NeedsGateway
class SocketStatisticsTest {
    private static final String LISI = "Authorization: Bearer pk_test_lisi";
    private static final String HANDSHAKE = "GET /v1/realtime?model=m HTTP/1.1\r\nConnection: Upgrade\r\n"
            + "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: " + RawWebSocket.KEY + "\r\n";

    @AutoClose
    private final FakeUpstream upstream = FakeUpstream.start();

    @AutoClose
    private GatewayRig rig;

    @BeforeEach
    void start() {
        rig = GatewayRig.start(RigConfig.empty()
                .channel("alpha", upstream)
                .channel("gone", "http://127.0.0.1:" + FakeUpstream.refusingPort())
                .user("zhangsan", GatewayRig.KEY, "alpha")
                .user("lisi", "pk_test_lisi", "alpha", "gone"));
        upstream.onAny().reply(Reply.webSocket().echo());
        upstream.on(Calls.CHAT).reply(Calls.ok());
        upstream.on("/refused").reply(Reply.json(404, "{}"));
        upstream.on("/cut").reply(Reply.webSocket().sendText("x").cut());
    }

    private JsonNode stats() {
        try {
            try (RawClient client = RawClient.connect(rig.opsPort())) {
                return Calls.read(client.get("/stats")).json();
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The rows of one metric, without those that are zero. */
    private Map<String, Double> rows(String metric) {
        try {
            return Calls.get(rig, "/metrics")
                    .text()
                    .lines()
                    .filter(line -> line.startsWith(metric + "{"))
                    .map(line -> line.substring(metric.length()).split(" "))
                    .collect(Collectors.toMap(
                            row -> row[0].replace("\"", ""),
                            row -> Double.parseDouble(row[1]),
                            (a, b) -> {
                                throw new AssertionError("twice in " + metric);
                            },
                            TreeMap::new));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private Calls.Result handshake(String target, String... lines) throws IOException {
        try (RawClient client = rig.client()) {
            RawWebSocket.on(client).sendHandshake(target, lines);
            return Calls.read(client);
        }
    }

    private RawWebSocket open(String... lines) throws IOException {
        return rig.webSocket("/v1/realtime?model=m", lines);
    }

    private static void waitUntil(Runnable assertions) {
        await().atMost(Duration.ofSeconds(20)).untilAsserted(assertions::run);
    }

    private void protocols(int http, int handshakes, int opened, int openNow) {
        protocols(http, handshakes, opened, openNow, 0);
    }

    private void protocols(int http, int handshakes, int opened, int openNow, int undecided) {
        waitUntil(() -> {
            JsonNode page = stats();
            JsonNode said = page.path("protocol_stats");
            assertThat(said.path("http_requests").asInt()).as("http").isEqualTo(http);
            assertThat(said.path("websocket_requests").asInt()).as("handshakes").isEqualTo(handshakes);
            assertThat(said.path("websocket_connections").asInt()).as("opened").isEqualTo(opened);
            assertThat(said.path("websocket_open").asInt()).as("open").isEqualTo(openNow);
            assertThat(page.path("total_requests").asInt()).isEqualTo(http + handshakes);
            assertThat(page.path("successful_requests").asInt()).isEqualTo(http + opened);
            assertThat(page.path("failed_requests").asInt()).isEqualTo(handshakes - opened - undecided);
        });
    }

    private static void exchange(RawWebSocket socket) throws IOException {
        socket.text("12345");
        assertThat(socket.text()).isEqualTo("12345");
    }

    private static void endWell(RawWebSocket socket) throws IOException {
        socket.close(1000, "");
        socket.awaitClose();
        socket.close();
    }

    @Test
    void a_known_sequence_is_told_exactly() throws IOException {
        Calls.chat(rig);
        try (RawWebSocket stays = open(GatewayRig.AUTH)) {
            exchange(stays);
            RawWebSocket ends = open(GatewayRig.AUTH);
            exchange(ends);
            endWell(ends);
            RawWebSocket leaves = open(LISI);
            exchange(leaves);
            leaves.abort();
            try (RawWebSocket cut = rig.webSocket("/cut", GatewayRig.AUTH)) {
                cut.awaitClose();
            }
            handshake("/v1/realtime", "api-key: pk_test_nobody").isFailure(401, "invalid_api_key");
            handshake("/v1/realtime", GatewayRig.AUTH, "Sec-WebSocket-Version: 8")
                    .isFailure(400, "invalid_request");
            handshake("/gone/v1/realtime", GatewayRig.AUTH).isFailure(403, "channel_not_allowed");
            handshake("/gone/v1/realtime", LISI).isFailure(502, "upstream_unreachable");
            assertThat(handshake("/refused", GatewayRig.AUTH).status()).isEqualTo(404);
            Gate gate = Gate.closed();
            upstream.on("/held").reply(Reply.webSocket().await(gate).flushHead());
            RawClient impatient = rig.client();
            RawWebSocket.on(impatient).sendHandshake("/held", GatewayRig.AUTH);
            gate.awaitReached();
            impatient.reset();

            protocols(1, 10, 4, 1);
            JsonNode page = stats();
            assertThat(page.at("/protocol_stats/websocket_connection_rate").asText())
                    .isEqualTo("40.00%");
            assertThat(page.at("/success_rate").asText()).isEqualTo("45.45%");
            // By channel and user a socket counts when it closes.
            assertThat(page.at("/channel_stats/alpha/requests").asInt()).isEqualTo(6);
            assertThat(page.at("/channel_stats/gone/requests").asInt()).isEqualTo(1);
            assertThat(page.at("/user_stats/zhangsan/requests").asInt()).isEqualTo(6);
            assertThat(page.at("/user_stats/zhangsan/failed").asInt()).isEqualTo(3);
            assertThat(page.at("/user_stats/lisi/requests").asInt()).isEqualTo(2);
            assertThat(page.at("/user_stats/lisi/failed").asInt()).isEqualTo(1);
            metrics();
            endWell(stays);
        }
        protocols(1, 10, 4, 0);
        assertThat(rows("aiproxy_websocket_open")).containsOnly(Map.entry("{channel=alpha}", 0.0));
        assertThat(rows("aiproxy_websocket_closes_total")).containsEntry("{by=caller,cause=1000,channel=alpha}", 2.0);
    }

    private void metrics() {
        assertThat(rows("aiproxy_websocket_open")).containsOnly(Map.entry("{channel=alpha}", 1.0));
        assertThat(rows("aiproxy_websocket_handshakes_total"))
                .containsOnly(
                        Map.entry("{channel=alpha,outcome=opened}", 4.0),
                        Map.entry("{channel=alpha,outcome=refused_by_channel}", 1.0),
                        Map.entry("{channel=alpha,outcome=client_closed_request}", 1.0),
                        Map.entry("{channel=gone,outcome=upstream_unreachable}", 1.0),
                        Map.entry("{channel=none,outcome=channel_not_allowed}", 1.0),
                        Map.entry("{channel=none,outcome=invalid_api_key}", 1.0),
                        Map.entry("{channel=none,outcome=invalid_request}", 1.0));
        assertThat(rows("aiproxy_websocket_closes_total"))
                .containsOnly(
                        Map.entry("{by=caller,cause=1000,channel=alpha}", 1.0),
                        Map.entry("{by=caller,cause=1006,channel=alpha}", 1.0),
                        Map.entry("{by=channel,cause=1006,channel=alpha}", 1.0));
        assertThat(rows("aiproxy_websocket_duration_seconds_count")).containsOnly(Map.entry("{channel=alpha}", 3.0));
        // Three conversations, one Close frame of each side; the channel that cuts has said one word before.
        assertThat(rows("aiproxy_websocket_frames_total"))
                .containsOnly(
                        Map.entry("{channel=alpha,direction=in}", 4.0),
                        Map.entry("{channel=alpha,direction=out}", 5.0));
        long text = Frame.text("12345").bytes().length;
        long close = Frame.close(1000, "").bytes().length;
        long word = Frame.text("x").bytes().length;
        assertThat(rows("aiproxy_websocket_bytes_total"))
                .containsOnly(
                        Map.entry("{channel=alpha,direction=in}", 3.0 * (text + 4) + close + 4),
                        Map.entry("{channel=alpha,direction=out}", 3.0 * text + close + word));
    }

    @Test
    void what_is_open_now_is_followed_up_and_down() throws IOException {
        RawWebSocket[] sockets = new RawWebSocket[5];
        for (int i = 0; i < 5; i++) {
            sockets[i] = open(GatewayRig.AUTH);
            int open = i + 1;
            waitUntil(() -> assertThat(rows("aiproxy_websocket_open"))
                    .containsOnly(Map.entry("{channel=alpha}", (double) open)));
            assertThat(stats().at("/protocol_stats/websocket_open").asInt()).isEqualTo(open);
        }
        for (int i = 0; i < 5; i++) {
            if (i % 2 == 0) {
                endWell(sockets[i]);
            } else {
                sockets[i].abort();
            }
            int open = 4 - i;
            waitUntil(() -> assertThat(rows("aiproxy_websocket_open"))
                    .containsOnly(Map.entry("{channel=alpha}", (double) open)));
        }
        protocols(0, 5, 5, 0);
    }

    @Test
    void sockets_that_the_gateway_closes_say_why() throws IOException {
        try (RawWebSocket socket = open(LISI)) {
            exchange(socket);
            rig.config().withoutUser("lisi");
            rig.applyConfig();
            assertThat(socket.awaitClose().code()).isEqualTo(1008);
            socket.close(1008, "");
            assertThat(socket.closedByPeer()).isTrue();
        }
        waitUntil(() -> assertThat(rows("aiproxy_websocket_closes_total"))
                .containsOnly(Map.entry("{by=gateway,cause=revoked,channel=alpha}", 1.0)));
    }

    @Test
    void a_channel_that_is_removed_stays_in_the_metrics_until_its_last_socket_has_closed() throws IOException {
        rig.config().system("websocket: {close_on_disable: no}");
        rig.applyConfig();
        RawWebSocket socket = open(LISI);
        exchange(socket);
        rig.write("config/channels.yaml", rig.read("config/channels.yaml").replace("  alpha:\n", "  alpha2:\n"));
        rig.write(
                "config/users.yaml",
                rig.read("config/users.yaml").replace("alpha,", "alpha2,").replace("[alpha]", "[alpha2]"));
        waitUntil(() -> assertThat(stats().path("channel_stats").has("alpha")).isFalse());
        assertThat(rows("aiproxy_websocket_open")).containsEntry("{channel=alpha}", 1.0);
        exchange(socket);
        endWell(socket);
        waitUntil(() -> assertThat(rows("aiproxy_websocket_open")).doesNotContainKey("{channel=alpha}"));
        protocols(0, 1, 1, 0);
    }

    /** Refused below the routes: by the wire, which does not wait to understand them. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "Host: a\r\nHost: b\r\n",
                "Host: a\r\nContent-Length: 3\r\nContent-Length: 4\r\n",
                "Host: a\r\nContent-Length: 99999999999\r\n",
            })
    void a_handshake_that_is_no_sound_request_is_counted_once(String lines) throws IOException {
        try (RawClient client = rig.client()) {
            Calls.Result result = Calls.read(client.send(HANDSHAKE + lines + "\r\n"));
            assertThat(result.status()).isBetween(400, 499);
        }
        try (RawWebSocket socket = open(GatewayRig.AUTH)) {
            exchange(socket);
            protocols(0, 2, 1, 1);
        }
        protocols(0, 2, 1, 0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/health", "/stats", "/metrics", "/dashboard"})
    void a_handshake_at_an_operational_page_is_one_that_was_refused(String page) throws IOException {
        handshake(page).isFailure(401, "missing_api_key");
        protocols(0, 1, 0, 0);
    }

    @Test
    void a_handshake_at_the_port_of_the_pages_is_refused_and_one_that_is_held_is_undecided() throws IOException {
        rig.close();
        rig = GatewayRig.start(
                RigConfig.empty().channel("alpha", upstream).user("zhangsan", GatewayRig.KEY, "alpha"),
                s -> s.withOpsPort(0));
        for (String page : List.of("/stats", "/nothing")) {
            try (RawClient client = RawClient.connect(rig.opsPort())) {
                RawWebSocket.on(client).sendHandshake(page, GatewayRig.AUTH);
                Calls.read(client).isFailure(400, "websocket_not_supported");
            }
        }
        Gate gate = Gate.closed();
        upstream.on("/held").reply(Reply.webSocket().await(gate).flushHead().echo());
        try (RawClient client = rig.client()) {
            RawWebSocket.on(client).sendHandshake("/held", GatewayRig.AUTH);
            gate.awaitReached();
            protocols(0, 3, 0, 0, 1);
            gate.open();
            assertThat(client.answer().status()).isEqualTo(101);
            protocols(0, 3, 1, 1, 0);
        }
    }

    @Test
    void the_dashboard_shows_what_the_page_of_numbers_says() throws IOException {
        Calls.Result page = Calls.get(rig, "/dashboard");
        assertThat(page.status()).isEqualTo(200);
        for (String field :
                List.of("websocket_requests", "websocket_connections", "websocket_connection_rate", "websocket_open")) {
            assertThat(page.text()).contains("protocols." + field);
            assertThat(stats().path("protocol_stats").has(field)).isTrue();
        }
        for (String id : List.of("ws", "opened", "ws-rate", "ws-open")) {
            assertThat(page.text()).contains("id=\"" + id + "\"", "text('" + id + "'");
        }
    }
}
