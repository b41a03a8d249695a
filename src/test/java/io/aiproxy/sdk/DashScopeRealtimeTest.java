package io.aiproxy.sdk;

import io.aiproxy.testing.NeedsGateway;
import org.junit.jupiter.api.Nested;

class DashScopeRealtimeTest {
    @Nested
    class Direct extends DashScopeRealtimeScenarios {
        @Override
        SdkAccess access() {
            return SdkAccess.direct();
        }
    }

    @Nested
    @NeedsGateway
    class ThroughTheGateway extends DashScopeRealtimeScenarios {
        @Override
        SdkAccess access() {
            return SdkAccess.gateway("dashscope");
        }
    }
}
