package io.aiproxy.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aiproxy.testing.NeedsGateway;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RealtimeTest {
    @Nested
    class Direct extends RealtimeScenarios {
        @Override
        SdkAccess access() {
            return SdkAccess.direct();
        }
    }

    @Nested
    @NeedsGateway
    class ThroughTheGateway extends RealtimeScenarios {
        @Override
        SdkAccess access() {
            return SdkAccess.gateway("openai");
        }

        @ParameterizedTest
        @EnumSource(SocketClients.class)
        void aWrongKeyIsAFailedHandshake(SocketClients client) {
            String url = access.baseUrl().replaceFirst("^http", "ws") + "/v1/realtime?model=gpt-realtime";
            // OkHttp says "Expected HTTP 101 response but was '401 Unauthorized'", the JDK has its exception with the
            // answer
            assertThatThrownBy(() -> client.connect(url, "pk_test_nobody", true).close())
                    .hasStackTraceContaining(
                            client == SocketClients.JDK ? "WebSocketHandshakeException" : "401 Unauthorized");
            assertThat(access.upstream().requests()).isEmpty();
        }
    }
}
