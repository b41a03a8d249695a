package io.aiproxy.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class FakeUpstreamTest {
    @AutoClose
    private final FakeUpstream upstream = FakeUpstream.start();

    private RawClient client() throws IOException {
        return RawClient.connect(upstream.port());
    }

    @Test
    void recordsARequestAsItStoodOnTheWire() throws IOException {
        upstream.onAny().reply(Reply.json("{}"));
        try (RawClient client = client()) {
            client.post("/a%2Fb?x=1&x=2", "{\"q\":\"用\"}", "X-One: 1", "x-one: 2");
            assertThat(client.answer().text()).isEqualTo("{}");
        }
        Recorded request = upstream.only();
        assertThat(request.method()).isEqualTo("POST");
        assertThat(request.target()).isEqualTo("/a%2Fb?x=1&x=2");
        assertThat(request.headers("X-One")).containsExactly("1", "2");
        assertThat(request.text()).isEqualTo("{\"q\":\"用\"}");
        assertThat(request.head().text()).startsWith("POST /a%2Fb?x=1&x=2 HTTP/1.1\r\nHost: localhost:");
    }

    @Test
    void readsChunkedRequestsAndKeepsConnectionsAlive() throws IOException {
        upstream.onAny().reply(Reply.json("1")).reply(Reply.json("2"));
        try (RawClient client = client()) {
            client.head("POST /", "Transfer-Encoding: chunked").send("3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");
            assertThat(client.answer().text()).isEqualTo("1");
            assertThat(client.get("/").answer().text()).isEqualTo("2");
        }
        assertThat(upstream.requests()).hasSize(2);
        assertThat(upstream.requests().get(0).text()).isEqualTo("abcde");
        assertThat(upstream.last().connection()).isEqualTo(1);
        assertThat(upstream.last().onConnection()).isEqualTo(2);
    }

    @Test
    void aGateHoldsTheNextEventBack() throws IOException {
        Gate gate = Gate.closed();
        upstream.onAny().reply(Reply.sse().event("one").await(gate).event("done", "two"));
        try (RawClient client = client()) {
            BodyStream body = client.get("/").answer().body();
            assertThat(body.event()).isEqualTo("data: one");
            gate.awaitReached();
            assertThat(upstream.only().bytesSent()).isEqualTo(11);
            gate.open();
            assertThat(body.event()).isEqualTo("event: done\ndata: two");
            assertThat(body.event()).isEmpty();
        }
    }

    @Test
    void aHangUpIsSeenWhileTheScriptWaits() throws IOException {
        upstream.onAny().reply(Reply.sse().event("one").stall());
        try (RawClient client = client()) {
            client.get("/").answer().body().event();
            assertThat(upstream.only().hungUp()).isFalse();
        }
        upstream.only().awaitHangup();
        await().until(() -> upstream.openConnections() == 0);
    }

    @Test
    void aReaderThatLeavesAfterTheLastByteHasNotHungUp() throws IOException {
        upstream.onAny().reply(Reply.json("{}"));
        for (int i = 0; i < 50; i++) {
            try (RawClient client = client()) {
                client.get("/").answer().text();
            }
        }
        await().until(() -> upstream.openConnections() == 0);
        assertThat(upstream.requests()).hasSize(50).noneMatch(Recorded::hungUp);
    }

    @Test
    void cutsAreNeverTakenForEnds() throws IOException {
        upstream.on("/chunked").reply(Reply.sse().event("one").cut());
        upstream.on("/length").reply(Reply.status(200).length(100).write("half").cut());
        upstream.on("/reset")
                .reply(Reply.sse().event("one").await(Gate.closed()).reset());
        for (String path : new String[] {"/chunked", "/length"}) {
            try (RawClient client = client()) {
                BodyStream body = client.get(path).answer().body();
                assertThatThrownBy(body::readAll).isInstanceOf(HttpReader.Truncated.class);
            }
        }
    }

    @Test
    void resetsConnections() throws IOException {
        Gate gate = Gate.closed();
        upstream.onAny().reply(Reply.sse().event("one").await(gate).reset());
        try (RawClient client = client()) {
            BodyStream body = client.get("/").answer().body();
            body.event();
            gate.open();
            assertThatThrownBy(body::readAll).isInstanceOf(SocketException.class);
        }
    }

    @Test
    void closesWithoutAnAnswerOrSaysNothing() throws IOException {
        upstream.on("/fin").reply(Reply.hangUp());
        upstream.on("/rst").reply(Reply.resetAtOnce());
        upstream.on("/silent").reply(Reply.silent());
        try (RawClient client = client()) {
            assertThat(client.get("/fin").closedByPeer()).isTrue();
        }
        try (RawClient client = client()) {
            assertThat(client.get("/rst").closedByPeer()).isTrue();
        }
        try (RawClient client = client()) {
            client.get("/silent");
            upstream.awaitRequest(3);
        }
        upstream.last().awaitHangup();
    }

    @Test
    void bodiesUntilCloseAndGarbageAndInterimAnswers() throws IOException {
        upstream.on("/close").reply(Reply.status(200).untilClose().write("all"));
        upstream.on("/garbage").reply(Reply.raw("220 smtp.example.test ESMTP\r\n"));
        upstream.on("/early").reply(Reply.json("{}").interim(103, "Link: </x>").interim(100));
        try (RawClient client = client()) {
            assertThat(client.get("/close").answer().text()).isEqualTo("all");
        }
        try (RawClient client = client()) {
            assertThatThrownBy(() -> client.get("/garbage").readHead()).isInstanceOf(IOException.class);
        }
    }

    @Test
    void interimAnswersComeBeforeTheHead() throws IOException {
        upstream.onAny().reply(Reply.status(200).interim(103, "Link: </x>").body("late"));
        try (RawClient client = client()) {
            assertThat(client.get("/").readHead().startLine()).startsWith("HTTP/1.1 103 ");
            assertThat(client.answer().text()).isEqualTo("late");
        }
    }

    @Test
    void splitsHeadAndCharacters() throws IOException {
        upstream.onAny().reply(Reply.sse().event("用户").splitEvery(1));
        try (RawClient client = client()) {
            assertThat(client.get("/").answer().body().event()).isEqualTo("data: 用户");
        }
    }

    @Test
    void generatesLargeBodies() throws IOException {
        long size = 5_000_001;
        upstream.onAny().reply(Reply.status(200).length(size).generated(size));
        try (RawClient client = client()) {
            byte[] body = client.get("/").answer().body().readAll();
            assertThat(Payload.sha256(body)).isEqualTo(Payload.sha256(size));
        }
    }

    @Test
    void closesSilentlyAfterTheFirstAnswer() throws IOException {
        upstream.onAny().reply(Reply.json("{}").thenClose());
        try (RawClient client = client()) {
            RawClient.Answer answer = client.get("/").answer();
            assertThat(answer.header("connection")).isEmpty();
            assertThat(answer.text()).isEqualTo("{}");
            assertThat(client.closedByPeer()).isTrue();
        }
    }

    @Test
    void answersBeforeTheBodyAndNeverReadsIt() throws IOException {
        upstream.onHead(r -> true).reply(Reply.json(413, "{}"));
        try (RawClient client = client()) {
            client.head("POST /", "Content-Length: 1000000");
            assertThat(client.answer().status()).isEqualTo(413);
        }
        assertThat(upstream.only().body()).isEmpty();
    }

    @Test
    void checksTheCredentialAndRemembersLeaks() throws IOException {
        upstream.expectCredential("Authorization", "Bearer sk_upstream").forbid("pk_test_zhangsan");
        upstream.onAny().reply(Reply.json("{}"));
        try (RawClient client = client()) {
            client.get("/", "Authorization: Bearer pk_test_zhangsan");
            assertThat(client.answer().status()).isEqualTo(401);
        }
        try (RawClient client = client()) {
            client.get("/", "Authorization: Bearer sk_upstream");
            assertThat(client.answer().status()).isEqualTo(200);
        }
        assertThat(upstream.leaks()).hasSize(1);
    }

    @Test
    void headAnswersHaveNoBody() throws IOException {
        upstream.onAny().reply(Reply.status(200).body("twelve bytes"));
        try (RawClient client = client()) {
            assertThat(client.head("HEAD /").answer("HEAD").header("content-length"))
                    .isEqualTo("12");
            assertThat(client.get("/").answer().text()).isEqualTo("twelve bytes");
        }
    }

    @Test
    void withoutARuleItSaysSo() throws IOException {
        try (RawClient client = client()) {
            RawClient.Answer answer = client.get("/x").answer();
            assertThat(answer.status()).isEqualTo(404);
            assertThat(answer.text()).contains("no_rule");
        }
    }

    @Test
    void pipelinedRequestsAreAnsweredInOrder() throws IOException {
        upstream.onAny().answer(r -> Reply.status(200).body(r.target()));
        try (RawClient client = client()) {
            client.send("GET /1 HTTP/1.1\r\n\r\nGET /2 HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            assertThat(client.answer().text()).isEqualTo("/1");
            assertThat(client.answer().text()).isEqualTo("/2");
        }
    }
}
