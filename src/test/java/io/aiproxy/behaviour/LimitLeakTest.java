package io.aiproxy.behaviour;

import static io.aiproxy.behaviour.Calls.BODY;
import static io.aiproxy.behaviour.Calls.CHAT;
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
import io.aiproxy.testing.Scripted;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * There is exactly one place everywhere: at the key, the user and the channel. Whatever becomes of the one who has it,
 * afterwards it is free.
 */
@NeedsGateway
class LimitLeakTest {
    private static final FakeUpstream UPSTREAM = FakeUpstream.start();
    private static final FakeUpstream OTHER = FakeUpstream.start();
    private static final String ONE = "limits: [{concurrent: 1}, {sockets: 1}]";
    private static GatewayRig rig;

    @BeforeAll
    static void start() {
        rig = GatewayRig.start(RigConfig.empty()
                .channel("alpha", UPSTREAM, ONE, "retry: {max_retries: 1, backoff: 20s}")
                .channel("beta", UPSTREAM, ONE)
                .channel("gamma", OTHER, ONE)
                .user("lisi", "pk_test_lisi", "beta", "gamma")
                .userLines(
                        "zhangsan",
                        "channels: [alpha]",
                        ONE,
                        "keys: [{proxy_key: " + GatewayRig.KEY + ", name: laptop, " + ONE + "}]")
                .system("retry: {max_attempts: 9, max_time: 10m, max_wait: 10m}"));
    }

    @AfterAll
    static void stop() {
        rig.close();
        UPSTREAM.close();
        OTHER.close();
    }

    @BeforeEach
    void reset() {
        UPSTREAM.reset();
        OTHER.reset();
        OTHER.onAny().reply(Calls.ok());
    }

    /** A handshake takes a call's place and a socket's; the page behind it is answered when both are given back. */
    @AfterEach
    void everyPlaceIsFreeAgain() {
        UPSTREAM.reset();
        UPSTREAM.onAny().reply(Reply.json(404, "{}"));
        await().until(() -> {
            try (RawClient client = rig.client()) {
                RawWebSocket.on(client).sendHandshake("/v1/realtime", GatewayRig.AUTH);
                int status = Calls.read(client).status();
                assertThat(status).isIn(404, 429);
                assertThat(Calls.read(client.get("/health")).status()).isEqualTo(200);
                return status == 404;
            }
        });
    }

    private static void leaves(Scripted reply, String how) throws IOException {
        UPSTREAM.onAny().reply(reply);
        try (RawClient client = rig.client()) {
            client.post(CHAT, BODY, GatewayRig.AUTH);
            UPSTREAM.awaitRequest(1);
            if (how.equals("reset")) {
                client.reset();
            } else if (how.equals("half")) {
                client.halfClose();
                UPSTREAM.only().awaitHangup();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"close", "reset", "half"})
    void aCallerWhoLeavesWhileTheChannelThinks(String how) throws IOException {
        leaves(Reply.silent(), how);
    }

    @ParameterizedTest
    @ValueSource(strings = {"close", "reset", "half"})
    void aCallerWhoLeavesInTheMiddleOfTheAnswer(String how) throws IOException {
        leaves(Reply.sse().event("one").stall(), how);
    }

    @Test
    void aCallerWhoLeavesWhileARetryIsWaitedFor() throws IOException {
        UPSTREAM.onAny().reply(Reply.json(500, "{}"));
        try (RawClient client = rig.client()) {
            client.post("/v1/back-off", BODY, GatewayRig.AUTH);
            UPSTREAM.awaitRequest(1).awaitAnswered();
        }
        rig.awaitLogLine("/v1/back-off");
    }

    @Test
    void aCallerWhoLeavesWithinTheRequest() throws IOException {
        try (RawClient client = rig.client()) {
            client.head("POST " + CHAT, GatewayRig.AUTH, "Content-Length: 1000").send("half");
        }
    }

    @Test
    void aCallerWhoLeavesWhileALargeRequestIsRead() throws IOException {
        UPSTREAM.onAny().reply(Calls.ok());
        String large = BODY.replace("你好", "x".repeat(4_000_000));
        for (int i = 0; i < 5; i++) {
            try (RawClient client = rig.client()) {
                client.post(CHAT, large, GatewayRig.AUTH);
                client.reset();
            }
        }
    }

    @Test
    void anAnswerThatBreaksOff() throws IOException {
        UPSTREAM.onAny().reply(Reply.sse().event("one").cut());
        try (RawClient client = rig.client()) {
            client.post("/v1/broken", BODY, GatewayRig.AUTH).answer().body().event();
            assertThat(rig.awaitLogLine("/v1/broken")).contains("truncated");
        }
    }

    @Test
    void aChannelThatHangsUpAndTheNextThatServes() throws IOException {
        UPSTREAM.onAny().reply(Reply.json(401, "{}")).reply(Calls.ok());
        String lisi = "Authorization: Bearer pk_test_lisi";
        assertThat(Calls.post(rig, CHAT, BODY, lisi).header("x-aiproxy-channel"))
                .isEqualTo("gamma");
        for (String channel : List.of("beta", "gamma")) {
            await().until(() -> Calls.post(rig, CHAT, BODY, lisi, "x-aiproxy-channel: " + channel)
                            .status()
                    == 200);
        }
    }

    @Test
    void aCallThatIsRefusedElsewhere() throws IOException {
        Calls.post(rig, CHAT, BODY, GatewayRig.AUTH, "x-aiproxy-channel: nobody");
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 401, 404})
    void aHandshakeThatTheChannelRefuses(int status) throws IOException {
        UPSTREAM.onAny().reply(Reply.json(status, "{}"));
        try (RawClient client = rig.client()) {
            RawWebSocket.on(client).sendHandshake("/v1/realtime", GatewayRig.AUTH);
            Calls.read(client);
        }
    }

    @Test
    void aHandshakeWhoseCallerLeaves() throws IOException {
        UPSTREAM.onAny().reply(Reply.silent());
        try (RawClient client = rig.client()) {
            RawWebSocket.on(client).sendHandshake("/v1/realtime", GatewayRig.AUTH);
            UPSTREAM.awaitRequest(1);
        }
    }

    @Test
    void aSocketThatTheChannelCuts() throws IOException {
        Gate gate = Gate.closed();
        UPSTREAM.onAny().reply(Reply.webSocket().flushHead().await(gate).cut());
        try (RawWebSocket socket = RawWebSocket.open(rig.port(), "/v1/realtime", GatewayRig.AUTH)) {
            gate.open();
            socket.awaitClose();
        }
    }

    @Test
    void aSocketWhoseCallerIsCutOff() throws IOException {
        UPSTREAM.onAny().reply(Reply.webSocket().echo());
        try (RawWebSocket socket = RawWebSocket.open(rig.port(), "/v1/realtime", GatewayRig.AUTH)) {
            assertThat(socket.text("there?").text()).isEqualTo("there?");
            socket.abort();
        }
    }
}
