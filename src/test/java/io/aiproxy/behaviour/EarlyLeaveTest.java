package io.aiproxy.behaviour;

import static io.aiproxy.behaviour.Calls.BODY;
import static io.aiproxy.behaviour.Calls.CHAT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.aiproxy.app.UsageParts;
import io.aiproxy.core.Usage;
import io.aiproxy.core.UsageSource;
import io.aiproxy.testing.FakeUpstream;
import io.aiproxy.testing.GatewayRig;
import io.aiproxy.testing.NeedsGateway;
import io.aiproxy.testing.RawClient;
import io.aiproxy.testing.Reply;
import io.aiproxy.testing.RigConfig;
import io.aiproxy.usage.MemoryBooks;
import io.aiproxy.usage.Pricing;
import io.aiproxy.usage.UsageRecord;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/**
 * Who leaves before anything was sent to a channel is in the books like everybody else, and has used nothing: neither by the
 * books nor by the limits.
 */
@NeedsGateway
class EarlyLeaveTest {
    private static final Duration SOON = Duration.ofSeconds(30);

    @AutoClose
    private final FakeUpstream other = FakeUpstream.start();

    private final List<Socket> crowd = new ArrayList<>();
    private final MemoryBooks books = new MemoryBooks();

    @AfterEach
    void disperse() throws IOException {
        for (Socket one : crowd) {
            one.close();
        }
    }

    /** A gateway whose user may use the tokens of one call, but not of two. */
    private GatewayRig rig(String baseUrl, String... system) {
        other.onAny().reply(Calls.ok());
        RigConfig config = RigConfig.empty()
                .channel("alpha", baseUrl)
                .channel("beta", other)
                .userLines(
                        "zhangsan",
                        "channels: [alpha, beta]",
                        "limits: [{tokens: 25, per: calendar-month}]",
                        "keys: [{proxy_key: " + GatewayRig.KEY + ", name: laptop}]")
                .system(system);
        GatewayRig rig = GatewayRig.prepare(config, settings -> settings);
        rig.boot(GatewayRig.booked(
                usual -> new UsageParts((of, snapshot) -> books, usual.estimator(), snapshot -> Pricing.NONE)));
        return rig;
    }

    private UsageRecord booked() {
        await("a record").atMost(SOON).until(() -> !books.all().isEmpty());
        assertThat(books.all()).hasSize(1);
        return books.all().get(0);
    }

    private static void usesNothing(UsageRecord record) {
        assertThat(record.source()).isEqualTo(UsageSource.NONE);
        assertThat(record.usage()).isEqualTo(Usage.NONE);
    }

    /** A call that was to go to alpha was left; the tokens that were kept for it are there for another. */
    private void leftAndForgiven(GatewayRig rig) throws IOException {
        UsageRecord record = booked();
        usesNothing(record);
        assertThat(record.ending()).isEqualTo("cancelled");
        assertThat(record.user()).isEqualTo("zhangsan");
        assertThat(record.attempts()).isEqualTo(1);
        assertThat(Calls.post(rig, CHAT, BODY, GatewayRig.AUTH, "x-aiproxy-channel: beta")
                        .status())
                .isEqualTo(200);
    }

    @Test
    void whileTheChannelDoesNotShakeHands() throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 8, InetAddress.getLoopbackAddress());
                GatewayRig rig = rig("https://127.0.0.1:" + silent.getLocalPort())) {
            silent.setSoTimeout((int) SOON.toMillis());
            Socket accepted;
            try (RawClient client = rig.client()) {
                client.post(CHAT, BODY, GatewayRig.AUTH);
                accepted = silent.accept();
                crowd.add(accepted);
                assertThat(accepted.getInputStream().read()).as("a ClientHello").isEqualTo(22);
            }
            leftAndForgiven(rig);
        }
    }

    @Test
    void whileTheChannelDoesNotAccept() throws IOException {
        try (ServerSocket full = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                GatewayRig rig = rig("http://127.0.0.1:" + full.getLocalPort())) {
            fill(full);
            try (RawClient client = rig.client()) {
                client.post(CHAT, BODY, GatewayRig.AUTH);
                await("an attempt").atMost(SOON).until(() -> Calls.get(rig, "/metrics")
                        .text()
                        .contains("aiproxy_channel_in_flight{channel=\"alpha\"} 1"));
            }
            leftAndForgiven(rig);
        }
    }

    /** Until the system takes no further connection for it. */
    private void fill(ServerSocket full) throws IOException {
        while (crowd.size() < 64) {
            Socket one = new Socket();
            crowd.add(one);
            try {
                one.connect(full.getLocalSocketAddress(), 500);
            } catch (SocketTimeoutException e) {
                return;
            }
        }
    }

    @Test
    void butWhatWasSentMayHaveBeenWorkedOn() throws IOException {
        try (FakeUpstream thinking = FakeUpstream.start();
                GatewayRig rig = rig(thinking.baseUrl())) {
            thinking.onAny().reply(Reply.silent());
            try (RawClient client = rig.client()) {
                client.post(CHAT, BODY, GatewayRig.AUTH);
                thinking.awaitRequest(1);
            }
            assertThat(booked().source()).isEqualTo(UsageSource.ESTIMATED);
            Calls.post(rig, CHAT, BODY, GatewayRig.AUTH, "x-aiproxy-channel: beta")
                    .isFailure(429, "quota_exceeded");
        }
    }

    @Test
    void withinTheRequest() throws IOException {
        try (GatewayRig rig = rig(other.baseUrl())) {
            try (RawClient client = rig.client()) {
                client.head("POST " + CHAT, GatewayRig.AUTH, "Content-Length: 1000")
                        .send("x".repeat(300));
            }
            assertThat(rig.awaitLogLine(CHAT)).contains("\"ending\":\"cancelled\"");
            rig.stop();
            UsageRecord record = booked();
            usesNothing(record);
            assertThat(record.status()).isEqualTo(499);
            assertThat(record.failure()).isEqualTo("client_closed_request");
            assertThat(record.operation()).isEqualTo("chat");
            assertThat(record.template()).isEqualTo(CHAT);
            assertThat(record.user()).isEmpty();
            assertThat(record.attempts()).isZero();
            assertThat(other.requests()).isEmpty();
        }
    }

    @Test
    void withinARequestForAnOperationalPage() throws IOException {
        try (GatewayRig rig = rig(other.baseUrl(), "limits: {request_body: 1KiB}")) {
            try (RawClient client = rig.client()) {
                client.head("POST /api/v1/users", "Content-Length: 1000").send("{");
            }
            try (RawClient client = rig.client()) {
                Calls.Result result = Calls.read(client.head("POST /api/v1/users", "Content-Length: 2000"));
                result.isFailure(413, "request_too_large");
            }
            rig.stop(); // what has not come into the books yet comes now
            assertThat(books.all()).isEmpty();
        }
    }

    @Test
    void aBodyThatStallsIsRefusedAndBooked() throws IOException {
        try (GatewayRig rig = rig(other.baseUrl(), "client: {body_timeout: 100ms}");
                RawClient client = rig.client()) {
            client.head("POST " + CHAT, GatewayRig.AUTH, "Content-Length: 1000").send("0123456789");
            Calls.Result result = Calls.read(client).isFailure(408, "request_timeout");
            assertThat(result.header("connection")).isEqualTo("close");
            UsageRecord record = booked();
            usesNothing(record);
            assertThat(record.ending()).isEqualTo("timed_out");
            assertThat(record.status()).isEqualTo(408);
            assertThat(record.bytesIn()).isEqualTo(10);
        }
    }
}
