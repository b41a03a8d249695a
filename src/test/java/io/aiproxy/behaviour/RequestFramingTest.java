package io.aiproxy.behaviour;

import static io.aiproxy.behaviour.Calls.BODY;
import static io.aiproxy.behaviour.Calls.CHAT;
import static org.assertj.core.api.Assertions.assertThat;

import io.aiproxy.testing.FakeUpstream;
import io.aiproxy.testing.Gate;
import io.aiproxy.testing.GatewayRig;
import io.aiproxy.testing.NeedsGateway;
import io.aiproxy.testing.RawClient;
import io.aiproxy.testing.Recorded;
import io.aiproxy.testing.Reply;
import io.aiproxy.testing.RigConfig;
import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every way to write a proper HTTP/1.1 request works; no improper one gets further than the gateway. */
@NeedsGateway
class RequestFramingTest {
    private static final FakeUpstream UPSTREAM = FakeUpstream.start();
    private static GatewayRig rig;

    @BeforeAll
    static void start() {
        rig = GatewayRig.start(RigConfig.empty()
                .channel("alpha", UPSTREAM)
                .user("zhangsan", GatewayRig.KEY, "alpha")
                .system("limits: {request_body: 1KiB, request_head: 16KiB}"));
    }

    @AfterAll
    static void stop() {
        rig.close();
        UPSTREAM.close();
    }

    @BeforeEach
    void reset() {
        UPSTREAM.reset();
        UPSTREAM.onAny().answer(r -> Reply.status(200).body(r.target()));
    }

    @Test
    void connectionsAreKept() throws IOException {
        try (RawClient client = rig.client()) {
            for (int i = 0; i < 20; i++) {
                assertThat(client.get("/v1/" + i, GatewayRig.AUTH).answer().text())
                        .isEqualTo("/v1/" + i);
            }
        }
        assertThat(UPSTREAM.requests()).hasSize(20);
    }

    @Test
    void pipelinedRequestsAreAnsweredInOrder() throws IOException {
        Gate gate = Gate.closed();
        UPSTREAM.on("/v1/1").reply(Reply.sse().event("first").await(gate).event("last"));
        try (RawClient client = rig.client()) {
            client.get("/v1/1", GatewayRig.AUTH)
                    .post("/v1/2", BODY, GatewayRig.AUTH)
                    .get("/v1/3", GatewayRig.AUTH);
            RawClient.Answer first = client.answer();
            assertThat(first.body().event()).isEqualTo("data: first");
            gate.open();
            assertThat(first.body().events()).containsExactly("data: last");
            assertThat(client.answer().text()).isEqualTo("/v1/2");
            assertThat(client.answer().text()).isEqualTo("/v1/3");
        }
    }

    @Test
    void chunkedBodiesArriveWhole() throws IOException {
        try (RawClient client = rig.client()) {
            client.head("POST " + CHAT, GatewayRig.AUTH, "Transfer-Encoding: chunked")
                    .send("5;ext=1\r\n{\"mod\r\n")
                    .send("4\r\nel\":\r\n3\r\n\"x\"\r\n1\r\n}\r\n0\r\nX-Trailer: 1\r\n\r\n");
            assertThat(client.answer().status()).isEqualTo(200);
            assertThat(client.get("/v1/next", GatewayRig.AUTH).answer().text()).isEqualTo("/v1/next");
        }
        assertThat(UPSTREAM.requests().get(0).text()).isEqualTo("{\"model\":\"x\"}");
    }

    @Test
    void aRequestMayArriveByteByByte() throws IOException {
        String request = "POST " + CHAT + " HTTP/1.1\r\nHost: x\r\n" + GatewayRig.AUTH
                + "\r\nContent-Length: " + BODY.getBytes(java.nio.charset.StandardCharsets.UTF_8).length
                + "\r\n\r\n" + BODY;
        try (RawClient client = rig.client()) {
            for (byte b : request.getBytes(java.nio.charset.StandardCharsets.UTF_8)) {
                client.send(new byte[] {b});
            }
            assertThat(client.answer().status()).isEqualTo(200);
        }
        assertThat(UPSTREAM.only().text()).isEqualTo(BODY);
    }

    @Test
    void aClientThatAsksFirstIsToldToGoOn() throws IOException {
        try (RawClient client = rig.client()) {
            client.head("POST " + CHAT, GatewayRig.AUTH, "Content-Length: 2", "Expect: 100-continue");
            assertThat(client.readHead().startLine()).startsWith("HTTP/1.1 100");
            client.send("{}");
            assertThat(client.answer().status()).isEqualTo(200);
        }
        assertThat(UPSTREAM.only().header("expect")).isEmpty();
        assertThat(UPSTREAM.only().text()).isEqualTo("{}");
    }

    @Test
    void aClientThatAsksFirstWithTooMuchIsRefusedBeforeItSendsAnything() throws IOException {
        try (RawClient client = rig.client()) {
            client.head("POST " + CHAT, GatewayRig.AUTH, "Content-Length: 1025", "Expect: 100-continue");
            assertThat(client.readHead().status()).isEqualTo(413);
        }
        assertThat(UPSTREAM.requests()).isEmpty();
    }

    @Test
    void aBodyExactlyAtTheLimitPasses() throws IOException {
        assertThat(Calls.post(rig, CHAT, "x".repeat(1024), GatewayRig.AUTH).status())
                .isEqualTo(200);
        assertThat(UPSTREAM.only().body()).hasSize(1024);
    }

    @Test
    void aBodyOneByteOverTheLimitIsRefused() throws IOException {
        Calls.post(rig, CHAT, "x".repeat(1025), GatewayRig.AUTH).isFailure(413, "request_too_large");
        assertThat(UPSTREAM.requests()).isEmpty();
    }

    @Test
    void aChunkedBodyOverTheLimitIsRefused() throws IOException {
        try (RawClient client = rig.client()) {
            client.head("POST " + CHAT, GatewayRig.AUTH, "Transfer-Encoding: chunked")
                    .send("400\r\n" + "x".repeat(1024) + "\r\n1\r\nx\r\n");
            Calls.read(client).isFailure(413, "request_too_large");
        }
        assertThat(UPSTREAM.requests()).isEmpty();
    }

    @Test
    void aHeadThatIsTooLargeIsRefused() throws IOException {
        Calls.get(rig, "/v1/models", GatewayRig.AUTH, "X-Large: " + "x".repeat(20_000))
                .isFailure(431, "headers_too_large");
        Calls.get(rig, "/v1/" + "x".repeat(20_000), GatewayRig.AUTH).isFailure(414, "uri_too_long");
        assertThat(UPSTREAM.requests()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Bad Name: x\r\n",
                "Bad\u0001Name: x\r\n",
                ": no name\r\n",
                "X-Nul: a\u0000b\r\n",
                "Content-Length: 2\r\nContent-Length: 3\r\n",
                "Content-Length: 2, 3\r\n",
                "Content-Length: -1\r\n",
                "Content-Length: +2\r\n",
                "Content-Length: two\r\n",
                "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n",
                "Transfer-Encoding: xchunked\r\n",
                "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n",
                "Transfer-Encoding: gzip, chunked\r\n",
                "Transfer-Encoding : chunked\r\n",
                "Content-Length : 2\r\n",
                "Host: a\r\nHost: b\r\n",
            })
    void improperHeadersAreRefused(String lines) throws IOException {
        try (RawClient client = rig.client()) {
            String host = lines.contains("Host:") ? "" : "Host: x\r\n";
            client.send("POST " + CHAT + " HTTP/1.1\r\n" + host + GatewayRig.AUTH + "\r\n" + lines + "\r\n{}");
            Calls.Result result = Calls.read(client);
            assertThat(result.status()).as(result.text()).isEqualTo(400);
            assertThat(client.closedByPeer()).isTrue();
        }
        assertThat(UPSTREAM.requests()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET / HTTP/1.1 extra",
                "GET no-slash HTTP/1.1",
                "G@T / HTTP/1.1",
                "GET / HTTP/9.9",
                "GET / SPDY/1",
                "GET /\u0007 HTTP/1.1",
                "\u0016\u0003\u0001",
            })
    void improperRequestLinesAreRefused(String line) throws IOException {
        try (RawClient client = rig.client()) {
            client.send(line + "\r\nHost: x\r\n" + GatewayRig.AUTH + "\r\n\r\n");
            assertThat(Calls.read(client).status()).isEqualTo(400);
            assertThat(client.closedByPeer()).isTrue();
        }
        assertThat(UPSTREAM.requests()).isEmpty();
    }

    @Test
    void improperChunksAreRefused() throws IOException {
        try (RawClient client = rig.client()) {
            client.head("POST " + CHAT, GatewayRig.AUTH, "Transfer-Encoding: chunked")
                    .send("zz\r\n{}\r\n0\r\n\r\n");
            assertThat(Calls.read(client).status()).isEqualTo(400);
            assertThat(client.closedByPeer()).isTrue();
        }
        assertThat(UPSTREAM.requests()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "DELETE", "PUT", "PATCH", "OPTIONS", "TRACE", "PROPFIND", "PURGE", "M-SEARCH"})
    void everyMethodPasses(String method) throws IOException {
        try (RawClient client = rig.client()) {
            client.head(method + " /v1/files/1", GatewayRig.AUTH);
            assertThat(client.answer().status()).isEqualTo(200);
        }
        assertThat(UPSTREAM.only().method()).isEqualTo(method);
    }

    @Test
    void headPasses() throws IOException {
        try (RawClient client = rig.client()) {
            client.head("HEAD /v1/files/1", GatewayRig.AUTH);
            assertThat(client.answer("HEAD").status()).isEqualTo(200);
        }
        assertThat(UPSTREAM.only().method()).isEqualTo("HEAD");
    }

    @Test
    void aRequestWithoutABodyStaysWithoutOne() throws IOException {
        Calls.get(rig, "/v1/models-of-mine", GatewayRig.AUTH);
        Recorded request = UPSTREAM.only();
        assertThat(request.header("transfer-encoding")).isEmpty();
        assertThat(request.header("content-length")).isEmpty();
    }

    @Test
    void oldClientsGetAnAnswerThatEndsWithItsConnection() throws IOException {
        UPSTREAM.reset();
        UPSTREAM.onAny().reply(Reply.sse().event("one").event("two"));
        try (RawClient client = rig.client()) {
            client.head("GET /v1/x HTTP/1.0", GatewayRig.AUTH);
            RawClient.Answer answer = client.answer();
            assertThat(answer.header("transfer-encoding")).isEmpty();
            assertThat(answer.body().events()).containsExactly("data: one", "data: two");
            assertThat(client.closedByPeer()).isTrue();
        }
    }

    @Test
    void aClientThatWantsToCloseIsObeyed() throws IOException {
        try (RawClient client = rig.client()) {
            client.get("/v1/x", GatewayRig.AUTH, "Connection: close");
            assertThat(client.answer().text()).isEqualTo("/v1/x");
            assertThat(client.closedByPeer()).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA",
                "Connection: Upgrade",
                "Upgrade: websocket",
            })
    void aPlainRequestThatTalksOfUpgradesIsAPlainRequest(String lines) throws IOException {
        assertThat(Calls.post(rig, CHAT, BODY, GatewayRig.AUTH, lines).status()).isEqualTo(200);
        Recorded request = UPSTREAM.only();
        assertThat(request.header("upgrade")).isEmpty();
        assertThat(request.header("http2-settings")).isEmpty();
        assertThat(request.text()).isEqualTo(BODY);
    }

    @Test
    void hopByHopHeadersOfTheRequestStayBehind() throws IOException {
        Calls.post(
                rig,
                CHAT,
                BODY,
                GatewayRig.AUTH,
                "Connection: X-Internal, keep-alive",
                "X-Internal: 1",
                "TE: trailers");
        assertThat(UPSTREAM.only().header("x-internal")).isEmpty();
        assertThat(UPSTREAM.only().header("te")).isEmpty();
    }

    @Test
    void anAbsoluteTargetIsReadAsItsPath() throws IOException {
        assertThat(Calls.get(rig, "http://gateway.example.test/v1/x?y=1", GatewayRig.AUTH)
                        .text())
                .isEqualTo("/v1/x?y=1");
    }

    @Test
    void bothFamiliesOfAddressesAreListenedTo() throws IOException {
        for (String address : new String[] {"127.0.0.1", "::1"}) {
            try (RawClient client = RawClient.connect(address, rig.port(), 0)) {
                assertThat(client.get("/v1/x", GatewayRig.AUTH).answer().status())
                        .isEqualTo(200);
            }
        }
    }
}
