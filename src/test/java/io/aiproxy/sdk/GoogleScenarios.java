package io.aiproxy.sdk;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.genai.Client;
import com.google.genai.ResponseStream;
import com.google.genai.types.File;
import com.google.genai.types.GenerateContentResponse;
import com.google.genai.types.HttpOptions;
import com.google.genai.types.UploadFileConfig;
import io.aiproxy.testing.Gate;
import io.aiproxy.testing.Payload;
import io.aiproxy.testing.providers.GoogleProvider;
import java.util.Iterator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What people do with google-genai. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class GoogleScenarios {
    static final String MODEL = "gemini-2.5-flash";

    SdkAccess access;
    private Gate gate;
    private Client client;

    abstract SdkAccess access();

    @BeforeAll
    void start() {
        access = access();
    }

    @AfterAll
    void stop() {
        access.close();
    }

    @BeforeEach
    void connect() {
        access.expect("x-goog-api-key", "");
        gate = Gate.closed();
        GoogleProvider.on(access.upstream(), gate);
        client = client(access.baseUrl(), access.key());
    }

    @AfterEach
    void disconnect() {
        client.close();
        assertThat(access.upstream().leaks()).isEmpty();
    }

    static Client client(String baseUrl, String key) {
        return Client.builder()
                .apiKey(key)
                .httpOptions(
                        HttpOptions.builder().baseUrl(baseUrl).timeout(20_000).build())
                .build();
    }

    @Test
    void generateContent() {
        GenerateContentResponse response = client.models.generateContent(MODEL, "你好", null);
        assertThat(response.text()).isEqualTo("你好！");
        assertThat(access.upstream().only().target()).isEqualTo("/v1beta/models/" + MODEL + ":generateContent");
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
        assertThat(access.upstream().only().target())
                .isEqualTo("/v1beta/models/" + MODEL + ":streamGenerateContent?alt=sse");
    }

    @Test
    void files() {
        File file = client.files.upload(
                Payload.bytes(0, 100_000),
                UploadFileConfig.builder().mimeType("text/plain").build());
        assertThat(file.sizeBytes()).contains(100_000L);
        assertThat(access.upstream().requests()).hasSize(2);
        assertThat(access.upstream().requests().get(1).body()).isEqualTo(Payload.bytes(0, 100_000));
        assertThat(client.files.get(file.name().orElseThrow(), null).name()).isEqualTo(file.name());
    }
}
