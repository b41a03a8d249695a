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
import io.aiproxy.testing.SocketRecord;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** Open WebSockets outlive changes of routes and configuration; when the gateway stops they may finish, then are told. */
@NeedsGateway
class WebSocketLifeTest {
    @AutoClose
    private final FakeUpstream upstream = FakeUpstream.start();

    @AutoClose
    private final FakeUpstream other = FakeUpstream.start();

    private GatewayRig rig(Duration grace) {
        upstream.onAny().reply(Reply.webSocket().echo());
        other.onAny().reply(Reply.webSocket().sendText("moved").echo());
        return GatewayRig.start(
                RigConfig.empty().channel("alpha", upstream).user("zhangsan", GatewayRig.KEY, "alpha"),
                s -> s.withGrace(grace));
    }

    private static RawWebSocket open(GatewayRig rig, String path) throws IOException {
        return RawWebSocket.open(rig.port(), path, GatewayRig.AUTH);
    }

    private static void works(RawWebSocket socket) throws IOException {
        assertThat(socket.text("there?").text()).isEqualTo("there?");
    }

    private static boolean refuses(int port) {
        try (RawClient client = RawClient.connect(port)) {
            return client.get("/health").closedByPeer();
        } catch (IOException e) {
            return true;
        }
    }

    private static void isTold(SocketEnd end) {
        assertThat(end).isEqualTo(SocketEnd.close(1001, "the gateway is shutting down"));
    }

    @Test
    void aChangedConfigurationServesNewSockets() throws IOException {
        try (GatewayRig rig = rig(Duration.ofSeconds(1));
                RawWebSocket socket = open(rig, "/before")) {
            works(socket);
            rig.config().channel("alpha", other, "websocket: {max_frame: 10B}");
            rig.applyConfig();
            works(socket);
            socket.text("longer than ten bytes");
            assertThat(socket.text()).isEqualTo("longer than ten bytes");
            try (RawWebSocket fresh = open(rig, "/behind")) {
                assertThat(fresh.text()).isEqualTo("moved");
                fresh.text("longer than ten bytes");
                assertThat(fresh.awaitClose().code()).isEqualTo(1009);
            }
            works(socket);
        }
    }

    @Test
    void changedRoutesServeNewSockets() throws IOException {
        try (GatewayRig rig = rig(Duration.ofSeconds(1));
                RawWebSocket socket = open(rig, "/before")) {
            works(socket);
            String file = "routes/proxy/websocket.camel.yaml";
            rig.write(file, rig.read(file).replace("description: A caller's", "description: Some caller's"));
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> rig.status().path("routes").path("generation").asInt() == 2);
            works(socket);
            try (RawWebSocket fresh = open(rig, "/behind")) {
                works(fresh);
                works(socket);
            }
        }
    }

    @Test
    void aRouteThatTakesItsTimeLosesNothing() throws IOException {
        try (GatewayRig rig = rig(Duration.ofSeconds(1))) {
            String file = "routes/proxy/websocket.camel.yaml";
            String settle = "        - process:\n            id: socket-settle";
            assertThat(rig.read(file)).contains(settle);
            rig.write(
                    file,
                    rig.read(file)
                            .replace(
                                    settle,
                                    "        - delay: {id: own-delay, expression: {constant: {expression: 150}}, asyncDelayed: true}\n"
                                            + settle));
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> rig.status().path("routes").path("generation").asInt() == 2);
            try (RawClient client = rig.client()) {
                RawWebSocket.on(client).sendHandshake("/left-meanwhile", GatewayRig.AUTH);
                upstream.awaitRequest(1);
            }
            upstream.only().socket().awaitGone();
            upstream.onAny()
                    .reply(Reply.webSocket()
                            .cork()
                            .sendText("one")
                            .uncork()
                            .sendText("two")
                            .close(4003, "quota")
                            .cut());
            try (RawWebSocket socket = open(rig, "/delayed")) {
                assertThat(socket.text()).isEqualTo("one");
                assertThat(socket.text()).isEqualTo("two");
                assertThat(socket.awaitClose()).isEqualTo(SocketEnd.close(4003, "quota"));
                socket.close(4003, "");
                assertThat(socket.closedByPeer()).isTrue();
            }
            upstream.onAny().reply(Reply.webSocket().cut());
            try (RawWebSocket socket = open(rig, "/delayed-and-gone")) {
                assertThat(socket.awaitClose()).isEqualTo(SocketEnd.CUT);
            }
            upstream.onAny().reply(Reply.webSocket().flood(300, 10_000).echo());
            try (RawWebSocket socket = open(rig, "/delayed-flood")) {
                for (int i = 0; i < 300; i++) {
                    assertThat(socket.frame().length()).isEqualTo(10_000);
                }
                works(socket);
            }
        }
    }

    @Test
    void socketsMayFinishWithinTheGracePeriod() throws Exception {
        try (GatewayRig rig = rig(Duration.ofSeconds(60));
                RawWebSocket socket = open(rig, "/finishes")) {
            works(socket);
            int port = rig.port();
            CompletableFuture<Void> stopping = CompletableFuture.runAsync(rig::stop);
            await().until(() -> refuses(port));
            works(socket);
            assertThat(stopping.isDone()).isFalse();
            socket.close(1000, "done");
            assertThat(socket.awaitClose()).isEqualTo(SocketEnd.close(1000, "done"));
            stopping.get(20, TimeUnit.SECONDS);
            assertThat(rig.awaitLogLine("\"/finishes\"")).contains("\"ending\":\"ok\"");
        }
    }

    @Test
    void thenBothEndsAreTold() throws Exception {
        try (GatewayRig rig = rig(Duration.ofMillis(300));
                RawWebSocket socket = open(rig, "/told")) {
            works(socket);
            SocketRecord record = upstream.only().socket();
            CompletableFuture<Void> stopping = CompletableFuture.runAsync(rig::stop);
            isTold(socket.awaitClose());
            isTold(record.awaitEnd());
            socket.close(1001, "");
            assertThat(socket.closedByPeer()).isTrue();
            stopping.get(20, TimeUnit.SECONDS);
            record.awaitGone();
            assertThat(rig.awaitLogLine("\"/told\"")).contains("\"status\":101", "\"ending\":\"ok\"");
        }
    }

    @Test
    void whoDoesNotAnswerIsCutOffAndStillLeavesAReceipt() throws Exception {
        try (GatewayRig rig = rig(Duration.ofMillis(300))) {
            upstream.onAny().reply(Reply.webSocket().stall());
            List<RawWebSocket> sockets =
                    List.of(open(rig, "/mute/0"), open(rig, "/mute/1"), open(rig, "/mute/2"), open(rig, "/mute/3"));
            CompletableFuture.runAsync(rig::stop).get(20, TimeUnit.SECONDS);
            for (int i = 0; i < sockets.size(); i++) {
                isTold(sockets.get(i).awaitClose());
                assertThat(sockets.get(i).closedByPeer()).isTrue();
                sockets.get(i).close();
                assertThat(rig.awaitLogLine("\"/mute/" + i + '"')).contains("\"status\":101");
            }
            upstream.requests().forEach(request -> request.socket().awaitGone());
        }
    }

    @Test
    void aHandshakeUnderWayWhenTheStopBeginsMayFinish() throws Exception {
        Gate gate = Gate.closed();
        try (GatewayRig rig = rig(Duration.ofSeconds(60));
                RawClient client = rig.client()) {
            upstream.onAny()
                    .reply(Reply.webSocket().await(gate).sendText("welcome").echo());
            RawWebSocket socket = RawWebSocket.on(client).sendHandshake("/late", GatewayRig.AUTH);
            gate.awaitReached();
            int port = rig.port();
            CompletableFuture<Void> stopping = CompletableFuture.runAsync(rig::stop);
            await().until(() -> refuses(port));
            gate.open();
            assertThat(client.answer().status()).isEqualTo(101);
            assertThat(socket.text()).isEqualTo("welcome");
            works(socket);
            socket.close(1000, "");
            assertThat(socket.awaitClose().code()).isEqualTo(1000);
            stopping.get(20, TimeUnit.SECONDS);
        }
    }
}
