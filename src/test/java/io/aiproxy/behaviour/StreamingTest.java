package io.aiproxy.behaviour;

import static io.aiproxy.behaviour.Calls.BODY;
import static io.aiproxy.behaviour.Calls.CHAT;
import static org.assertj.core.api.Assertions.assertThat;

import io.aiproxy.testing.BodyStream;
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
import java.util.List;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the upstream writes reaches the caller at once, in order, byte for byte. */
@NeedsGateway
class StreamingTest {
    private static final FakeUpstream UPSTREAM = FakeUpstream.start();
    private static GatewayRig rig;

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
    void reset() {
        UPSTREAM.reset();
    }

    @Test
    void theHeadArrivesBeforeTheFirstByteOfTheBody() throws IOException {
        Gate gate = Gate.closed();
        UPSTREAM.onAny().reply(Reply.sse().flushHead().await(gate).event("one"));
        try (RawClient client = rig.client().post(CHAT, BODY, GatewayRig.AUTH)) {
            RawClient.Answer answer = client.answer();
            assertThat(answer.status()).isEqualTo(200);
            gate.open();
            assertThat(answer.body().events()).containsExactly("data: one");
        }
    }

    @Test
    void everyEventArrivesBeforeTheNextIsWritten() throws IOException {
        List<Gate> gates = IntStream.range(0, 5).mapToObj(i -> Gate.closed()).toList();
        Reply reply = Reply.sse();
        for (int i = 0; i < gates.size(); i++) {
            reply.event("event " + i).await(gates.get(i));
        }
        UPSTREAM.onAny().reply(reply.event("[DONE]"));
        try (RawClient client = rig.client().post(CHAT, BODY, GatewayRig.AUTH)) {
            BodyStream body = client.answer().body();
            for (int i = 0; i < gates.size(); i++) {
                assertThat(body.event()).isEqualTo("data: event " + i);
                gates.get(i).open();
            }
            assertThat(body.events()).containsExactly("data: [DONE]");
        }
    }

    @Test
    void manyEventsKeepTheirOrder() throws IOException {
        Reply reply = Reply.sse();
        IntStream.range(0, 2000).forEach(i -> reply.event("{\"n\":" + i + "}"));
        UPSTREAM.onAny().reply(reply);
        try (RawClient client = rig.client().post(CHAT, BODY, GatewayRig.AUTH)) {
            assertThat(client.answer().body().events())
                    .containsExactlyElementsOf(IntStream.range(0, 2000)
                            .mapToObj(i -> "data: {\"n\":" + i + "}")
                            .toList());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7})
    void bytesMayBeSplitAnywhere(int pieces) throws IOException {
        UPSTREAM.onAny()
                .reply(Reply.sse()
                        .header("x-request-id", "req-1")
                        .write(": comment\r\nevent: delta\r\nid: 7\r\ndata: 用户说\r\ndata:第二行\r\n\r\n")
                        .event("[DONE]")
                        .splitEvery(pieces));
        try (RawClient client = rig.client().post(CHAT, BODY, GatewayRig.AUTH)) {
            RawClient.Answer answer = client.answer();
            assertThat(answer.header("x-request-id")).isEqualTo("req-1");
            assertThat(answer.text())
                    .isEqualTo(": comment\r\nevent: delta\r\nid: 7\r\ndata: 用户说\r\ndata:第二行\r\n\r\ndata: [DONE]\n\n");
        }
    }

    @Test
    void compressedAnswersPassUntouched() throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write(Calls.ANSWER.getBytes(StandardCharsets.UTF_8));
        }
        UPSTREAM.onAny()
                .reply(Reply.status(200)
                        .header("content-type", "application/json")
                        .header("content-encoding", "gzip")
                        .body(packed.toByteArray()));
        try (RawClient client = rig.client().post(CHAT, BODY, GatewayRig.AUTH, "Accept-Encoding: gzip")) {
            RawClient.Answer answer = client.answer();
            assertThat(answer.header("content-encoding")).isEqualTo("gzip");
            assertThat(answer.header("content-length")).isEqualTo(Integer.toString(packed.size()));
            assertThat(answer.body().readAll()).isEqualTo(packed.toByteArray());
        }
        assertThat(UPSTREAM.only().header("accept-encoding")).contains("gzip");
    }

    @Test
    void repeatedResponseHeadersStayApartAndInOrder() throws IOException {
        UPSTREAM.onAny()
                .reply(Calls.ok()
                        .header("Set-Cookie", "a=1; Path=/")
                        .header("Set-Cookie", "b=2, c")
                        .header("X-RateLimit-Remaining-Requests", "7"));
        Calls.Result result = Calls.chat(rig);
        assertThat(result.head().headers("set-cookie")).containsExactly("a=1; Path=/", "b=2, c");
        assertThat(result.header("x-ratelimit-remaining-requests")).isEqualTo("7");
    }

    @Test
    void hopByHopHeadersOfTheAnswerStayBehind() throws IOException {
        UPSTREAM.onAny()
                .reply(Calls.ok()
                        .header("Connection", "X-Internal, keep-alive")
                        .header("X-Internal", "1")
                        .header("Keep-Alive", "timeout=5")
                        .header("Proxy-Authenticate", "Basic"));
        Calls.Result result = Calls.chat(rig);
        assertThat(result.header("x-internal")).isEmpty();
        assertThat(result.header("keep-alive")).isEmpty();
        assertThat(result.header("proxy-authenticate")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {204, 304})
    void answersWithoutABodyLeaveTheConnectionUsable(int status) throws IOException {
        UPSTREAM.onAny().reply(Reply.status(status).header("etag", "\"1\"")).reply(Calls.ok());
        try (RawClient client = rig.client()) {
            RawClient.Answer first = client.get("/v1/files/1", GatewayRig.AUTH).answer();
            assertThat(first.status()).isEqualTo(status);
            assertThat(first.header("etag")).isEqualTo("\"1\"");
            assertThat(first.text()).isEmpty();
            assertThat(client.get("/v1/files/1", GatewayRig.AUTH).answer().text())
                    .isEqualTo(Calls.ANSWER);
        }
    }

    @Test
    void headAnswersTellTheLengthAndHaveNoBody() throws IOException {
        UPSTREAM.onAny().reply(Reply.status(200).body("twelve bytes"));
        try (RawClient client = rig.client()) {
            RawClient.Answer head =
                    client.head("HEAD /v1/files/1", GatewayRig.AUTH).answer("HEAD");
            assertThat(head.header("content-length")).isEqualTo("12");
            assertThat(client.get("/v1/files/1", GatewayRig.AUTH).answer().text())
                    .isEqualTo("twelve bytes");
        }
    }

    @Test
    void anAnswerThatEndsWithItsConnectionEndsProperly() throws IOException {
        UPSTREAM.onAny().reply(Reply.status(200).untilClose().write("one ").write("two"));
        try (RawClient client = rig.client()) {
            assertThat(client.get("/v1/files/1", GatewayRig.AUTH).answer().text())
                    .isEqualTo("one two");
        }
    }

    @Test
    void interimAnswersDoNotDisturbTheFinalOne() throws IOException {
        UPSTREAM.onAny()
                .reply(Reply.status(200).interim(100).interim(103, "Link: </x>").body("final"));
        assertThat(Calls.chat(rig).text()).isEqualTo("final");
    }

    @Test
    void unusualStatusesPass() throws IOException {
        for (int status : new int[] {201, 206, 299, 418, 422}) {
            UPSTREAM.reset();
            UPSTREAM.onAny().reply(Reply.json(status, "{\"status\":" + status + "}"));
            Calls.Result result = Calls.chat(rig);
            assertThat(result.status()).isEqualTo(status);
            assertThat(result.text()).isEqualTo("{\"status\":" + status + "}");
        }
    }
}
