package io.aiproxy.sdk;

import io.aiproxy.testing.NeedsGateway;
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
    class ThroughTheGateway extends DashScopeSpeechScenarios {
        @Override
        SdkAccess access() {
            return SdkAccess.gateway("dashscope");
        }
    }
}
