package io.aiproxy.behaviour;

import static io.aiproxy.behaviour.Calls.BODY;
import static io.aiproxy.behaviour.Calls.CHAT;
import static io.aiproxy.testing.GatewayRig.AUTH;
import static org.assertj.core.api.Assertions.assertThat;

import io.aiproxy.testing.FakeUpstream;
import io.aiproxy.testing.Gate;
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

/** Answers of which the gateway reads a part before it decides, and answers that come before their request is complete. */
@NeedsGateway
class LateBytesTest {
    private static final FakeUpstream FIRST = FakeUpstream.start();
    private static final FakeUpstream SECOND = FakeUpstream.start();
    private static GatewayRig rig;

    @BeforeAll
    static void start() {
        rig = GatewayRig.start(RigConfig.empty()
                .channel("first", FIRST)
                .channel("second", SECOND)
                .user("zhangsan", GatewayRig.KEY, "first", "second")
                .channel("left", FIRST) // what is learnt of a channel is kept: every test has its own
                .user("lisi", "pk_test_lisi", "left", "second"));
    }

    @AfterAll
    static void stop() {
        rig.close();
        FIRST.close();
        SECOND.close();
    }

    @BeforeEach
    void reset() {
        FIRST.reset();
        SECOND.reset();
        SECOND.onAny().reply(Calls.ok());
    }

    private static Reply quota(Gate gate) {
        String error = "{\"error\":{\"code\":\"insufficient_quota\",\"type\":\"insufficient_quota\"}}";
        return Reply.status(429)
                .header("content-type", "application/json")
                .length(error.length())
                .write(error.substring(0, 10))
                .await(gate)
                .write(error.substring(10));
    }

    @Test
    void anErrorWhoseBodyComesInPiecesIsReadToItsCode() throws IOException {
        Gate gate = Gate.closed();
        FIRST.onAny().reply(quota(gate));
        try (RawClient client = rig.client().post(CHAT, BODY, AUTH)) {
            FIRST.awaitRequest(1);
            gate.open();
            Calls.Result result = Calls.read(client);
            assertThat(result.status()).isEqualTo(200);
            assertThat(result.header("x-aiproxy-channel")).isEqualTo("second");
        }
    }

    @Test
    void aClientThatHangsUpWhileAnErrorIsReadCancelsIt() throws IOException {
        Gate gate = Gate.closed();
        FIRST.onAny().reply(quota(gate));
        try (RawClient client = rig.client().post("/v1/peeked", BODY, "Authorization: Bearer pk_test_lisi")) {
            FIRST.awaitRequest(1);
        }
        FIRST.only().awaitHangup();
        gate.open();
        rig.awaitLogLine("/v1/peeked");
        assertThat(SECOND.requests()).isEmpty();
    }
}
