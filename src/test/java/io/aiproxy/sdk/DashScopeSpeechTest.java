package io.aiproxy.sdk;

import io.aiproxy.testing.NeedsGateway;
import org.junit.jupiter.api.Disabled;
import org.junit.jupiter.api.Nested;

class DashScopeSpeechTest {
    @Nested
    class Direct extends DashScopeSpeechScenarios {
        @Override
        SdkAccess access() {
            return SdkAccess.direct();
        }
    }

    @Nested
    @NeedsGateway
    @Disabled("the gateway does not carry WebSockets yet")
    class ThroughTheGateway extends DashScopeSpeechScenarios {
        @Override
        SdkAccess access() {
            return SdkAccess.gateway("dashscope");
        }
    }
}
