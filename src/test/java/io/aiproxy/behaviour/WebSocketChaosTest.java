package io.aiproxy.behaviour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.aiproxy.testing.FakeUpstream;
import io.aiproxy.testing.Frame;
import io.aiproxy.testing.GatewayRig;
import io.aiproxy.testing.NeedsGateway;
import io.aiproxy.testing.Payload;
import io.aiproxy.testing.RawWebSocket;
import io.aiproxy.testing.Reply;
import io.aiproxy.testing.RigConfig;
import io.aiproxy.testing.SocketReply;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever both ends do, in whatever order: each socket ends, leaves one receipt, and nothing else. */
@NeedsGateway
class WebSocketChaosTest {
    private static final int SOCKETS = 150;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @AutoClose
    private final FakeUpstream upstream = FakeUpstream.start();

    @AutoClose
    private final GatewayRig rig = GatewayRig.start(RigConfig.empty()
            .channel(
                    "alpha",
                    upstream,
                    "websocket: {max_frame: 200KiB, max_message: 300KiB, idle: 400ms, max_age: 3s, max_per_key: 1000}")
            .user("zhangsan", GatewayRig.KEY, "alpha")
            .system("client: {stall_timeout: 500ms}"));

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void allOfThemEnd(long seed) throws Exception {
        upstream.onAny().answer(request -> script(new Random(seed * 1000 + request.number())));
        ExecutorService callers = Executors.newFixedThreadPool(20);
        try {
            List<CompletableFuture<Void>> running = IntStream.range(0, SOCKETS)
                    .mapToObj(i -> CompletableFuture.runAsync(() -> call(new Random(seed * 7919 + i), i), callers))
                    .toList();
            for (CompletableFuture<Void> each : running) {
                each.get(60, TimeUnit.SECONDS);
            }
        } finally {
            callers.shutdownNow();
        }
        await().atMost(PATIENCE).until(() -> receipts() == SOCKETS);
        await().atMost(PATIENCE)
                .until(() ->
                        Calls.get(rig, "/metrics").text().contains("aiproxy_websocket_open{channel=\"alpha\"} 0.0"));
        upstream.dropConnections();
        assertThat(Calls.get(rig, "/health").status()).isEqualTo(200);
    }

    private long receipts() {
        return rig.accessLog().stream()
                .filter(line -> line.contains("\"path\":\"/chaos/"))
                .count();
    }

    private static SocketReply script(Random random) {
        SocketReply script = Reply.webSocket();
        if (random.nextInt(4) == 0) {
            script.cork();
        }
        if (random.nextInt(8) == 0) {
            script.splitEvery(1 + random.nextInt(40));
        } else {
            for (int i = random.nextInt(5); i > 0; i--) {
                script.sendBytes(piece(random, false));
            }
        }
        script.uncork();
        return switch (random.nextInt(7)) {
            case 0 -> script.cut();
            case 1 -> script.reset();
            case 2 -> script.stall();
            case 3 -> script.close(1000 + random.nextInt(3000), "reason").cut();
            case 4 -> script.stopReading().stall();
            case 5 -> script.close(1000, "").sendText("behind");
            default -> script.echo();
        };
    }

    /** A frame or something that is none. */
    private static byte[] piece(Random random, boolean masked) {
        byte[] payload = Payload.bytes(random.nextInt(1000), random.nextInt(random.nextBoolean() ? 200 : 180_000));
        Frame frame =
                switch (random.nextInt(12)) {
                    case 0 -> Frame.ping("ping");
                    case 1 -> Frame.close(1000 + random.nextInt(100), "so");
                    case 2 -> Frame.binary(new byte[250_000]);
                    case 3 -> Frame.ping("ping").more();
                    case 4 -> Frame.continuation(payload);
                    case 5 -> Frame.binary(payload).more();
                    case 6 -> Frame.text("half").claiming(100_000);
                    default -> Frame.binary(payload);
                };
        boolean mask = random.nextInt(30) == 0 ? !masked : masked;
        return (mask ? frame.masked(random.nextInt()) : frame).bytes();
    }

    private void call(Random random, int number) {
        try (RawWebSocket socket = RawWebSocket.open(rig.port(), "/chaos/" + number, GatewayRig.AUTH)) {
            talk(socket, random);
        } catch (IOException e) {
            assertThat(e).as("the end of the socket").isNotNull();
        }
    }

    private static void talk(RawWebSocket socket, Random random) throws IOException {
        for (int i = random.nextInt(6); i > 0; i--) {
            socket.sendBytes(piece(random, true));
            if (random.nextInt(3) == 0) {
                socket.next();
            }
        }
        switch (random.nextInt(6)) {
            case 0 -> socket.abort();
            case 1 -> socket.halfClose().awaitClose();
            case 2 -> socket.close(1000, "bye");
            case 3 -> socket.close(1000, "bye").halfClose().awaitClose();
            case 4 -> socket.close(1000, "bye").awaitClose();
            default -> socket.awaitClose();
        }
    }
}
