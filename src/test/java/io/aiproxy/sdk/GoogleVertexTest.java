package io.aiproxy.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.auth.oauth2.AccessToken;
import com.google.auth.oauth2.GoogleCredentials;
import com.google.genai.Client;
import com.google.genai.ResponseStream;
import com.google.genai.errors.ClientException;
import com.google.genai.types.GenerateContentResponse;
import com.google.genai.types.HttpOptions;
import io.aiproxy.testing.FakeUpstream;
import io.aiproxy.testing.Gate;
import io.aiproxy.testing.GatewayRig;
import io.aiproxy.testing.NeedsGateway;
import io.aiproxy.testing.Recorded;
import io.aiproxy.testing.RigConfig;
import io.aiproxy.testing.providers.GoogleAccounts;
import io.aiproxy.testing.providers.GoogleProvider;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Instant;
import java.util.Date;
import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * google-genai in Vertex mode. It knows no proxy keys there, only access tokens of Google: the proxy key is given to it as
 * one, and the channel's service account has its own.
 */
@NeedsGateway
class GoogleVertexTest {
    private static final String MODEL = "gemini-2.5-flash";
    private static final String PATH =
            "/v1beta1/projects/test-project/locations/us-central1/publishers/google/models/" + MODEL;

    private static FakeUpstream vertex;
    private static FakeUpstream tokens;
    private static GoogleAccounts accounts;
    private static GatewayRig rig;

    private Gate gate;
    private Client client;

    @BeforeAll
    static void start() throws IOException {
        vertex = FakeUpstream.start();
        tokens = FakeUpstream.start();
        accounts = new GoogleAccounts(tokens.baseUrl() + "/token");
        accounts.on(tokens);
        rig = GatewayRig.prepare(RigConfig.empty().user("zhangsan", GatewayRig.KEY, "vertex"), settings -> settings);
        accounts.account("company-1", rig.home().resolve("config/keys/company-1.json"));
        rig.write("config/channels.yaml", """
                channels:
                  vertex:
                    base_url: %s
                    dialect: google
                    token: {preset: vertex}
                    credentials: [{name: company-1, key_file: keys/company-1.json}]
                """.formatted(vertex.baseUrl()));
        rig.boot();
    }

    @AfterAll
    static void stop() {
        rig.close();
        vertex.close();
        tokens.close();
    }

    @BeforeEach
    void connect() {
        gate = Gate.closed();
        vertex.reset();
        vertex.forbid("pk_test");
        GoogleProvider.on(vertex, gate);
        client = client(GatewayRig.KEY);
    }

    @AfterEach
    void nothingLeaked() {
        client.close();
        assertThat(vertex.leaks()).isEmpty();
        assertThat(accounts.complaints()).isEmpty();
        assertThat(tokens.requests()).noneMatch(request -> request.everything().contains("pk_test"));
    }

    private static Client client(String proxyKey) {
        Date end = Date.from(Instant.now().plusSeconds(3600));
        return Client.builder()
                .vertexAI(true)
                .project("test-project")
                .location("us-central1")
                .credentials(GoogleCredentials.create(new AccessToken(proxyKey, end)))
                .httpOptions(HttpOptions.builder()
                        .baseUrl(rig.baseUrl())
                        .timeout(20_000)
                        .build())
                .build();
    }

    private static Recorded reached(String target) {
        Recorded request = vertex.only();
        assertThat(request.target()).isEqualTo(target);
        assertThat(request.headers("authorization")).containsExactly("Bearer " + accounts.token("company-1"));
        assertThat(List.of("x-goog-api-key", "x-api-key"))
                .allMatch(name -> request.headers(name).isEmpty());
        return request;
    }

    @Test
    void generateContent() {
        GenerateContentResponse response = client.models.generateContent(MODEL, "你好", null);

        assertThat(response.text()).isEqualTo("你好！");
        assertThat(reached(PATH + ":generateContent").text()).contains("你好");
        assertThat(rig.awaitLogLine("\"status\":200"))
                .contains("\"model\":\"" + MODEL + "\"", "\"channel\":\"vertex\"");
    }

    @Test
    void streamedContent() {
        try (ResponseStream<GenerateContentResponse> stream = client.models.generateContentStream(MODEL, "你好", null)) {
            Iterator<GenerateContentResponse> parts = stream.iterator();
            StringBuilder text = new StringBuilder(parts.next().text());
            assertThat(gate.isOpen())
                    .as("the last event has not been written yet")
                    .isFalse();
            gate.open();
            parts.forEachRemaining(part -> text.append(part.text()));
            assertThat(text).hasToString("你好！");
        }
        reached(PATH + ":streamGenerateContent?alt=sse");
    }

    @Test
    void aWrongKeyIsTheSdksOwnException() {
        try (Client stranger = client("pk_test_nobody")) {
            assertThatThrownBy(() -> stranger.models.generateContent(MODEL, "你好", null))
                    .isInstanceOfSatisfying(ClientException.class, e -> {
                        assertThat(e.code()).isEqualTo(401);
                        assertThat(e.message()).doesNotContain("pk_test");
                    });
        }
        assertThat(vertex.requests()).isEmpty();
    }

    /** Somebody's own token of Google is no proxy key. */
    @Test
    void aTokenOfGooglesIsNoKey() throws IOException {
        try (Client stranger = client("ya29.fake-token-of-somebody")) {
            assertThatThrownBy(() -> stranger.models.generateContent(MODEL, "你好", null))
                    .isInstanceOf(ClientException.class);
        }
        assertThat(vertex.requests()).isEmpty();
        assertThat(Files.readString(rig.home().resolve("data/logs/access.log"))).doesNotContain("ya29");
    }
}
