package io.aiproxy.behaviour;

import static io.aiproxy.behaviour.Calls.BODY;
import static io.aiproxy.behaviour.Calls.CHAT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.aiproxy.testing.BodyStream;
import io.aiproxy.testing.FakeUpstream;
import io.aiproxy.testing.Gate;
import io.aiproxy.testing.GatewayRig;
import io.aiproxy.testing.NeedsGateway;
import io.aiproxy.testing.RawClient;
import io.aiproxy.testing.Reply;
import io.aiproxy.testing.RigConfig;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** Whoever is being served when the gateway stops is served to the end, within the grace period; nobody new is. */
@NeedsGateway
class ShutdownTest {
    @AutoClose
    private final FakeUpstream upstream = FakeUpstream.start();

    private GatewayRig rig(Duration grace) {
        return GatewayRig.start(
                RigConfig.empty().channel("alpha", upstream).user("zhangsan", GatewayRig.KEY, "alpha"),
                s -> s.withGrace(grace));
    }

    private static boolean refuses(int port) {
        try (RawClient client = RawClient.connect(port)) {
            return client.get("/health").closedByPeer();
        } catch (IOException e) {
            return true;
        }
    }

    @Test
    void aRunningStreamIsServedToItsEnd() throws Exception {
        Gate gate = Gate.closed();
        upstream.onAny().reply(Reply.sse().event("before").await(gate).event("after"));
        try (GatewayRig rig = rig(Duration.ofSeconds(60));
                RawClient client = rig.client().post(CHAT, BODY, GatewayRig.AUTH)) {
            int port = rig.port();
            BodyStream body = client.answer().body();
            assertThat(body.event()).isEqualTo("data: before");
            CompletableFuture<Void> stopping = CompletableFuture.runAsync(rig::stop);
            await().until(() -> refuses(port));
            assertThat(stopping.isDone()).isFalse();
            gate.open();
            assertThat(body.events()).containsExactly("data: after");
            assertThat(client.closedByPeer()).isTrue();
            stopping.get(20, java.util.concurrent.TimeUnit.SECONDS);
            assertThat(rig.awaitLogLine(CHAT)).contains("\"ending\":\"ok\"");
        }
    }

    @Test
    void aStreamWithoutAnEndIsCutWhenTheGraceIsOver() throws Exception {
        upstream.onAny().reply(Reply.sse().event("before").stall());
        try (GatewayRig rig = rig(Duration.ofMillis(300));
                RawClient client = rig.client().post(CHAT, BODY, GatewayRig.AUTH)) {
            BodyStream body = client.answer().body();
            assertThat(body.event()).isEqualTo("data: before");
            CompletableFuture.runAsync(rig::stop).get(20, java.util.concurrent.TimeUnit.SECONDS);
            assertThatThrownBy(body::readAll).isInstanceOf(IOException.class);
            upstream.only().awaitHangup();
        }
    }

    @Test
    void idleConnectionsDoNotHoldTheStopUp() throws Exception {
        upstream.onAny().reply(Calls.ok());
        try (GatewayRig rig = rig(Duration.ofMinutes(5));
                RawClient client = rig.client()) {
            assertThat(client.post(CHAT, BODY, GatewayRig.AUTH).answer().text()).isEqualTo(Calls.ANSWER);
            CompletableFuture.runAsync(rig::stop).get(20, java.util.concurrent.TimeUnit.SECONDS);
            assertThat(client.closedByPeer()).isTrue();
        }
    }

    @Test
    void aGatewayCanBeStartedAgainInTheSameProcess() throws IOException {
        upstream.onAny().reply(Calls.ok());
        try (GatewayRig rig = rig(Duration.ofSeconds(1))) {
            for (int i = 0; i < 3; i++) {
                assertThat(Calls.chat(rig).status()).isEqualTo(200);
                rig.stop();
                rig.boot();
            }
        }
    }
}
