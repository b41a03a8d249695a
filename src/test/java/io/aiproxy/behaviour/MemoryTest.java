package io.aiproxy.behaviour;

import static io.aiproxy.behaviour.Calls.BODY;
import static io.aiproxy.behaviour.Calls.CHAT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.aiproxy.testing.FakeUpstream;
import io.aiproxy.testing.GatewayRig;
import io.aiproxy.testing.NeedsGateway;
import io.aiproxy.testing.Payload;
import io.aiproxy.testing.RawClient;
import io.aiproxy.testing.Recorded;
import io.aiproxy.testing.Reply;
import io.aiproxy.testing.RigConfig;
import java.io.IOException;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** Nobody's slowness fills the gateway's memory: what is not taken on one side is not read on the other. */
@NeedsGateway
class MemoryTest {
    private static final long ANSWER = 50L << 20;
    private static final int UPLOAD = 64 << 20;
    /** What sockets, the kernel's buffers of both connections and one read may hold; measured values are below 10 MiB. */
    private static final long ON_THE_WAY = 16L << 20;

    @AutoClose
    private final FakeUpstream upstream = FakeUpstream.start();

    private GatewayRig rig(String... system) {
        return GatewayRig.start(RigConfig.empty()
                .channel("alpha", upstream)
                .user("zhangsan", GatewayRig.KEY, "alpha")
                .system(system));
    }

    /** Blocks until the upstream can write no more: the count stands still over several looks. */
    private static long standstill(Recorded request) {
        AtomicLong last = new AtomicLong(-1);
        await().atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(300))
                .until(() -> request.bytesSent() > 0 && last.getAndSet(request.bytesSent()) == request.bytesSent());
        return last.get();
    }

    @Test
    void aSlowReaderHoldsTheUpstreamBack() throws Exception {
        upstream.onAny().reply(Reply.status(200).length(ANSWER).generated(ANSWER));
        try (GatewayRig rig = rig("log_level: info");
                RawClient client = RawClient.connect("127.0.0.1", rig.port(), 64 << 10)) {
            client.post(CHAT, BODY, GatewayRig.AUTH);
            RawClient.Answer answer = client.answer();
            assertThat(standstill(upstream.only())).isLessThan(ON_THE_WAY);

            MessageDigest digest = Payload.digest();
            long read = 0;
            for (byte[] some = answer.body().next();
                    some.length > 0;
                    some = answer.body().next()) {
                digest.update(some);
                read += some.length;
            }
            assertThat(read).isEqualTo(ANSWER);
            assertThat(HexFormat.of().formatHex(digest.digest())).isEqualTo(Payload.sha256(ANSWER));
        }
    }

    @Test
    void aReaderWhoTakesNothingIsCutOff() throws IOException {
        upstream.onAny().reply(Reply.status(200).length(ANSWER).generated(ANSWER));
        try (GatewayRig rig = rig("client: {stall_timeout: 500ms}");
                RawClient client = RawClient.connect("127.0.0.1", rig.port(), 64 << 10)) {
            client.post(CHAT, BODY, GatewayRig.AUTH);
            upstream.awaitRequest(1).awaitHangup();
            assertThat(upstream.only().bytesSent()).isLessThan(ON_THE_WAY);
            rig.awaitLogLine(CHAT);
        }
    }

    @Test
    void aLargeUploadArrivesWholeAndIsNotKept() throws IOException {
        upstream.onAny().answer(r -> Reply.status(200).body(Payload.sha256(r.body())));
        try (GatewayRig rig = rig("limits: {request_body: 64MiB, request_bodies_total: 80MiB}")) {
            for (int i = 0; i < 5; i++) {
                // The second would not fit beside the first: each must have been let go before the next.
                try (RawClient client = rig.client()) {
                    client.head("POST " + CHAT, GatewayRig.AUTH, "Content-Length: " + UPLOAD);
                    for (int at = 0; at < UPLOAD; at += 1 << 20) {
                        client.send(Payload.bytes(at, 1 << 20));
                    }
                    RawClient.Answer answer = client.answer();
                    assertThat(answer.status()).isEqualTo(200);
                    assertThat(answer.text()).isEqualTo(Payload.sha256(UPLOAD));
                }
                upstream.reset();
                upstream.onAny().answer(r -> Reply.status(200).body(Payload.sha256(r.body())));
            }
        }
    }

    @Test
    void bodiesBeyondTheSumOfAllAreRefusedWithAHint() throws IOException {
        upstream.onAny().reply(Reply.silent());
        try (GatewayRig rig = rig("limits: {request_body: 1MiB, request_bodies_total: 1MiB}");
                RawClient holder = rig.client()) {
            holder.post(CHAT, new byte[1 << 20], GatewayRig.AUTH);
            upstream.awaitRequest(1);
            Calls.Result refused = Calls.post(rig, CHAT, "x".repeat(1 << 19), GatewayRig.AUTH);
            refused.isFailure(503, "gateway_overloaded");
            assertThat(refused.header("retry-after")).isNotEmpty();
            assertThat(upstream.requests()).hasSize(1);
        }
    }

    @Test
    void aSlowUpstreamDoesNotDelayOthers() throws IOException {
        try (FakeUpstream blocked = FakeUpstream.startWithReceiveBuffer(4096);
                GatewayRig rig = GatewayRig.start(RigConfig.empty()
                        .channel("alpha", upstream)
                        .channel("blocked", blocked)
                        .user("zhangsan", GatewayRig.KEY, "alpha", "blocked"));
                RawClient stuck = rig.client()) {
            upstream.onAny().reply(Calls.ok());
            blocked.onHead(r -> true).reply(Reply.silent());
            stuck.post(CHAT, new byte[20 << 20], GatewayRig.AUTH, "x-aiproxy-channel: blocked");
            blocked.awaitRequest(1);
            for (int i = 0; i < 20; i++) {
                assertThat(Calls.chat(rig).status()).isEqualTo(200);
            }
        }
    }
}
