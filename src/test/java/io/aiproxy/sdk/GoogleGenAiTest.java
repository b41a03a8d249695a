package io.aiproxy.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.genai.Client;
import com.google.genai.errors.ClientException;
import io.aiproxy.testing.NeedsGateway;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class GoogleGenAiTest {
    @Nested
    class Direct extends GoogleScenarios {
        @Override
        SdkAccess access() {
            return SdkAccess.direct();
        }
    }

    @Nested
    @NeedsGateway
    class ThroughTheGateway extends GoogleScenarios {
        @Override
        SdkAccess access() {
            return SdkAccess.gateway("google");
        }

        @Test
        void aWrongKeyIsTheSdksOwnException() {
            try (Client client = client(access.baseUrl(), "pk_test_nobody")) {
                assertThatThrownBy(() -> client.models.generateContent(MODEL, "你好", null))
                        .isInstanceOfSatisfying(ClientException.class, e -> {
                            assertThat(e.code()).isEqualTo(401);
                            // status() is the reason phrase, whatever the body says
                            assertThat(e.message()).containsIgnoringCase("key").doesNotContain("pk_test");
                        });
            }
            assertThat(access.upstream().requests()).isEmpty();
        }
    }
}
