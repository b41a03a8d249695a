package io.aiproxy.behaviour;

import static io.aiproxy.behaviour.Calls.BODY;
import static io.aiproxy.behaviour.Calls.CHAT;
import static org.assertj.core.api.Assertions.assertThat;

import io.aiproxy.testing.FakeUpstream;
import io.aiproxy.testing.GatewayRig;
import io.aiproxy.testing.NeedsGateway;
import io.aiproxy.testing.RawClient;
import io.aiproxy.testing.Reply;
import io.aiproxy.testing.RigConfig;
import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A caller who leaves stops the work upstream at once, whatever was going on, and is nobody's failure. */
@NeedsGateway
class HangUpTest {
    private static final FakeUpstream UPSTREAM = FakeUpstream.start();
    private static GatewayRig rig;

    @BeforeAll
    static void start() {
        rig = GatewayRig.start(RigConfig.empty()
                .channel("alpha", UPSTREAM, "retry: {max_retries: 5, backoff: 20s}")
                .user("zhangsan", GatewayRig.KEY, "alpha")
                .system("retry: {max_attempts: 9, max_time: 10m, max_wait: 10m}"));
    }

    @AfterAll
    static void stop() {
        rig.close();
        UPSTREAM.close();
    }

    @BeforeEach
    void reset() {
        UPSTREAM.reset();
    }

    @Test
    void whileTheUpstreamIsThinking() throws IOException {
        UPSTREAM.onAny().reply(Reply.silent());
        try (RawClient client = rig.client()) {
            client.post("/v1/thinking", BODY, GatewayRig.AUTH);
            UPSTREAM.awaitRequest(1);
        }
        UPSTREAM.only().awaitHangup();
        assertThat(rig.awaitLogLine("/v1/thinking")).contains("499");
    }

    @Test
    void inTheMiddleOfAStream() throws IOException {
        UPSTREAM.onAny().reply(Reply.sse().event("one").stall());
        try (RawClient client = rig.client()) {
            assertThat(client.post("/v1/middle", BODY, GatewayRig.AUTH)
                            .answer()
                            .body()
                            .event())
                    .isEqualTo("data: one");
        }
        UPSTREAM.only().awaitHangup();
        assertThat(rig.awaitLogLine("/v1/middle")).contains("cancelled");
    }

    @Test
    void byResetInTheMiddleOfAStream() throws IOException {
        UPSTREAM.onAny().reply(Reply.sse().event("one").stall());
        RawClient client = rig.client();
        client.post(CHAT, BODY, GatewayRig.AUTH).answer().body().event();
        client.reset();
        UPSTREAM.only().awaitHangup();
    }

    @Test
    void byHalfClosingInTheMiddleOfAStream() throws IOException {
        UPSTREAM.onAny().reply(Reply.sse().event("one").stall());
        try (RawClient client = rig.client()) {
            client.post(CHAT, BODY, GatewayRig.AUTH).answer().body().event();
            client.halfClose();
            UPSTREAM.only().awaitHangup();
        }
    }

    @Test
    void duringTheWaitBeforeARetryNothingMoreIsTried() throws IOException {
        UPSTREAM.onAny().reply(Reply.json(500, "{}")).reply(Calls.ok());
        try (RawClient client = rig.client()) {
            client.post("/v1/back-off", BODY, GatewayRig.AUTH);
            UPSTREAM.awaitRequest(1).awaitAnswered();
        }
        rig.awaitLogLine("/v1/back-off"); // written when the call has ended: nothing can follow
        assertThat(UPSTREAM.requests()).hasSize(1);
    }

    @Test
    void inTheMiddleOfItsOwnRequestNothingReachesTheUpstream() throws IOException {
        UPSTREAM.onAny().reply(Calls.ok());
        try (RawClient client = rig.client()) {
            client.head("POST " + CHAT, GatewayRig.AUTH, "Content-Length: 1000").send("half");
        }
        assertThat(Calls.chat(rig).status()).isEqualTo(200);
        assertThat(UPSTREAM.requests()).hasSize(1);
    }
}
