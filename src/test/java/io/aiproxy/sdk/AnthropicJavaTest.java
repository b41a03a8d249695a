package io.aiproxy.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.anthropic.client.AnthropicClient;
import com.anthropic.errors.UnauthorizedException;
import io.aiproxy.testing.NeedsGateway;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class AnthropicJavaTest {
    @Nested
    class Direct extends AnthropicScenarios {
        @Override
        SdkAccess access() {
            return SdkAccess.direct();
        }
    }

    @Nested
    @NeedsGateway
    class ThroughTheGateway extends AnthropicScenarios {
        @Override
        SdkAccess access() {
            return SdkAccess.gateway("anthropic");
        }

        @Test
        void aWrongKeyIsTheSdksOwnException() {
            AnthropicClient client = client(access.baseUrl(), "pk_test_nobody");
            try {
                assertThatThrownBy(() -> client.messages().create(question()))
                        .isInstanceOf(UnauthorizedException.class)
                        .hasMessageContaining("authentication_error");
            } finally {
                client.close();
            }
            assertThat(access.upstream().requests()).isEmpty();
        }
    }
}
