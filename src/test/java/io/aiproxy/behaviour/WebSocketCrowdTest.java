package io.aiproxy.behaviour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.aiproxy.testing.FakeUpstream;
import io.aiproxy.testing.GatewayRig;
import io.aiproxy.testing.NeedsGateway;
import io.aiproxy.testing.RawWebSocket;
import io.aiproxy.testing.Reply;
import io.aiproxy.testing.RigConfig;
import io.aiproxy.testing.SocketEnd;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** A thousand WebSockets at once: each is its own conversation, each leaves its receipt, and nothing is left of them. */
@NeedsGateway
class WebSocketCrowdTest {
    private static final int SOCKETS = 1000;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @AutoClose
    private final FakeUpstream upstream = FakeUpstream.start();

    @AutoClose
    private final GatewayRig rig =
            GatewayRig.start(RigConfig.empty().channel("alpha", upstream).user("zhangsan", GatewayRig.KEY, "alpha"));

    private final List<RawWebSocket> sockets = new ArrayList<>();

    @Test
    void aThousandConversations() throws IOException {
        upstream.onAny().reply(Reply.webSocket().echo());
        for (int i = 0; i < SOCKETS; i++) {
            sockets.add(RawWebSocket.open(rig.port(), "/crowd/" + i, GatewayRig.AUTH));
        }
        assertThat(upstream.openConnections()).isEqualTo(SOCKETS);
        for (int i = 0; i < SOCKETS; i++) {
            sockets.get(i).text("hello " + i).text("and again " + i);
        }
        for (int i = 0; i < SOCKETS; i++) {
            assertThat(sockets.get(i).text()).isEqualTo("hello " + i);
            assertThat(sockets.get(i).text()).isEqualTo("and again " + i);
        }
        for (int i = 0; i < SOCKETS; i++) {
            end(sockets.get(i), i);
        }
        await().atMost(PATIENCE).until(() -> upstream.openConnections() == 0);
        await().atMost(PATIENCE)
                .until(() -> Calls.get(rig, "/metrics").text().contains("aiproxy_client_connections 1.0"));
        await().atMost(PATIENCE).until(() -> receipts("").size() == SOCKETS);
        assertThat(receipts("\"ending\":\"ok\"")).hasSize(SOCKETS / 2);
        assertThat(receipts("\"ending\":\"cancelled\"")).hasSize(SOCKETS / 2);
    }

    /** Half of them with a Close frame, the others without. */
    private static void end(RawWebSocket socket, int number) throws IOException {
        if (number % 2 == 0) {
            socket.close(1000, "");
            assertThat(socket.awaitClose()).isEqualTo(SocketEnd.close(1000, ""));
            assertThat(socket.closedByPeer()).isTrue();
        }
        socket.close();
    }

    private List<String> receipts(String with) {
        return rig.accessLog().stream()
                .filter(line -> line.contains("\"path\":\"/crowd/") && line.contains(with))
                .toList();
    }
}
