package io.aiproxy.edge;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.aiproxy.admin.AdminApi;
import io.aiproxy.admin.ExplainQuery;
import io.aiproxy.admin.Hooks;
import io.aiproxy.config.Problem;
import io.aiproxy.config.Snapshot;
import io.aiproxy.core.KeyDigest;
import io.aiproxy.core.Ticker;
import io.aiproxy.credentials.TokenSource;
import io.aiproxy.store.Entries;
import io.aiproxy.store.Kind;
import io.aiproxy.testing.InMemoryAudit;
import io.aiproxy.testing.InMemoryStore;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The admin API through the project's routes and a real port. */
class AdminStepTest {
    private static final String TOKEN = "aat_test_admin_0123456789";
    private static final ObjectMapper MAPPER = new ObjectMapper();

    @TempDir
    private Path directory;

    private final ExecutorService executor = Executors.newSingleThreadExecutor();
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private EdgeRig rig;

    @BeforeEach
    void start() throws Exception {
        rig = new EdgeRig(directory, """
                channels:
                  alpha: {base_url: "https://alpha.example.com", auth: none, models: ["gpt-*"]}
                  beta: {base_url: "https://beta.example.com", auth: none}
                  gamma: {base_url: "https://gamma.example.com", auth: none, status: disabled}
                """, TokenSource.NONE, snapshot -> id -> Channels.of(snapshot, id));
    }

    @AfterEach
    void stop() throws Exception {
        rig.close();
        executor.shutdownNow();
    }

    private void administer() throws Exception {
        JsonNode user = MAPPER.readTree("{\"channels\": [\"alpha\"], \"proxy_key\": \"pk_test_zhangsan\"}");
        JsonNode channel = MAPPER.readTree("{\"base_url\": \"https://alpha.example.com\", \"auth\": \"none\"}");
        JsonNode token = MAPPER.readTree(
                "{\"role\": \"admin\", \"sha256\": \"" + KeyDigest.of(TOKEN).hex() + "\"}");
        InMemoryStore store = new InMemoryStore(
                directory,
                new Entries(Map.of(
                        Kind.USER, Map.of("zhangsan", user),
                        Kind.CHANNEL, Map.of("alpha", channel),
                        Kind.ADMIN_TOKEN, Map.of("root", token))));
        Snapshot snapshot = store.load();
        rig.edge()
                .admin(
                        new AdminApi(store, new InMemoryAudit(), () -> snapshot, new EdgeHooks(), Ticker.SYSTEM),
                        lane -> executor);
    }

    private HttpResponse<String> send(String method, String path, String body) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + rig.port() + path))
                .header("Authorization", "Bearer " + TOKEN)
                .header("Content-Type", "application/json")
                .method(method, HttpRequest.BodyPublishers.ofString(body))
                .build();
        return http.send(request, HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void entries_are_read_and_written_over_http() throws Exception {
        administer();
        HttpResponse<String> made = send(
                "POST",
                "/api/v1/users",
                "{\"id\": \"lisi\", \"channels\": [\"alpha\"], \"proxy_key\": \"pk_test_lisi_0001\"}");
        assertThat(made.statusCode()).isEqualTo(201);
        assertThat(made.headers().firstValue("location")).contains("/api/v1/users/lisi");
        assertThat(made.headers().firstValue("cache-control")).contains("no-store");
        assertThat(made.headers().firstValue("access-control-allow-origin")).isEmpty();
        HttpResponse<String> list = send("GET", "/api/v1/users", "");
        assertThat(MAPPER.readTree(list.body()).path("total").asInt()).isEqualTo(2);
        assertThat(send("GET", "/api/v1/openapi.json", "").statusCode()).isEqualTo(200);
        assertThat(send("HEAD", "/api/v1/users/lisi", "").statusCode()).isEqualTo(200);
        assertThat(send("DELETE", "/api/v1/users/lisi", "").statusCode()).isEqualTo(204);
        HttpResponse<String> gone = send("GET", "/api/v1/users/lisi", "");
        assertThat(gone.statusCode()).isEqualTo(404);
        assertThat(gone.headers().firstValue("content-type")).contains("application/problem+json");
    }

    @Test
    void providers_paths_stay_the_providers() throws Exception {
        administer();
        assertThat(send("GET", "/api/v1/tasks/1", "").body()).contains("InvalidApiKey");
    }

    @Test
    void without_a_store_it_says_so() throws Exception {
        assertThat(send("GET", "/api/v1/users", "").statusCode()).isEqualTo(503);
        administer();
        executor.shutdownNow();
        assertThat(send("GET", "/api/v1/users", "").headers().firstValue("retry-after"))
                .contains("1");
    }

    @Test
    void a_call_is_explained() throws Exception {
        administer();
        JsonNode told =
                MAPPER.readTree(send("POST", "/api/v1/explain", "{\"key\": \"pk_test_zhangsan\", \"model\": \"gpt-5\"}")
                        .body());
        assertThat(told.at("/candidates").findValuesAsText("channel")).containsExactly("alpha", "beta");
        assertThat(told.at("/candidates/0/health").asText()).isEqualTo("ok");
        assertThat(told.at("/others/0").toString()).contains("gamma", "disabled");
        told = MAPPER.readTree(
                send("POST", "/api/v1/explain", "{\"user\": \"zhangsan\", \"path\": \"/gamma/v1/models\"}")
                        .body());
        assertThat(told.at("/refused/code").asText()).isEqualTo("channel_disabled");
        assertThat(send("POST", "/api/v1/explain", "{\"user\": \"nobody\"}").statusCode())
                .isEqualTo(404);
    }

    private final class EdgeHooks implements Hooks {
        @Override
        public void check(Entries entries) {
            throw new RejectedExecutionException("not asked for here");
        }

        @Override
        public List<Problem> pricesLeftOut(Entries entries) {
            throw new RejectedExecutionException("not asked for here");
        }

        @Override
        public Optional<String> reload(long version) {
            return Optional.empty(); // the store's changes are looked at and not served here
        }

        @Override
        public JsonNode testChannel(String id) {
            throw new RejectedExecutionException("not asked for here");
        }

        @Override
        public JsonNode explain(ExplainQuery query) {
            return rig.edge().explain(query);
        }
    }
}
