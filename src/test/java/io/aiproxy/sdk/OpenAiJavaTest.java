package io.aiproxy.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.openai.client.OpenAIClient;
import com.openai.errors.UnauthorizedException;
import io.aiproxy.testing.NeedsGateway;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class OpenAiJavaTest {
    @Nested
    class Direct extends OpenAiScenarios {
        @Override
        SdkAccess access() {
            return SdkAccess.direct();
        }
    }

    @Nested
    @NeedsGateway
    class ThroughTheGateway extends OpenAiScenarios {
        @Override
        SdkAccess access() {
            return SdkAccess.gateway("openai");
        }

        @Test
        void aWrongKeyIsTheSdksOwnException() {
            try (Closing client = new Closing(client(access.baseUrl() + "/v1", "pk_test_nobody"))) {
                assertThatThrownBy(() -> client.client.chat().completions().create(question()))
                        .isInstanceOfSatisfying(UnauthorizedException.class, e -> assertThat(e.code())
                                .contains("invalid_api_key"));
            }
            assertThat(access.upstream().requests()).isEmpty();
        }

        @Test
        void theBaseUrlMayLackTheVersion() {
            try (Closing client = new Closing(client(access.baseUrl(), access.key()))) {
                assertThatThrownBy(() -> client.client.chat().completions().create(question()))
                        .as("passed as it is: the scripted provider knows only /v1")
                        .isInstanceOf(com.openai.errors.NotFoundException.class);
            }
            assertThat(access.upstream().only().target()).isEqualTo("/chat/completions");
        }
    }

    /** The SDK's client has close() but is not AutoCloseable. */
    private record Closing(OpenAIClient client) implements AutoCloseable {
        @Override
        public void close() {
            client.close();
        }
    }
}
