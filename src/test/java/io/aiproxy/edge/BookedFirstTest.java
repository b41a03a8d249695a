package io.aiproxy.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.aiproxy.core.Ending;
import io.aiproxy.testing.BodyStream;
import io.aiproxy.testing.Gate;
import io.aiproxy.testing.RawClient;
import io.aiproxy.testing.Reply;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** No answer ends before its receipt is kept for good, where the books say so. */
class BookedFirstTest {
    private static final String TOLD = "{\"choices\":[],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":2}}";

    @TempDir
    private Path directory;

    private final AtomicBoolean first = new AtomicBoolean(true);
    private UsageRig rig;

    @BeforeEach
    void start() throws Exception {
        rig = new UsageRig(directory, "", "", "{retry: {max_attempts: 3}}", first::get);
    }

    @AfterEach
    void stop() throws Exception {
        rig.close();
    }

    /** Nothing has come for the caller, though everything before the end has been sent. */
    private static boolean silent(RawClient client) throws Exception {
        return client.socket().getInputStream().available() == 0;
    }

    @Test
    void aWholeAnswerWaits() throws Exception {
        rig.upstream().onAny().reply(Reply.json(TOLD).splitEvery(20));
        try (RawClient client = rig.post(UsageRig.CHAT, UsageRig.PLAIN)) {
            rig.awaitWaiting();
            assertThat(rig.receipt().usage().orElseThrow().outputTokens()).isEqualTo(2);
            assertThat(rig.receipt().bytesOut()).isEqualTo(TOLD.length());
            rig.durable();
            assertThat(client.answer().text()).isEqualTo(TOLD);
        }
        assertThat(rig.receipts()).hasSize(1);
    }

    @Test
    void ofAStreamTheEndAlone() throws Exception {
        Gate gate = Gate.closed();
        rig.upstream()
                .onAny()
                .reply(Reply.sse().event("{\"choices\":[{}]}").await(gate).event("[DONE]"));
        try (RawClient client = rig.post(UsageRig.CHAT, UsageRig.STREAMED)) {
            BodyStream body = client.answer().body();
            assertThat(body.event()).isEqualTo("data: {\"choices\":[{}]}");
            assertThat(rig.receipts()).isEmpty();
            gate.open();
            rig.awaitWaiting();
            rig.durable();
            assertThat(body.event()).isEqualTo("data: [DONE]");
            assertThat(body.event()).isEmpty();
        }
        assertThat(rig.receipts()).hasSize(1);
    }

    @Test
    void aRefusalWaitsToo() throws Exception {
        try (RawClient client =
                rig.gateway().client().post(UsageRig.CHAT, UsageRig.PLAIN, "Authorization: Bearer pk_no")) {
            rig.awaitWaiting();
            assertThat(silent(client)).isTrue();
            rig.durable();
            assertThat(client.answer().status()).isEqualTo(401);
        }
        assertThat(rig.receipts()).hasSize(1);
    }

    @Test
    void theConnectionServesTheNextCall() throws Exception {
        rig.upstream().onAny().reply(Reply.json(TOLD));
        try (RawClient client = rig.post(UsageRig.CHAT, UsageRig.PLAIN)) {
            rig.awaitWaiting();
            rig.durable();
            assertThat(client.answer().text()).isEqualTo(TOLD);
            first.set(false);
            client.post(UsageRig.CHAT, UsageRig.PLAIN, EdgeRig.AUTH);
            assertThat(client.answer().text()).isEqualTo(TOLD);
        }
        await().until(() -> rig.receipts().size() == 2);
    }

    @Test
    void whoLeavesInThatMomentIsBookedOnce() throws Exception {
        rig.upstream().onAny().reply(Reply.json(TOLD));
        try (RawClient client = rig.post(UsageRig.CHAT, UsageRig.PLAIN)) {
            rig.awaitWaiting();
            client.reset();
        }
        rig.gateway().drain(); // the connection is gone on the gateway's side as well
        rig.durable();
        assertThat(rig.receipts()).hasSize(1);
        assertThat(rig.receipt().ending()).isEqualTo(Ending.OK);
    }
}
