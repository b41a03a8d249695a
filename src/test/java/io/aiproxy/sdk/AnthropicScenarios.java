package io.aiproxy.sdk;

import static org.assertj.core.api.Assertions.assertThat;

import com.anthropic.client.AnthropicClient;
import com.anthropic.client.okhttp.AnthropicOkHttpClient;
import com.anthropic.core.http.StreamResponse;
import com.anthropic.models.messages.Message;
import com.anthropic.models.messages.MessageCreateParams;
import com.anthropic.models.messages.RawMessageStreamEvent;
import io.aiproxy.testing.Gate;
import io.aiproxy.testing.providers.AnthropicProvider;
import java.time.Duration;
import java.util.Iterator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What people do with anthropic-java. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class AnthropicScenarios {
    SdkAccess access;
    private Gate gate;
    private AnthropicClient client;

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
        access.expect("x-api-key", "");
        gate = Gate.closed();
        AnthropicProvider.on(access.upstream(), gate);
        client = client(access.baseUrl(), access.key());
    }

    @AfterEach
    void disconnect() {
        client.close();
        assertThat(access.upstream().leaks()).isEmpty();
    }

    static AnthropicClient client(String baseUrl, String key) {
        return AnthropicOkHttpClient.builder()
                .baseUrl(baseUrl)
                .apiKey(key)
                .maxRetries(0)
                .timeout(Duration.ofSeconds(20))
                .build();
    }

    static MessageCreateParams question() {
        return MessageCreateParams.builder()
                .model("claude-haiku-4-5")
                .maxTokens(100)
                .addUserMessage("你好")
                .build();
    }

    @Test
    void messages() {
        Message message = client.messages().create(question());
        assertThat(message.content().get(0).asText().text()).isEqualTo("你好！");
        assertThat(message.usage().outputTokens()).isEqualTo(6);
        assertThat(access.upstream().only().header("anthropic-version")).isPresent();
        assertThat(access.upstream().only().header("authorization")).isEmpty();
    }

    @Test
    void streamedMessages() {
        try (StreamResponse<RawMessageStreamEvent> stream = client.messages().createStreaming(question())) {
            Iterator<RawMessageStreamEvent> events = stream.stream().iterator();
            assertThat(events.next().isMessageStart()).isTrue();
            assertThat(gate.isOpen())
                    .as("the last event has not been written yet")
                    .isFalse();
            gate.open();
            StringBuilder text = new StringBuilder();
            RawMessageStreamEvent last = null;
            while (events.hasNext()) {
                last = events.next();
                last.contentBlockDelta()
                        .flatMap(delta -> delta.delta().text())
                        .ifPresent(delta -> text.append(delta.text()));
            }
            assertThat(text).hasToString("你好！");
            assertThat(last).matches(RawMessageStreamEvent::isMessageStop);
        }
    }
}
