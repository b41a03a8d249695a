package io.aiproxy.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.crypto.MACVerifier;
import io.aiproxy.cli.ImportRun;
import io.aiproxy.testing.BodyStream;
import io.aiproxy.testing.FakeEgressProxy;
import io.aiproxy.testing.FakeUpstream;
import io.aiproxy.testing.Gate;
import io.aiproxy.testing.GatewayProcess;
import io.aiproxy.testing.NeedsGateway;
import io.aiproxy.testing.RawClient;
import io.aiproxy.testing.Recorded;
import io.aiproxy.testing.Reply;
import io.aiproxy.testing.TestCa;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The Flow proxy's files, imported and started without a change: its clients' requests arrive as they did. They come
 * from this machine without a key, or with whatever their SDK insisted on.
 */
@NeedsGateway
class ImportFlowTest {
    private static final String HOST = "flow.ciandt.com";
    private static final String BASE = "/flow-llm-proxy";
    private static final String BEFORE = "{\"model\":\"claude\",\"max_tokens\": 16,";
    private static final String EDITS = "\"context_management\":{\"edits\":[{\"type\":\"clear_tool_uses\"}]},";
    private static final String AFTER = "\"messages\":[{\"role\":\"user\",\"content\":\"你好\"}]}";

    /** Secrets by client id; HS256 wants at least 256 bits of nimbus. */
    private static final Map<String, String> SECRETS = new LinkedHashMap<>();

    @TempDir
    private static Path home;

    private static FakeUpstream upstream;
    private static FakeEgressProxy egress;
    private static GatewayProcess gateway;
    private static String told;

    @BeforeAll
    static void start() throws IOException {
        SECRETS.put("test-client-a", "test-secret-of-client-a-which-is-long-enough");
        SECRETS.put("test-client-b", "test-secret-of-client-b-\"quoted\"-${not:a}-variable");
        SECRETS.put("test-client-c", "test-secret-of-client-c-mit-Umläuten-und-你好");
        TestCa ca = TestCa.create("flow");
        upstream = FakeUpstream.start(ca.identity("dns:" + HOST));
        egress = FakeEgressProxy.open().route(HOST, upstream.port());
        Path old = Files.createDirectories(home.resolve("old"));
        Files.writeString(old.resolve("secrets.json"), secrets("a", "a", "b", "c"));
        Files.writeString(old.resolve(".env"), """
                FLOW_PROXY_PORT=8899
                FLOW_PROXY_HOST=127.0.0.1
                FLOW_PROXY_LOG_LEVEL=INFO
                FLOW_PROXY_SECRETS_FILE=secrets.json
                FLOW_PROXY_LOG_FILE=flow_proxy_plugin.log
                """);
        told = ImportRun.into("flow", old, home.resolve("config"));
        gateway = GatewayProcess.start(home, ca, egress);
    }

    /** The array of the old proxy's entries. */
    private static String secrets(String... clients) {
        List<String> entries = new ArrayList<>();
        for (String client : clients) {
            String secret = SECRETS.getOrDefault("test-client-" + client, "").replace("\"", "\\\"");
            entries.add("""
                    {"name": "team-%1$s", "clientId": "test-client-%1$s", "clientSecret": "%2$s",
                     "tenant": "test-tenant", "agent": "simple_agent", "appToAccess": "llm-api"}""".formatted(client, secret));
        }
        return "[" + String.join(",\n ", entries) + "]";
    }

    @AfterAll
    static void stop() {
        gateway.close();
        egress.close();
        upstream.close();
    }

    @BeforeEach
    void answer() {
        upstream.reset();
        upstream.forbid("dummy");
        upstream.onAny().reply(Reply.json("{\"ok\":true}"));
    }

    @AfterEach
    void nothingOfTheCallerLeaks() {
        assertThat(upstream.leaks()).isEmpty();
        assertThat(egress.seen()).allMatch(head -> head.startLine().equals("CONNECT " + HOST + ":443 HTTP/1.1"));
    }

    private static Calls.Result send(String method, String target, String body, String... headers) throws IOException {
        try (RawClient client = gateway.client()) {
            if (body.isEmpty()) {
                return Calls.read(client.head(method + " " + target, headers));
            }
            return Calls.read(client.post(target, body, headers));
        }
    }

    /** The client whose token this is: HS256 with its secret, and nothing in it but its three fields. */
    private static String clientOf(Recorded request) {
        assertThat(request.headers("authorization")).hasSize(1);
        String authorization = request.headers("authorization").get(0);
        assertThat(authorization).startsWith("Bearer ");
        try {
            JWSObject token = JWSObject.parse(authorization.substring("Bearer ".length()));
            Map<String, Object> payload = token.getPayload().toJSONObject();
            String id = String.valueOf(payload.get("clientId"));
            String secret = SECRETS.getOrDefault(id, "");
            assertThat(payload)
                    .containsOnly(
                            Map.entry("clientId", id),
                            Map.entry("clientSecret", secret),
                            Map.entry("tenant", "test-tenant"));
            assertThat(token.getHeader().getAlgorithm()).isEqualTo(JWSAlgorithm.HS256);
            assertThat(token.verify(new MACVerifier(secret))).isTrue();
            return id;
        } catch (java.text.ParseException | com.nimbusds.jose.JOSEException e) {
            throw new AssertionError("Not a token: " + authorization, e);
        }
    }

    @Test
    void the_guides_first_request_needs_no_key() throws IOException {
        assertThat(send("GET", "/v1/models", "").status()).isEqualTo(200);

        Recorded request = upstream.only();
        assertThat(request.target()).isEqualTo(BASE + "/v1/models");
        assertThat(request.headers("host")).containsExactly(HOST);
        assertThat(request.serverName()).contains(HOST);
        assertThat(SECRETS).containsKey(clientOf(request));
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "PUT", "DELETE", "OPTIONS", "PATCH"})
    void every_method_and_path_passes(String method) throws IOException {
        String target = "/some/other/path%2Fwith%20escapes?a=%41&b=&key=value";
        assertThat(send(method, target, "").status()).isEqualTo(200);

        assertThat(upstream.only().method()).isEqualTo(method);
        assertThat(upstream.only().target()).isEqualTo(BASE + target);
    }

    @ParameterizedTest
    @CsvSource({
        "/v1/chat/completions, Authorization: Bearer dummy-key",
        "/v1/chat/completions, Authorization: Bearer",
        "/v1/chat/completions, Authorization: Basic ZHVtbXk6ZHVtbXk=",
        "/v1/messages, x-api-key: sk-ant-dummy",
        "/openai/deployments/gpt-4o/chat/completions, api-key: dummy",
        "/v1beta/models/gemini-2.5-flash:generateContent, x-goog-api-key: dummy",
        "/v1beta/models/gemini-2.5-flash:generateContent?key=dummy, Accept: */*"
    })
    void what_an_SDK_sends_for_a_key_is_nobodys_business(String target, String header) throws IOException {
        assertThat(send("POST", target, Calls.BODY, header).status()).isEqualTo(200);

        Recorded request = upstream.only();
        assertThat(request.target()).isEqualTo(BASE + target.replace("?key=dummy", ""));
        assertThat(request.text()).isEqualTo(Calls.BODY);
        assertThat(SECRETS).containsKey(clientOf(request));
    }

    @Test
    void entries_take_turns_and_one_that_stands_there_twice_has_two() throws IOException {
        Map<String, Integer> counts = new TreeMap<>();
        try (RawClient client = gateway.client()) {
            for (int i = 0; i < 40; i++) {
                assertThat(Calls.read(client.get("/v1/models")).status()).isEqualTo(200);
            }
        }
        upstream.requests().forEach(request -> counts.merge(clientOf(request), 1, Integer::sum));

        assertThat(counts).isEqualTo(Map.of("test-client-a", 20, "test-client-b", 10, "test-client-c", 10));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v1/messages", "/v1/messages?beta=true"})
    void what_Flow_does_not_know_of_Anthropics_clients_is_taken_out(String target) throws IOException {
        Calls.Result answer = send(
                "POST",
                target,
                BEFORE + EDITS + AFTER,
                "anthropic-version: 2023-06-01",
                "anthropic-beta: context-management-2025-06-27,fine-grained-tool-streaming-2025-05-14",
                "x-api-key: dummy");

        assertThat(answer.status()).isEqualTo(200);
        Recorded request = upstream.only();
        assertThat(request.target()).isEqualTo(BASE + target);
        assertThat(request.header("anthropic-beta")).isEmpty();
        assertThat(request.header("anthropic-version")).contains("2023-06-01");
        assertThat(request.text()).isEqualTo(BEFORE + AFTER);
    }

    @Test
    void other_requests_keep_what_they_have() throws IOException {
        send("POST", "/v1/chat/completions", BEFORE + EDITS + AFTER, "anthropic-beta: some");

        assertThat(upstream.only().header("anthropic-beta")).contains("some");
        assertThat(upstream.only().text()).isEqualTo(BEFORE + EDITS + AFTER);
    }

    @Test
    void streams_pass_event_by_event() throws IOException {
        Gate gate = Gate.closed();
        upstream.onAny().reply(Reply.sse().event("one").await(gate).event("two"));
        try (RawClient client = gateway.client().post("/v1/chat/completions", Calls.BODY)) {
            BodyStream body = client.answer().body();
            assertThat(body.event()).isEqualTo("data: one");
            gate.open();
            assertThat(body.events()).containsExactly("data: two");
        }
    }

    @Test
    void an_upstream_that_dies_in_a_stream_ends_it_with_an_event() throws IOException {
        upstream.onAny().reply(Reply.sse().event("message_start", "{}").cut());
        try (RawClient client =
                gateway.client().post("/v1/messages", BEFORE + AFTER, "anthropic-version: 2023-06-01")) {
            BodyStream body = client.answer().body();
            assertThat(body.event()).contains("event: message_start");
            assertThat(body.event()).contains("event: error", "\"type\":\"error\"");
        }
    }

    /** Its cooldown would be felt by tests that come after it, so it has a gateway of its own. */
    @Test
    void an_entry_that_is_refused_is_left_out(@TempDir Path other) throws IOException {
        TestCa ca = TestCa.create("flow");
        try (FakeUpstream refusing = FakeUpstream.start(ca.identity("dns:" + HOST));
                FakeEgressProxy way = FakeEgressProxy.open().route(HOST, refusing.port())) {
            Path old = Files.createDirectories(other.resolve("old"));
            Files.writeString(old.resolve("secrets.json"), secrets("a", "b"));
            ImportRun.into("flow", old, other.resolve("config"));
            refusing.onAny().reply(Reply.json(403, "{}"));
            refusing.on(request -> "test-client-b".equals(clientOf(request))).reply(Reply.json("{}"));
            try (GatewayProcess second = GatewayProcess.start(other, ca, way);
                    RawClient client = second.client()) {
                for (int i = 0; i < 6; i++) {
                    assertThat(Calls.read(client.get("/v1/models")).status()).isEqualTo(200);
                }
            }
            assertThat(refusing.requests().stream()
                            .map(ImportFlowTest::clientOf)
                            .filter("test-client-a"::equals))
                    .hasSizeLessThanOrEqualTo(1);
        }
    }

    @Test
    void the_report_says_how_callers_are_let_in() {
        assertThat(told)
                .contains("--host 127.0.0.1 --port 8899", "without a key")
                .doesNotContain("test-secret", "test-client");
        assertThat(gateway.output()).doesNotContain("test-secret", "test-client", "eyJ");
    }
}
