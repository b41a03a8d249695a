package io.aiproxy.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

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
import io.aiproxy.testing.providers.GoogleAccounts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
 * The OAuth2 proxy's files, imported and started without a change: its clients' requests reach the domain of their model
 * with the access token of one of their service accounts. Google's own host names lead to scripted servers here.
 */
@NeedsGateway
class ImportOauth2Test {
    private static final String TOKENS = "oauth2.googleapis.com";
    private static final String GLOBAL = "aiplatform.googleapis.com";
    private static final String US = "us-central1-aiplatform.googleapis.com";
    private static final String EUROPE = "europe-west4-aiplatform.googleapis.com";
    private static final String EAST = "us-east5-aiplatform.googleapis.com";

    private static final String FLASH = "gemini-2.5-flash";
    private static final String PREVIEW = "gemini-3-pro-preview";
    private static final String GEMINI = "Authorization: Bearer gemini-client-key-aaaa";
    private static final String CLAUDE = "Authorization: Bearer claude-client-key-cccc";
    private static final String BODY = "{\"contents\":[{\"role\":\"user\",\"parts\":[{\"text\":\"你好\"}]}]}";

    private static final String MAP_CONFIG = """
            {"clients": [
               {"client_token": "gemini-client-key-aaaa", "enable": true, "service_type": "google",
                "key_filename_gemini": [{"key_filename": "company-1.json", "key_weight": 2},
                                        {"key_filename": "company-2.json", "key_weight": 1}],
                "key_filename_claude": [{"key_filename": "claude-1.json", "key_weight": 1}]},
               {"client_token": "gemini-client-key-bbbb", "enable": false, "service_type": "google",
                "key_filename_gemini": [{"key_filename": "company-1.json", "key_weight": 1}],
                "key_filename_claude": []},
               {"client_token": "claude-client-key-cccc", "enable": true, "service_type": "google",
                "key_filename_gemini": [{"key_filename": "company-1.json", "key_weight": 1}],
                "key_filename_claude": [{"key_filename": "claude-1.json", "key_weight": 1}]},
               {"client_token": "gemini-client-key-dddd", "enable": true, "service_type": "google",
                "key_filename_gemini": [{"key_filename": "dead.json", "key_weight": 1},
                                        {"key_filename": "company-2.json", "key_weight": 1}],
                "key_filename_claude": []},
               {"client_token": "gemini-client-key-eeee", "enable": true, "service_type": "google",
                "key_filename_gemini": [{"key_filename": "damaged.json", "key_weight": 1}],
                "key_filename_claude": []}],
             "key_filename_gemini": [
               {"key_filename": "company-1.json",
                "models": [{"model": "gemini-2.5-flash", "domain": "us-central1-aiplatform.googleapis.com"},
                           {"model": "gemini-embedding-001", "domain": "us-central1-aiplatform.googleapis.com"},
                           {"model": "veo-3.0-generate-001", "domain": "us-central1-aiplatform.googleapis.com"},
                           {"model": "gemini-3-pro-preview", "domain": "aiplatform.googleapis.com"}]},
               {"key_filename": "company-2.json",
                "models": [{"model": "gemini-2.5-flash", "domain": "europe-west4-aiplatform.googleapis.com"}]},
               {"key_filename": "dead.json",
                "models": [{"model": "gemini-2.5-flash", "domain": "us-central1-aiplatform.googleapis.com"}]},
               {"key_filename": "damaged.json",
                "models": [{"model": "gemini-2.5-flash", "domain": "us-central1-aiplatform.googleapis.com"}]}],
             "key_filename_claude": [
               {"key_filename": "claude-1.json",
                "models": [{"model": "claude-sonnet-4-5", "domain": "us-east5-aiplatform.googleapis.com"}]}]}
            """;

    @TempDir
    private static Path home;

    private static TestCa ca;
    private static FakeUpstream google;
    private static FakeEgressProxy egress;
    private static GoogleAccounts accounts;
    private static GatewayProcess gateway;

    @BeforeAll
    static void start() throws IOException {
        ca = TestCa.create("google");
        google = FakeUpstream.start(
                ca.identity("dns:" + TOKENS, "dns:" + GLOBAL, "dns:" + US, "dns:" + EUROPE, "dns:" + EAST));
        egress = FakeEgressProxy.open();
        List.of(TOKENS, GLOBAL, US, EUROPE, EAST).forEach(host -> egress.route(host, google.port()));
        accounts = new GoogleAccounts("https://" + TOKENS + "/token");
        Path old = home.resolve("old");
        write(old.resolve("data/map/map-config.json"), MAP_CONFIG);
        write(old.resolve("config/app_config.json"), """
                {"log_level": "info", "token_refresh": {"early_refresh": 300},
                 "timeouts": {"proxy_read": 300, "proxy_connect": 60, "keepalive": 65}}
                """);
        for (String name : List.of("company-1", "company-2", "claude-1", "dead")) {
            accounts.account(name, old.resolve("data/json/" + name + ".json"));
        }
        accounts.refuse("dead");
        write(
                old.resolve("data/json/damaged.json"),
                "{\"type\":\"service_account\",\"client_email\":\"d@example.com\",\"private_key\":\"NOT_A_KEY\"}");
        write(old.resolve("data/jwt/company-1.json"), "{\"access_token\":\"ya29.stale\",\"expires_at\":1}");
        ImportRun.into("oauth2", old, home.resolve("config"));
        answer();
        gateway = GatewayProcess.start(home, ca, egress);
        assertThat(google.requests())
                .as("tokens are fetched when they are needed")
                .isEmpty();
    }

    private static void write(Path file, String text) throws IOException {
        Files.createDirectories(file.resolveSibling(""));
        Files.writeString(file, text);
    }

    @AfterAll
    static void stop() {
        gateway.close();
        egress.close();
        google.close();
    }

    @BeforeEach
    void reset() {
        google.reset();
        answer();
    }

    private static void answer() {
        google.forbid("client-key", "stale");
        google.onAny()
                .reply(Reply.json("{\"candidates\":[]}")
                        .header("Server", "ESF")
                        .header("Via", "1.1 google")
                        .header("X-Vertex-AI-LLM-Request-Type", "shared")
                        .header("Alt-Svc", "h3=\":443\""));
        accounts.on(google);
    }

    @AfterEach
    void nothingLeaked() {
        assertThat(google.leaks()).isEmpty();
        assertThat(accounts.complaints()).isEmpty();
    }

    private static String path(String publisher, String model, String operation) {
        return "/v1/projects/test-project/locations/us-central1/publishers/" + publisher + "/models/" + model + ":"
                + operation;
    }

    private static Calls.Result post(String target, String... headers) throws IOException {
        try (RawClient client = gateway.client()) {
            return Calls.read(client.post(target, BODY, headers));
        }
    }

    /** What reached Google, without requests for tokens. */
    private static List<Recorded> calls() {
        return google.requests().stream()
                .filter(request -> !request.path().equals("/token"))
                .toList();
    }

    private static Recorded call() {
        assertThat(calls()).hasSize(1);
        return calls().get(0);
    }

    private static void reached(Recorded request, String host, String account) {
        assertThat(request.serverName()).contains(host);
        assertThat(request.headers("host")).containsExactly(host);
        assertThat(request.headers("authorization")).containsExactly("Bearer " + accounts.token(account));
    }

    @ParameterizedTest
    @CsvSource({
        "gemini-3-pro-preview, generateContent, aiplatform.googleapis.com",
        "gemini-embedding-001, embedContent, us-central1-aiplatform.googleapis.com",
        "gemini-embedding-001, predict, us-central1-aiplatform.googleapis.com",
        "veo-3.0-generate-001, predictLongRunning, us-central1-aiplatform.googleapis.com",
        "veo-3.0-generate-001, fetchPredictOperation, us-central1-aiplatform.googleapis.com"
    })
    void a_model_is_where_the_old_table_says(String model, String operation, String host) throws IOException {
        assertThat(post(path("google", model, operation), GEMINI).status()).isEqualTo(200);

        reached(call(), host, "company-1");
        assertThat(call().target()).isEqualTo(path("google", model, operation));
        assertThat(call().text()).isEqualTo(BODY);
    }

    @Test
    void a_clients_accounts_share_by_their_weights() throws IOException {
        Map<String, Integer> hosts = new TreeMap<>();
        for (int i = 0; i < 30; i++) {
            assertThat(post(path("google", FLASH, "generateContent"), GEMINI).status())
                    .isEqualTo(200);
        }
        calls().forEach(request -> hosts.merge(request.serverName().orElse(""), 1, Integer::sum));

        assertThat(hosts).isEqualTo(Map.of(US, 20, EUROPE, 10));
        for (Recorded request : calls()) {
            boolean first = request.serverName().orElse("").equals(US);
            reached(request, first ? US : EUROPE, first ? "company-1" : "company-2");
        }
    }

    @Test
    void streams_pass_event_by_event() throws IOException {
        Gate gate = Gate.closed();
        String target = path("google", PREVIEW, "streamGenerateContent") + "?alt=sse";
        google.on(request -> request.target().equals(target))
                .reply(Reply.sse().event("one").await(gate).event("two"));
        try (RawClient client = gateway.client().post(target, BODY, GEMINI)) {
            BodyStream body = client.answer().body();
            assertThat(body.event()).isEqualTo("data: one");
            gate.open();
            assertThat(body.events()).containsExactly("data: two");
        }
        reached(call(), GLOBAL, "company-1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"rawPredict", "streamRawPredict"})
    void the_tokens_prefix_says_the_service(String operation) throws IOException {
        String target = path("anthropic", "claude-sonnet-4-5", operation);
        assertThat(post(target, CLAUDE).status()).isEqualTo(200);

        reached(call(), EAST, "claude-1");
        assertThat(call().target()).isEqualTo(target);
    }

    @ParameterizedTest
    @CsvSource({
        "Bearer gemini-client-key-aaaa, anthropic, claude-sonnet-4-5, 4",
        "Bearer gemini-client-key-aaaa, google, gemini-1.0-nobody, 4",
        "Bearer gemini-client-key-bbbb, google, gemini-2.5-flash, 403",
        "Bearer gemini-client-key-zzzz, google, gemini-2.5-flash, 4",
        "Bearer, google, gemini-2.5-flash, 401",
        "gemini-client-key-aaaa, google, gemini-2.5-flash, 401"
    })
    void others_are_refused_here(String authorization, String publisher, String model, String status)
            throws IOException {
        Calls.Result answer = post(path(publisher, model, "generateContent"), "Authorization: " + authorization);

        assertThat(String.valueOf(answer.status())).startsWith(status);
        assertThat(answer.header("x-aiproxy-error-code")).isNotEmpty();
        assertThat(google.requests()).isEmpty();
    }

    @Test
    void nobody_learns_of_the_other() throws IOException {
        Calls.Result answer = post(
                path("google", PREVIEW, "generateContent"),
                GEMINI,
                "X-Forwarded-For: 10.1.2.3",
                "X-Real-IP: 10.1.2.3",
                "X-Client-IP: 10.1.2.3",
                "Client-IP: 10.1.2.3",
                "X-Forwarded-Host: internal.example",
                "X-Forwarded-Proto: http",
                "Via: 1.1 internal",
                "Referer: http://internal.example/page",
                "User-Agent: Internal/1.0");

        assertThat(call().head().text())
                .doesNotContainIgnoringCase("10.1.2.3", "internal", "forwarded", "referer", "user-agent", "via:");
        assertThat(answer.header("server")).isNotEqualTo("ESF");
        assertThat(answer.head().text()).doesNotContainIgnoringCase("via:", "google", "alt-svc", "vertex");
    }

    @Test
    void an_account_that_gets_no_token_leaves_its_work_to_the_others() throws IOException {
        for (int i = 0; i < 3; i++) {
            assertThat(post(path("google", FLASH, "generateContent"), "Authorization: Bearer gemini-client-key-dddd")
                            .status())
                    .isEqualTo(200);
        }
        assertThat(calls()).hasSize(3).allSatisfy(request -> reached(request, EUROPE, "company-2"));
    }

    @Test
    void a_token_survives_a_restart() throws IOException {
        post(path("google", PREVIEW, "generateContent"), GEMINI);
        post(path("anthropic", "claude-sonnet-4-5", "rawPredict"), CLAUDE);
        int before = accounts.given().size();
        gateway.close();
        gateway = GatewayProcess.start(home, ca, egress);
        google.reset();
        answer();

        assertThat(post(path("google", PREVIEW, "generateContent"), GEMINI).status())
                .isEqualTo(200);
        reached(call(), GLOBAL, "company-1");
        google.reset();
        answer();
        post(path("anthropic", "claude-sonnet-4-5", "rawPredict"), CLAUDE);
        reached(call(), EAST, "claude-1");
        assertThat(accounts.given()).hasSize(before);
    }

    @Test
    void nothing_secret_is_said() {
        assertThat(gateway.output()).doesNotContain("ya29", "client-key", "PRIVATE KEY", "NOT_A_KEY");
    }

    /** Names of files alone, and clients in a file of their own. */
    @Test
    void the_oldest_form_works_too(@TempDir Path other) throws IOException {
        Path old = other.resolve("old");
        write(
                old.resolve("map-config.json"),
                "{\"key_filename_gemini\": [\"company-3.json\"], \"key_filename_claude\": [\"claude-3.json\"]}");
        write(
                old.resolve("map-client.json"),
                "{\"gemini-client-key-ffff\": \"enable\", \"claude-client-key-ffff\": \"enable\","
                        + " \"gemini-client-key-gggg\": \"disable\"}");
        accounts.account("company-3", old.resolve("company-3.json"));
        accounts.account("claude-3", old.resolve("claude-3.json"));
        ImportRun.into("oauth2", old, other.resolve("config"));
        try (GatewayProcess second = GatewayProcess.start(other, ca, egress);
                RawClient client = second.client()) {
            String flash = path("google", FLASH, "generateContent");
            assertThat(Calls.read(client.post(flash, BODY, "Authorization: Bearer gemini-client-key-ffff"))
                            .status())
                    .isEqualTo(200);
            reached(calls().get(0), GLOBAL, "company-3");
            String claude = path("anthropic", "claude-sonnet-4-5", "rawPredict");
            assertThat(Calls.read(client.post(claude, BODY, "authorization: bearer claude-client-key-ffff"))
                            .status())
                    .isEqualTo(200);
            reached(calls().get(1), GLOBAL, "claude-3");
            assertThat(Calls.read(client.post(flash, BODY, "Authorization: Bearer gemini-client-key-gggg"))
                            .status())
                    .isEqualTo(403);
        }
    }
}
