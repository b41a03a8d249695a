package io.aiproxy.behaviour;

import static io.aiproxy.behaviour.Calls.BODY;
import static io.aiproxy.behaviour.Calls.CHAT;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.aiproxy.testing.FakeUpstream;
import io.aiproxy.testing.Gate;
import io.aiproxy.testing.GatewayRig;
import io.aiproxy.testing.NeedsGateway;
import io.aiproxy.testing.RawClient;
import io.aiproxy.testing.Reply;
import io.aiproxy.testing.RigConfig;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

/** The line of the access log says what a call has used; the caller gets the very bytes of the channel. */
@NeedsGateway
class AnswerUsageTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String TOLD = "{\"id\":\"c\",\"usage\":{\"prompt_tokens\":19,\"completion_tokens\":10,"
            + "\"total_tokens\":29,\"completion_tokens_details\":{\"reasoning_tokens\":4}}}";
    private static final String BOOKED = "{\"input_tokens\":19,\"output_tokens\":10,\"reasoning_tokens\":4}";
    private static final FakeUpstream UPSTREAM = FakeUpstream.start();
    private static GatewayRig rig;
    private String agent = "";

    @BeforeAll
    static void start() {
        rig = GatewayRig.start(RigConfig.empty().channel("alpha", UPSTREAM).user("zhangsan", GatewayRig.KEY, "alpha"));
    }

    @AfterAll
    static void stop() {
        rig.close();
        UPSTREAM.close();
    }

    @BeforeEach
    void reset(TestInfo test) {
        UPSTREAM.reset();
        agent = test.getTestMethod().orElseThrow().getName() + "/1";
    }

    @Test
    void ofAnAnswerInOnePiece() throws IOException {
        UPSTREAM.onAny().reply(Reply.json(TOLD));
        assertThat(ask()).isEqualTo(TOLD);
        assertThat(line().path("usage")).isEqualTo(JSON.readTree(BOOKED));
    }

    @Test
    void ofAStreamCutIntoSmallPieces() throws IOException {
        UPSTREAM.onAny()
                .reply(Reply.sse()
                        .splitEvery(7)
                        .event("{\"usage\":null}")
                        .event(TOLD)
                        .event("[DONE]"));
        assertThat(ask()).contains("data: " + TOLD + "\n\n");
        assertThat(line().path("usage")).isEqualTo(JSON.readTree(BOOKED));
    }

    @Test
    void ofAPackedAnswerThatStaysPacked() throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write(TOLD.getBytes(StandardCharsets.UTF_8));
        }
        UPSTREAM.onAny()
                .reply(Reply.status(200)
                        .header("Content-Type", "application/json")
                        .header("Content-Encoding", "gzip")
                        .body(packed.toByteArray()));
        try (RawClient client =
                rig.client().post(CHAT, BODY, GatewayRig.AUTH, "User-Agent: " + agent, "Accept-Encoding: gzip")) {
            assertThat(client.answer().body().readAll()).isEqualTo(packed.toByteArray());
        }
        assertThat(line().path("usage")).isEqualTo(JSON.readTree(BOOKED));
    }

    @Test
    void ofAStreamThatTheCallerLeaves() throws IOException {
        Gate gate = Gate.closed();
        UPSTREAM.onAny().reply(Reply.sse().event(TOLD).await(gate).event("[DONE]"));
        try (RawClient client = rig.client().post(CHAT, BODY, GatewayRig.AUTH, "User-Agent: " + agent)) {
            client.answer().body().event();
        }
        assertThat(line().path("usage")).isEqualTo(JSON.readTree(BOOKED));
        gate.open();
    }

    @Test
    void butNotOfWhatIsOnlyFetchedOnceMore() throws IOException {
        UPSTREAM.onAny().reply(Reply.json(TOLD));
        try (RawClient client = rig.client().get("/v1/responses/resp_1", GatewayRig.AUTH, "User-Agent: " + agent)) {
            assertThat(client.answer().body().text()).isEqualTo(TOLD);
        }
        assertThat(line().has("usage")).isFalse();
    }

    private String ask() throws IOException {
        try (RawClient client = rig.client().post(CHAT, BODY, GatewayRig.AUTH, "User-Agent: " + agent)) {
            return client.answer().body().text();
        }
    }

    private JsonNode line() throws IOException {
        return JSON.readTree(rig.awaitLogLine(agent));
    }
}
