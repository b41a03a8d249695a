package io.aiproxy.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import io.aiproxy.testing.FakeUpstream;
import io.aiproxy.testing.GatewayRig;
import io.aiproxy.testing.NeedsGateway;
import io.aiproxy.testing.RawClient;
import io.aiproxy.testing.RawWebSocket;
import io.aiproxy.testing.Recorded;
import io.aiproxy.testing.Reply;
import io.aiproxy.testing.RigConfig;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Rules of a channel, written as the guide writes them: what they name changes, and not a byte beside it. */
@NeedsGateway
class RequestRuleTest {
    private static final String RULES = """
            rules:
              - match: {paths: [/v1/messages], headers: {anthropic-version: "*"}}
                remove: {headers: [anthropic-beta], query: [beta], body: [context_management, tools.*.cache_control, stop.1]}
                set: {headers: {X-Tenant: t1}, query: {tenant: "t 1"}, body: {metadata.tenant: t1, messages.0.name: 张三}}
                default: {body: {max_tokens: 4096, metadata.kind: {a: [1, no, null]}}}
              - match: {paths: ["/v1/chat/*", "*:generateContent"], headers: {x-mode: "*fast*"}}
                set: {headers: {X-Tenant: second}, body: {tier: 1.50, deep.er.still: yes}}
              - match: {paths: ["/v1/chat/*"]}
                remove: {headers: [x-gone]}
              - match: {paths: [/v1/realtime]}
                remove: {headers: [openai-beta], query: [debug]}
                set: {headers: {X-Socket: "1"}, query: {api-version: "2025-01-01"}}
              - match: {paths: [/v1/embeddings]}
                set: {body: {dimensions: 256}}""";
    private static final String MESSAGES = "{ \"big\" : 12345678901234567890123 , \"exp\":1.0E+02,\"zero\" : -0.0,\r\n"
            + "  \"context_management\" : {\"edits\":[]} , \"unknown\":{\"z\":1,\"a\":2, \"z\":3},\n"
            + "  \"tools\":[{\"name\":\"a\",\"cache_control\":{\"type\":\"e\"}},{\"cache_control\":1},7],\n"
            + "  \"stop\":[\"x\",\"\\u0079\", \"z\"], \"messages\":[{\"role\":\"user\"}], \"max_tokens\":null }\n";
    private static final String CHANGED = "{ \"big\" : 12345678901234567890123 , \"exp\":1.0E+02,\"zero\" : -0.0"
            + " , \"unknown\":{\"z\":1,\"a\":2, \"z\":3},\n"
            + "  \"tools\":[{\"name\":\"a\"},{},7],\n"
            + "  \"stop\":[\"x\", \"z\"], \"messages\":[{\"role\":\"user\",\"name\":\"张三\"}], \"max_tokens\":null"
            + ",\"metadata\":{\"tenant\":\"t1\",\"kind\":{\"a\":[1,false,null]}} }\n";
    private static final String[] NONE = {};

    private static final FakeUpstream UPSTREAM = FakeUpstream.start();
    private static GatewayRig rig;

    @BeforeAll
    static void start() {
        rig = GatewayRig.start(RigConfig.empty()
                .channel("first", UPSTREAM, RULES)
                .channel(
                        "second",
                        UPSTREAM.baseUrl() + "/two",
                        "rules:\n  - set: {headers: {X-Tenant: own}, body: {own: 2}}\n    remove: {body: [user]}")
                .user("zhangsan", GatewayRig.KEY, "first", "second"));
    }

    @AfterAll
    static void stop() {
        rig.close();
        UPSTREAM.close();
    }

    @BeforeEach
    void reset() {
        UPSTREAM.reset();
        UPSTREAM.onAny().reply(Calls.ok());
    }

    private static Recorded post(String target, String body, String... headers) throws IOException {
        String[] all = Arrays.copyOf(headers, headers.length + 1);
        all[headers.length] = GatewayRig.AUTH;
        Calls.Result result = Calls.post(rig, target, body, all);
        assertThat(result.status()).as(result.text()).isEqualTo(200);
        return UPSTREAM.last();
    }

    /** A body sent as these bytes say, framing and all. */
    private static Recorded raw(String head, byte[] body) throws IOException {
        try (RawClient client = rig.client()) {
            client.send(head.replace("\n", "\r\n") + "\r\n\r\n").send(body);
            assertThat(Calls.read(client).status()).isEqualTo(200);
        }
        return UPSTREAM.last();
    }

    @Test
    void whatARuleNamesChangesAndNotAByteBesideIt() throws IOException {
        Recorded seen = post(
                "/v1/messages?a=%2F&beta=true&b=1+2",
                MESSAGES,
                "anthropic-version: 2023-06-01",
                "anthropic-beta: x",
                "Anthropic-Beta: y",
                "X-Tenant: theirs",
                "X-Other: kept");
        assertThat(seen.text()).isEqualTo(CHANGED);
        assertThat(seen.headers("content-length"))
                .containsExactly(Integer.toString(CHANGED.getBytes(StandardCharsets.UTF_8).length));
        assertThat(seen.target()).isEqualTo("/v1/messages?a=%2F&b=1+2&tenant=t%201");
        assertThat(seen.headers("anthropic-beta")).isEmpty();
        assertThat(seen.headers("x-tenant")).containsExactly("t1");
        assertThat(seen.headers("x-other")).containsExactly("kept");
    }

    @ParameterizedTest
    @CsvSource({
        "/v1/messages, X-Nothing: 1",
        "/v1/messages/batches, anthropic-version: 1",
        "/v1/Messages, anthropic-version: 1",
        "/v1/chat/completions, X-Mode: slow",
        "/v1/chat/completions, X-Mode: FAST",
    })
    void aRuleThatDoesNotMatchDoesNothing(String target, String header) throws IOException {
        Recorded seen = post(target, MESSAGES, header, "X-Tenant: theirs", "anthropic-beta: x");
        assertThat(seen.text()).isEqualTo(MESSAGES);
        assertThat(seen.headers("x-tenant")).containsExactly("theirs");
        assertThat(seen.headers("anthropic-beta")).containsExactly("x");
    }

    @ParameterizedTest
    @ValueSource(strings = {Calls.CHAT, Calls.GENERATE, "/first" + Calls.CHAT})
    void pathsHavePatternsAndHeadersToo(String target) throws IOException {
        Recorded seen = post(target, "{}", "X-Mode: very fast indeed");
        assertThat(seen.headers("x-tenant")).containsExactly("second");
        assertThat(seen.text())
                .isIn(
                        "{\"tier\":1.5,\"deep\":{\"er\":{\"still\":true}}}",
                        "{\"tier\":1.50,\"deep\":{\"er\":{\"still\":true}}}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"not JSON at all", "{\"a\":1", "[1,2]", "null", "\"text\"", "{\"a\":1} {\"b\":2}", "\u00ff"})
    void aBodyThatIsNoJsonObjectPassesAsItIs(String body) throws IOException {
        assertThat(post("/v1/embeddings", body).text()).isEqualTo(body);
    }

    @Test
    void anEmptyBodyStaysEmpty() throws IOException {
        Recorded seen = post("/v1/embeddings", "");
        assertThat(seen.body()).isEmpty();
        assertThat(seen.headers("content-length")).containsExactly("0");
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/plain", "application/octet-stream", "multipart/form-data; boundary=x"})
    void aBodyOfAnotherTypePassesAsItIs(String type) throws IOException {
        byte[] body = "{\"a\":1}".getBytes(StandardCharsets.UTF_8);
        Recorded seen = raw(
                "POST /v1/embeddings HTTP/1.1\nHost: g\n" + GatewayRig.AUTH + "\nContent-Type: " + type
                        + "\nContent-Length: " + body.length,
                body);
        assertThat(seen.body()).isEqualTo(body);
    }

    @Test
    void aCompressedBodyPassesByteForByte() throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write("{\"a\":1}".getBytes(StandardCharsets.UTF_8));
        }
        Recorded seen = raw(
                "POST /v1/embeddings HTTP/1.1\nHost: g\n" + GatewayRig.AUTH
                        + "\nContent-Type: application/json\nContent-Encoding: gzip\nContent-Length: " + packed.size(),
                packed.toByteArray());
        assertThat(seen.body()).isEqualTo(packed.toByteArray());
        assertThat(seen.headers("content-encoding")).containsExactly("gzip");
    }

    @Test
    void aChunkedBodyChangesAndHasItsLength() throws IOException {
        Recorded seen = raw(
                "POST /v1/embeddings HTTP/1.1\nHost: g\n" + GatewayRig.AUTH
                        + "\nContent-Type: application/json; charset=utf-8\nTransfer-Encoding: chunked",
                "4\r\n{\"a\"\r\n3\r\n:1}\r\n0\r\n\r\n".getBytes(StandardCharsets.UTF_8));
        assertThat(seen.text()).isEqualTo("{\"a\":1,\"dimensions\":256}");
        assertThat(seen.headers("transfer-encoding")).isEmpty();
        assertThat(seen.headers("content-length")).containsExactly(Integer.toString(seen.body().length));
    }

    @Test
    void aHugeBodyChangesToo() throws IOException {
        String text = "界".repeat(1_500_000);
        Recorded seen = post("/v1/embeddings", "{\"input\":\"" + text + "\",\"dimensions\":[1,{\"x\":2}],\"n\":1e5}");
        assertThat(seen.text().equals("{\"input\":\"" + text + "\",\"dimensions\":256,\"n\":1e5}"))
                .isTrue();
    }

    @Test
    void aWebSocketsHandshakeChangesToo() throws IOException {
        UPSTREAM.on("/v1/realtime").reply(Reply.webSocket().echo());
        try (RawWebSocket socket = rig.webSocket(
                "/v1/realtime?debug=1&model=m", GatewayRig.AUTH, "OpenAI-Beta: realtime=v1", "X-Socket: theirs")) {
            assertThat(socket.text("{\"dimensions\":1}").text()).isEqualTo("{\"dimensions\":1}");
        }
        Recorded seen = UPSTREAM.requests().get(0);
        assertThat(seen.target()).isEqualTo("/v1/realtime?model=m&api-version=2025-01-01");
        assertThat(seen.headers("openai-beta")).isEmpty();
        assertThat(seen.headers("x-socket")).containsExactly("1");
    }

    @Test
    void everyChannelHasItsOwnRulesOnWhatTheCallerSent() throws IOException {
        UPSTREAM.on(Calls.CHAT).reply(Reply.json(503, "{}"));
        Recorded second = post(Calls.CHAT, "{\"user\" : \"u\", \"a\":1.10}", "X-Mode: fast", "X-Gone: 1");
        Recorded first = UPSTREAM.requests().get(0);
        assertThat(UPSTREAM.requests()).hasSize(2);
        assertThat(first.headers("x-tenant")).containsExactly("second");
        assertThat(first.headers("x-gone")).isEmpty();
        assertThat(first.text()).startsWith("{\"user\" : \"u\", \"a\":1.10,\"tier\":");
        assertThat(second.target()).isEqualTo("/two" + Calls.CHAT);
        assertThat(second.headers("x-tenant")).containsExactly("own");
        assertThat(second.headers("x-gone")).containsExactly("1");
        assertThat(second.text()).isEqualTo("{\"a\":1.10,\"own\":2}");
    }

    @Test
    void aBodyThatNoRuleTouchesPassesByteForByte() throws IOException {
        assertThat(post(Calls.CHAT, MESSAGES, NONE).text()).isEqualTo(MESSAGES);
    }
}
