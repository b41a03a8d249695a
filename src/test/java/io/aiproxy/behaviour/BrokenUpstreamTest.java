package io.aiproxy.behaviour;

import static io.aiproxy.behaviour.Calls.BODY;
import static io.aiproxy.behaviour.Calls.CHAT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aiproxy.testing.BodyStream;
import io.aiproxy.testing.FakeUpstream;
import io.aiproxy.testing.GatewayRig;
import io.aiproxy.testing.NeedsGateway;
import io.aiproxy.testing.RawClient;
import io.aiproxy.testing.Reply;
import io.aiproxy.testing.RigConfig;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** An upstream that breaks never looks like one that has finished, and never leaves a caller hanging. */
@NeedsGateway
class BrokenUpstreamTest {
    private static final FakeUpstream UPSTREAM = FakeUpstream.start();
    private static GatewayRig rig;

    @BeforeAll
    static void start() {
        rig = GatewayRig.start(RigConfig.empty()
                .channel("alpha", UPSTREAM)
                .channel("impatient", UPSTREAM, "timeouts: {head: 300ms, idle: 300ms}")
                .channel("hasty", UPSTREAM, "timeouts: {total: 500ms}")
                .channel("nobody", "http://127.0.0.1:" + FakeUpstream.refusingPort())
                .channel("nowhere", "http://no-such-host.invalid")
                .user("zhangsan", GatewayRig.KEY, "alpha")
                .user("impatient", "pk_test_impatient", "impatient")
                .user("hasty", "pk_test_hasty", "hasty")
                .user("nobody", "pk_test_nobody", "nobody")
                .user("nowhere", "pk_test_nowhere", "nowhere"));
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

    private static void endsWithErrorEvent(BodyStream body, String code) throws IOException {
        String error = body.event();
        assertThat(error).contains(code).contains("data:").doesNotContain("[DONE]");
        assertThatThrownBy(body::read).as("a broken connection").isInstanceOf(IOException.class);
    }

    @ParameterizedTest
    @CsvSource({
        "/v1/chat/completions, 'data: {'",
        "/v1/responses, event: error",
        "/v1/messages, event: error",
        "/v1beta/models/gemini-2.5-flash:streamGenerateContent?alt=sse, 'data: {'",
        "/api/v1/services/aigc/text-generation/generation, event:error",
    })
    void aCutStreamEndsInTheDialectsErrorEvent(String target, String begins) throws IOException {
        UPSTREAM.onAny().reply(Reply.sse().event("one").event("two").cut());
        try (RawClient client = rig.client().post(target, BODY, GatewayRig.AUTH)) {
            BodyStream body = client.answer().body();
            assertThat(body.event()).isEqualTo("data: one");
            assertThat(body.event()).isEqualTo("data: two");
            String error = body.event();
            assertThat(error).startsWith(begins).contains("stream_truncated");
            assertThatThrownBy(body::read).as("a broken connection").isInstanceOf(IOException.class);
        }
    }

    @Test
    void theErrorEventStandsAloneAfterHalfAnEvent() throws IOException {
        UPSTREAM.onAny().reply(Reply.sse().event("one").write("data: {\"par").cut());
        try (RawClient client = rig.client().post(CHAT, BODY, GatewayRig.AUTH)) {
            BodyStream body = client.answer().body();
            assertThat(body.event()).isEqualTo("data: one");
            assertThat(body.event()).isEqualTo("data: {\"par");
            endsWithErrorEvent(body, "stream_truncated");
        }
    }

    @Test
    void aResetStreamEndsInAnErrorEvent() throws IOException {
        var gate = io.aiproxy.testing.Gate.closed();
        UPSTREAM.onAny().reply(Reply.sse().event("one").await(gate).reset());
        try (RawClient client = rig.client().post(CHAT, BODY, GatewayRig.AUTH)) {
            BodyStream body = client.answer().body();
            assertThat(body.event()).isEqualTo("data: one");
            gate.open();
            endsWithErrorEvent(body, "stream_truncated");
        }
    }

    @Test
    void aBrokenChunkEndsInAnErrorEvent() throws IOException {
        UPSTREAM.onAny()
                .reply(Reply.sse()
                        .event("one")
                        .rawBody("nonsense\r\n".getBytes(StandardCharsets.US_ASCII))
                        .cut());
        try (RawClient client = rig.client().post(CHAT, BODY, GatewayRig.AUTH)) {
            BodyStream body = client.answer().body();
            assertThat(body.event()).isEqualTo("data: one");
            endsWithErrorEvent(body, "stream_truncated");
        }
    }

    @Test
    void aStreamThatFallsSilentEndsInAnErrorEvent() throws IOException {
        UPSTREAM.onAny().reply(Reply.sse().event("one").stall());
        try (RawClient client = rig.client().post(CHAT, BODY, "Authorization: Bearer pk_test_impatient")) {
            BodyStream body = client.answer().body();
            assertThat(body.event()).isEqualTo("data: one");
            endsWithErrorEvent(body, "stream_timeout");
        }
        UPSTREAM.only().awaitHangup();
    }

    @Test
    void aStreamThatTakesTooLongInAllEndsInAnErrorEvent() throws IOException {
        Reply reply = Reply.sse();
        for (int i = 0; i < 1000; i++) {
            reply.event("tick").pause(java.time.Duration.ofMillis(50));
        }
        UPSTREAM.onAny().reply(reply);
        try (RawClient client = rig.client().post(CHAT, BODY, "Authorization: Bearer pk_test_hasty")) {
            BodyStream body = client.answer().body();
            String event = body.event();
            while (event.equals("data: tick")) {
                event = body.event();
            }
            assertThat(event).contains("stream_timeout");
            assertThatThrownBy(body::read).isInstanceOf(IOException.class);
        }
        UPSTREAM.only().awaitHangup();
    }

    @Test
    void aJsonAnswerThatBreaksIsBrokenForTheCallerToo() throws IOException {
        UPSTREAM.onAny()
                .reply(Reply.status(200)
                        .header("content-type", "application/json")
                        .length(1000)
                        .write("{\"id\":")
                        .cut());
        try (RawClient client = rig.client().post(CHAT, BODY, GatewayRig.AUTH)) {
            RawClient.Answer answer = client.answer();
            assertThat(answer.header("content-length")).isEqualTo("1000");
            assertThatThrownBy(answer::text).isInstanceOf(IOException.class);
        }
        assertThat(rig.awaitLogLine("truncated")).contains("stream_truncated");
    }

    @Test
    void aChunkedJsonAnswerThatBreaksGetsNoEventAndNoEnd() throws IOException {
        UPSTREAM.onAny()
                .reply(Reply.status(200)
                        .header("content-type", "application/json")
                        .chunked()
                        .write("{\"id\":")
                        .cut());
        try (RawClient client = rig.client().post(CHAT, BODY, GatewayRig.AUTH)) {
            BodyStream body = client.answer().body();
            assertThat(new String(body.next(), StandardCharsets.UTF_8)).isEqualTo("{\"id\":");
            assertThatThrownBy(body::read).isInstanceOf(IOException.class);
        }
    }

    @Test
    void bytesBehindTheEndBelongToNobody() throws IOException {
        UPSTREAM.onAny()
                .reply(Reply.status(200)
                        .length(5)
                        .rawBody("helloHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nsmugl"
                                .getBytes(StandardCharsets.US_ASCII)))
                .reply(Reply.status(200).body("right"));
        try (RawClient client = rig.client()) {
            assertThat(client.post(CHAT, BODY, GatewayRig.AUTH).answer().text()).isEqualTo("hello");
            assertThat(client.post(CHAT, BODY, GatewayRig.AUTH).answer().text()).isEqualTo("right");
        }
    }

    @Test
    void aConnectionClosedWithoutAnAnswer() throws IOException {
        UPSTREAM.onAny().reply(Reply.hangUp());
        Calls.chat(rig).isFailure(502, "upstream_disconnected");
    }

    @Test
    void aConnectionResetWithoutAnAnswer() throws IOException {
        UPSTREAM.onAny().reply(Reply.resetAtOnce());
        Calls.chat(rig).isFailure(502, "upstream_disconnected");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "220 smtp.example.test ESMTP\r\n\r\n",
                "HTTP/1.1 OK\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 7\r\n\r\nhello",
                "HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\nhello",
            })
    void garbageInsteadOfHttp(String bytes) throws IOException {
        UPSTREAM.onAny().reply(Reply.raw(bytes));
        Calls.chat(rig).isFailure(502, "upstream_protocol_error");
    }

    @Test
    void aHeadThatBreaksOff() throws IOException {
        UPSTREAM.onAny().reply(Reply.raw("HTTP/1.1 200 OK\r\nContent-Ty"));
        Calls.Result result = Calls.chat(rig);
        assertThat(result.status()).isEqualTo(502);
        assertThat(result.header("x-aiproxy-error-origin")).isEqualTo("upstream");
    }

    @Test
    void silenceInsteadOfAHead() throws IOException {
        UPSTREAM.onAny().reply(Reply.silent());
        Calls.post(rig, CHAT, BODY, "Authorization: Bearer pk_test_impatient").isFailure(504, "upstream_timeout");
        UPSTREAM.only().awaitHangup();
    }

    @ParameterizedTest
    @ValueSource(strings = {"nobody", "nowhere"})
    void nobodyThere(String who) throws IOException {
        Calls.post(rig, CHAT, BODY, "Authorization: Bearer pk_test_" + who).isFailure(502, "upstream_unreachable");
    }

    @Test
    void aKeptConnectionThatDiedMeanwhileIsNoFailure() throws IOException {
        UPSTREAM.on(r -> r.onConnection() > 1).reply(Reply.hangUp());
        UPSTREAM.on(r -> r.onConnection() == 1).reply(Calls.ok());
        for (int i = 0; i < 5; i++) {
            assertThat(Calls.chat(rig).status()).isEqualTo(200);
        }
    }

    @Test
    void anUpstreamThatClosesAfterEveryAnswerIsNoFailure() throws IOException {
        UPSTREAM.onAny().reply(Calls.ok().thenClose());
        try (RawClient client = rig.client()) {
            for (int i = 0; i < 20; i++) {
                RawClient.Answer answer =
                        client.post(CHAT, BODY, GatewayRig.AUTH).answer();
                assertThat(answer.text()).isEqualTo(Calls.ANSWER);
            }
        }
    }

    @Test
    void anUpstreamThatRestartsIsNoFailure() throws IOException {
        UPSTREAM.onAny().reply(Calls.ok());
        assertThat(Calls.chat(rig).status()).isEqualTo(200);
        UPSTREAM.dropConnections();
        assertThat(Calls.chat(rig).status()).isEqualTo(200);
    }
}
