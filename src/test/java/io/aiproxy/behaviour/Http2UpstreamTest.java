package io.aiproxy.behaviour;

import static io.aiproxy.behaviour.Calls.BODY;
import static io.aiproxy.behaviour.Calls.CHAT;
import static io.aiproxy.testing.GatewayRig.AUTH;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.aiproxy.testing.BodyStream;
import io.aiproxy.testing.FakeUpstream;
import io.aiproxy.testing.GatewayRig;
import io.aiproxy.testing.Http2Exchange;
import io.aiproxy.testing.Http2Upstream;
import io.aiproxy.testing.NeedsGateway;
import io.aiproxy.testing.Payload;
import io.aiproxy.testing.RawClient;
import io.aiproxy.testing.RigConfig;
import io.aiproxy.testing.TestCa;
import io.netty.handler.codec.http2.Http2Error;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A channel that speaks HTTP/2: what the caller sees is the same as with HTTP/1.1, and one stream's trouble stays its own. */
@NeedsGateway
class Http2UpstreamTest {
    private static final int LOOPS = Runtime.getRuntime().availableProcessors();
    private static Http2Upstream upstream;
    private static FakeUpstream old;
    private static GatewayRig rig;

    @BeforeAll
    static void start() {
        TestCa ca = TestCa.create("company");
        upstream = Http2Upstream.start(ca.identity("dns:localhost"));
        old = FakeUpstream.start(ca.identity("dns:localhost"));
        String trusted = "tls: {ca_file: \"" + ca.pem() + "\"}";
        rig = GatewayRig.start(RigConfig.empty()
                .channel("alpha", upstream.baseUrl(), trusted)
                .channel("hasty", upstream.baseUrl(), trusted, "timeouts: {head: 300ms}")
                .channel("old", old, trusted)
                .channel("off", old, trusted, "http2: \"off\"")
                .user("zhangsan", GatewayRig.KEY, "alpha")
                .user("hasty", "pk_test_hasty", "hasty")
                .user("old", "pk_test_old", "old")
                .user("off", "pk_test_off", "off"));
    }

    @AfterAll
    static void stop() {
        rig.close();
        upstream.close();
        old.close();
    }

    @BeforeEach
    void reset() {
        upstream.reset();
        old.reset();
        old.onAny().reply(Calls.ok());
    }

    private static RawClient post(String body) throws IOException {
        return rig.client().post(CHAT, body, AUTH);
    }

    /** Two calls in progress on one upstream connection, which only calls of the same event loop share. */
    private record Pair(RawClient first, Http2Exchange one, RawClient second, Http2Exchange two, List<RawClient> others)
            implements AutoCloseable {
        static Pair open() throws IOException {
            RawClient first = post(BODY);
            Http2Exchange one = upstream.next();
            List<RawClient> others = new ArrayList<>();
            for (int i = 0; i < 8 * LOOPS; i++) {
                RawClient second = post(BODY);
                Http2Exchange two = upstream.next();
                if (two.connection() == one.connection()) {
                    return new Pair(first, one, second, two, others);
                }
                others.add(second);
            }
            throw new AssertionError("no two calls share a connection");
        }

        @Override
        public void close() {
            first.close();
            second.close();
            others.forEach(RawClient::close);
        }
    }

    @Test
    void aWholeExchangePasses() throws IOException {
        upstream.always(e -> e.json(200, Calls.ANSWER));
        Calls.Result result = Calls.post(
                rig,
                CHAT + "?a=1&b=%2F",
                BODY,
                AUTH,
                "X-Custom: Value",
                "Connection: close, X-Hop",
                "X-Hop: 1",
                "TE: trailers");
        assertThat(result.status()).isEqualTo(200);
        assertThat(result.text()).isEqualTo(Calls.ANSWER);
        assertThat(result.head().text()).doesNotContain("x-http2");
        Http2Exchange seen = upstream.next();
        assertThat(new String(seen.awaitBody(), StandardCharsets.UTF_8)).isEqualTo(BODY);
        assertThat(seen.header(":method")).isEqualTo("POST");
        assertThat(seen.header(":scheme")).isEqualTo("https");
        assertThat(seen.header(":path")).isEqualTo(CHAT + "?a=1&b=%2F");
        assertThat(seen.header(":authority")).isEqualTo("localhost:" + upstream.port());
        assertThat(seen.header("authorization")).isEqualTo("Bearer " + RigConfig.keyOf("alpha"));
        assertThat(seen.header("x-custom")).isEqualTo("Value");
        assertThat(seen.names())
                .allSatisfy(name -> assertThat(name).isLowerCase())
                .doesNotContain("host", "connection", "keep-alive", "transfer-encoding", "x-hop", "te")
                .noneMatch(name -> name.startsWith("x-http2"));
    }

    @Test
    void callsShareAConnectionPerLoop() throws IOException {
        upstream.always(e -> e.json(200, Calls.ANSWER));
        int before = upstream.connections();
        for (int i = 0; i < 4 * LOOPS; i++) {
            assertThat(Calls.chat(rig).status()).isEqualTo(200);
        }
        assertThat(upstream.connections() - before).isLessThanOrEqualTo(LOOPS);
    }

    @Test
    void largeBodiesPassUpAndDown() throws IOException {
        byte[] large = Payload.bytes(0, 1024 * 1024);
        byte[] huge = Payload.bytes(0, 10 * 1024 * 1024);
        upstream.always(e ->
                e.head(200, false, "content-type", "application/octet-stream").data(huge, true));
        try (RawClient client = rig.client().post(CHAT, large, AUTH)) {
            assertThat(client.answer().body().readAll()).isEqualTo(huge);
        }
        assertThat(upstream.next().awaitBody()).isEqualTo(large);
    }

    @Test
    void aLargeHeadPasses() throws IOException {
        String large = "x".repeat(30_000);
        upstream.always(e -> e.head(200, true, "x-large", large));
        try (RawClient client = post(BODY)) {
            assertThat(client.answer().header("x-large")).isEqualTo(large);
        }
    }

    @Test
    void eventsArriveBeforeTheNextIsWritten() throws IOException {
        try (RawClient client = post(BODY)) {
            Http2Exchange exchange = upstream.next().sse().data("data: one\n\n", false);
            BodyStream body = client.answer().body();
            assertThat(body.event()).isEqualTo("data: one");
            exchange.data("data: two\n\n", false);
            assertThat(body.event()).isEqualTo("data: two");
            exchange.data("data: three\n\n", true);
            assertThat(body.events()).containsExactly("data: three");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 204, 304, 404})
    void anAnswerMayConsistOfItsHead(int status) throws IOException {
        upstream.always(e -> e.head(status, true, "x-mine", "1"));
        try (RawClient client = post(BODY)) {
            RawClient.Answer answer = client.answer();
            assertThat(answer.status()).isEqualTo(status);
            assertThat(answer.header("x-mine")).isEqualTo("1");
            assertThat(answer.text()).isEmpty();
            client.post(CHAT, BODY, AUTH);
            assertThat(client.answer().status()).as("the connection goes on").isEqualTo(status);
        }
    }

    @Test
    void headHasLengthButNoBody() throws IOException {
        upstream.always(e -> e.head(200, true, "content-length", "5"));
        try (RawClient client = rig.client().head("HEAD /v1/models", AUTH)) {
            RawClient.Answer answer = client.answer("HEAD");
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.header("content-length")).isEqualTo("5");
            client.head("HEAD /v1/models", AUTH);
            assertThat(client.answer("HEAD").status()).isEqualTo(200);
        }
    }

    @Test
    void interimAnswersAreSkippedAndTrailersPass() throws IOException {
        upstream.always(e -> e.head(103, false, "link", "</a>")
                .head(200, false, "content-type", "text/plain")
                .data("text", false)
                .trailers("x-sum", "7"));
        try (RawClient client = post(BODY)) {
            RawClient.Answer answer = client.answer();
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.text()).isEqualTo("text");
        }
    }

    @Test
    void aClientThatHangsUpResetsItsOwnStreamOnly() throws IOException {
        try (Pair pair = Pair.open()) {
            pair.one.sse().data("data: one\n\n", false);
            assertThat(pair.first.answer().body().event()).isEqualTo("data: one");
            pair.first.close();
            assertThat(pair.one.awaitReset()).isEqualTo(Http2Error.CANCEL.code());
            pair.two.json(200, Calls.ANSWER);
            assertThat(pair.second.answer().text()).isEqualTo(Calls.ANSWER);
        }
    }

    @Test
    void aClientThatHangsUpBeforeTheHeadResetsItsOwnStreamOnly() throws IOException {
        try (Pair pair = Pair.open()) {
            pair.first.close();
            pair.one.awaitReset();
            pair.two.json(200, Calls.ANSWER);
            assertThat(pair.second.answer().text()).isEqualTo(Calls.ANSWER);
        }
    }

    @Test
    void aStreamResetInTheMiddleIsTruncatedForTheCaller() throws IOException {
        try (Pair pair = Pair.open()) {
            pair.one.head(200, false, "content-type", "application/json").data("{\"half\":", false);
            RawClient.Answer answer = pair.first.answer();
            pair.one.reset(Http2Error.INTERNAL_ERROR);
            assertThatThrownBy(answer::text).isInstanceOf(IOException.class);
            pair.two.json(200, Calls.ANSWER);
            assertThat(pair.second.answer().text()).isEqualTo(Calls.ANSWER);
        }
    }

    @Test
    void anEndBeforeTheAnnouncedLengthIsTruncatedForTheCaller() throws IOException {
        upstream.always(e -> e.head(200, false, "content-length", "100").data("too little", true));
        try (RawClient client = post(BODY)) {
            assertThatThrownBy(() -> client.answer().text()).isInstanceOf(IOException.class);
        }
    }

    @Test
    void aRefusedStreamIsTriedOnceMore() throws IOException {
        try (RawClient client = post(BODY)) {
            upstream.next().reset(Http2Error.REFUSED_STREAM);
            upstream.next().json(200, Calls.ANSWER);
            assertThat(client.answer().text()).isEqualTo(Calls.ANSWER);
        }
    }

    @Test
    void anyOtherResetBeforeTheHeadIsAFailure() throws IOException {
        try (RawClient client = post(BODY)) {
            upstream.next().reset(Http2Error.INTERNAL_ERROR);
            Calls.read(client).isFailure(502, "upstream_disconnected");
        }
        assertThat(upstream.requests()).hasSize(1);
    }

    @Test
    void afterGoAwayStreamsFinishAndNewOnesGoElsewhere() throws IOException {
        try (Pair pair = Pair.open()) {
            pair.one.sse().data("data: one\n\n", false);
            BodyStream body = pair.first.answer().body();
            assertThat(body.event()).isEqualTo("data: one");
            pair.one.goAway(true);
            pair.two.json(200, Calls.ANSWER);
            assertThat(pair.second.answer().text()).isEqualTo(Calls.ANSWER);
            pair.second.post(CHAT, BODY, AUTH);
            Http2Exchange next = upstream.next();
            assertThat(next.connection()).isNotEqualTo(pair.one.connection());
            next.json(200, Calls.ANSWER);
            assertThat(pair.second.answer().text()).isEqualTo(Calls.ANSWER);
            pair.one.data("data: two\n\n", true);
            assertThat(body.events()).containsExactly("data: two");
            await("the old connection's end")
                    .until(() -> !pair.one.connectionChannel().isActive());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void moreCallsThanStreamsAreAllServed(int streams) throws IOException {
        upstream.maxStreams(streams);
        List<RawClient> clients = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            clients.add(post(BODY));
        }
        List<Http2Exchange> exchanges =
                IntStream.range(0, 12).mapToObj(i -> upstream.next()).toList();
        exchanges.forEach(e -> e.json(200, Calls.ANSWER));
        for (RawClient client : clients) {
            assertThat(client.answer().text()).isEqualTo(Calls.ANSWER);
            client.post(CHAT, BODY, AUTH);
        }
        for (int i = 0; i < 12; i++) {
            upstream.next().json(200, Calls.ANSWER);
        }
        for (RawClient client : clients) {
            assertThat(client.answer().text()).isEqualTo(Calls.ANSWER);
            client.close();
        }
    }

    @Test
    void aSlowCallerDoesNotHoldUpTheOthers() throws IOException {
        byte[] huge = Payload.bytes(0, 10 * 1024 * 1024);
        try (Pair pair = Pair.open()) {
            pair.one.head(200, false, "content-type", "text/plain").data(huge, true);
            RawClient.Answer slow = pair.first.answer();
            pair.two.head(200, false, "content-type", "text/plain").data(huge, true);
            assertThat(pair.second.answer().body().readAll()).isEqualTo(huge);
            assertThat(slow.body().readAll()).isEqualTo(huge);
        }
    }

    @Test
    void aSlowCallerThatHangsUpLosesNothing() throws IOException {
        byte[] huge = Payload.bytes(0, 10 * 1024 * 1024);
        try (Pair pair = Pair.open()) {
            pair.one.head(200, false, "content-type", "text/plain").data(huge, true);
            assertThat(pair.first.answer().status()).isEqualTo(200);
            pair.two.head(200, false, "content-type", "text/plain").data(huge, true);
            assertThat(pair.second.answer().body().readAll()).isEqualTo(huge);
            pair.first.close();
            pair.one.awaitReset();
        }
    }

    @Test
    void anEarlyAnswerToABodyThatNobodyReads() throws IOException {
        upstream.readsBodies(false);
        try (RawClient client = rig.client().post(CHAT, Payload.bytes(0, 4 * 1024 * 1024), AUTH)) {
            Http2Exchange exchange = upstream.next().json(413, "{\"error\":\"too large\"}");
            RawClient.Answer answer = client.answer();
            assertThat(answer.status()).isEqualTo(413);
            assertThat(answer.text()).isEqualTo("{\"error\":\"too large\"}");
            exchange.awaitReset();
            upstream.readsBodies(true);
            client.post(CHAT, BODY, AUTH);
            upstream.next().json(200, Calls.ANSWER);
            assertThat(client.answer().text()).isEqualTo(Calls.ANSWER);
        }
    }

    @Test
    void aSilentStreamIsATimeOutAndTheConnectionIsNotTrustedAgain() throws IOException {
        String hasty = "Authorization: Bearer pk_test_hasty";
        try (RawClient client = rig.client().post(CHAT, BODY, hasty)) {
            Http2Exchange first = upstream.next().json(200, Calls.ANSWER);
            assertThat(client.answer().text()).isEqualTo(Calls.ANSWER);
            Calls.read(client.post(CHAT, BODY, hasty)).isFailure(504, "upstream_timeout");
            Http2Exchange silent = upstream.next();
            assertThat(silent.connection()).isEqualTo(first.connection());
            silent.awaitReset();
            await("the silent connection's end")
                    .until(() -> !silent.connectionChannel().isActive());
        }
    }

    @Test
    void aLostConnectionBreaksItsStreams() throws IOException {
        try (Pair pair = Pair.open()) {
            pair.one.head(200, false, "content-type", "application/json").data("{\"half\":", false);
            RawClient.Answer answer = pair.first.answer();
            upstream.cutConnections();
            assertThatThrownBy(answer::text).isInstanceOf(IOException.class);
            Calls.read(pair.second).isFailure(502, "upstream_disconnected");
        }
        upstream.always(e -> e.json(200, Calls.ANSWER));
        assertThat(Calls.chat(rig).status()).isEqualTo(200);
    }

    @Test
    void aKeptConnectionThatDiedMeanwhileIsNoFailure() throws IOException {
        upstream.always(e -> e.json(200, Calls.ANSWER));
        for (int i = 0; i < 10; i++) {
            assertThat(Calls.chat(rig).status()).isEqualTo(200);
            upstream.cutConnections();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"old", "off"})
    void withoutHttp2ThereIsHttp11(String who) throws IOException {
        assertThat(Calls.post(rig, CHAT, BODY, "Authorization: Bearer pk_test_" + who)
                        .status())
                .isEqualTo(200);
        assertThat(old.only().head().startLine()).endsWith(" HTTP/1.1");
    }
}
