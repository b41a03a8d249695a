package io.aiproxy.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.alibaba.dashscope.exception.ApiException;
import io.aiproxy.testing.NeedsGateway;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class DashScopeJavaTest {
    @Nested
    class Direct extends DashScopeScenarios {
        @Override
        SdkAccess access() {
            return SdkAccess.direct();
        }
    }

    @Nested
    @NeedsGateway
    class ThroughTheGateway extends DashScopeScenarios {
        @Override
        SdkAccess access() {
            return SdkAccess.gateway("dashscope");
        }

        @Test
        void aWrongKeyIsTheSdksOwnException() {
            assertThatThrownBy(() -> generation().call(question("pk_test_nobody")))
                    .isInstanceOfSatisfying(ApiException.class, e -> {
                        assertThat(e.getStatus().getStatusCode()).isEqualTo(401);
                        assertThat(e.getStatus().getCode()).isEqualTo("InvalidApiKey");
                        assertThat(e.getStatus().getMessage()).isNotEmpty();
                    });
            assertThat(access.upstream().requests()).isEmpty();
        }
    }
}
