package io.aiproxy.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.aiproxy.core.Ending;
import io.aiproxy.core.Receipt;
import io.aiproxy.core.UsageSource;
import io.aiproxy.testing.Gate;
import io.aiproxy.testing.RawClient;
import io.aiproxy.testing.Reply;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of an answer when its caller leaves. */
class DrainTest {
    private static final String CONTENT = "{\"choices\":[{\"delta\":{\"content\":\"hi\"}}]}";
    private static final String USED = "{\"choices\":[],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":2}}";

    @TempDir
    private Path directory;

    private UsageRig rig;

    private void start(String usage) throws Exception {
        rig = UsageRig.of(directory, ", usage: " + usage);
    }

    @AfterEach
    void stop() throws Exception {
        rig.close();
    }

    private void leaveAfterTheFirstEvent() throws IOException {
        try (RawClient client = rig.post(UsageRig.CHAT, UsageRig.STREAMED)) {
            client.answer().body().event();
        }
        awaitNobodyThere();
    }

    private void leaveBeforeTheAnswer() throws IOException {
        try (RawClient client = rig.post(UsageRig.CHAT, UsageRig.PLAIN)) {
            rig.upstream().awaitRequest(1);
        }
        awaitNobodyThere();
    }

    private void awaitNobodyThere() {
        await("the gateway to notice").until(() -> rig.gateway().activeCalls() == 0);
    }

    private void isBookedByTheProvider() {
        Receipt receipt = rig.receipt();
        assertThat(receipt.ending()).isEqualTo(Ending.CANCELLED);
        assertThat(receipt.source()).isEqualTo(UsageSource.PROVIDER);
        assertThat(receipt.usage().orElseThrow().outputTokens()).isEqualTo(2);
        assertThat(rig.receipts()).hasSize(1);
    }

    @Test
    void isCancelledAtOnceUnlessSomebodySaysOtherwise() throws Exception {
        start("{}");
        rig.upstream().onAny().reply(Reply.sse().event(CONTENT).stall());
        leaveAfterTheFirstEvent();
        rig.upstream().only().awaitHangup();
        assertThat(rig.receipt().source()).isEqualTo(UsageSource.ESTIMATED);
        assertThat(rig.receipt().transcript().orElseThrow().asked()).isEqualTo(UsageRig.STREAMED);
    }

    @Test
    void isReadToItsEndWithoutTheCaller() throws Exception {
        start("{on_disconnect: drain}");
        Gate gate = Gate.closed();
        rig.upstream()
                .onAny()
                .reply(Reply.sse()
                        .event(CONTENT)
                        .await(gate)
                        .event(CONTENT)
                        .event(USED)
                        .event("[DONE]"));
        leaveAfterTheFirstEvent();
        assertThat(rig.receipts()).isEmpty();
        gate.open();
        isBookedByTheProvider();
        assertThat(rig.receipt().status()).isEqualTo(200);
        assertThat(rig.upstream().only().hungUp()).isFalse();
    }

    @Test
    void isWaitedForWhenTheCallerLeavesBeforeItBegins() throws Exception {
        start("{on_disconnect: drain}");
        Gate gate = Gate.closed();
        rig.upstream()
                .onAny()
                .reply(Reply.status(200)
                        .header("content-type", "application/json")
                        .length(USED.length())
                        .await(gate)
                        .write(USED));
        leaveBeforeTheAnswer();
        gate.open();
        isBookedByTheProvider();
        assertThat(rig.receipt().status()).isEqualTo(499);
    }

    @Test
    void anErrorThatNobodyWaitsForUsesNothing() throws Exception {
        start("{on_disconnect: drain}");
        Gate gate = Gate.closed();
        rig.upstream().onAny().reply(Reply.json(503, "{}").await(gate));
        leaveBeforeTheAnswer();
        gate.open();
        assertThat(rig.receipt().source()).isEqualTo(UsageSource.NONE);
        assertThat(rig.receipts()).hasSize(1);
    }

    @Test
    void notForLongerThanAllowed() throws Exception {
        start("{on_disconnect: drain, drain_time: 50ms}");
        rig.upstream().onAny().reply(Reply.sse().event(CONTENT).stall());
        leaveAfterTheFirstEvent();
        rig.upstream().only().awaitHangup();
        assertThat(rig.receipt().source()).isEqualTo(UsageSource.ESTIMATED);
        assertThat(rig.receipts()).hasSize(1);
    }

    @Test
    void norMoreThanAllowed() throws Exception {
        start("{on_disconnect: drain, drain_bytes: 1KiB}");
        Gate gate = Gate.closed();
        rig.upstream()
                .onAny()
                .reply(Reply.sse()
                        .event(CONTENT)
                        .await(gate)
                        .event("x".repeat(2000))
                        .stall());
        leaveAfterTheFirstEvent();
        gate.open();
        rig.upstream().only().awaitHangup();
        assertThat(rig.receipt().ending()).isEqualTo(Ending.CANCELLED);
    }

    @Test
    void norBeyondTheEndOfTheGateway() throws Exception {
        start("{on_disconnect: drain}");
        rig.upstream().onAny().reply(Reply.sse().event(CONTENT).stall());
        leaveAfterTheFirstEvent();
        rig.gateway().drain();
        rig.upstream().only().awaitHangup();
        await().until(() -> rig.receipts().size() == 1);
    }
}
