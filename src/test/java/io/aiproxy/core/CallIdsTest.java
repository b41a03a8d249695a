package io.aiproxy.core;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CallIdsTest {
    @Test
    void idsTellWhenTheCallBegan() {
        String id = CallIds.of(1_795_000_000_123L, 77, 12);
        assertThat(id).matches("req_[0-9a-z]+_25_c");
        assertThat(CallIds.startedMillis(id)).hasValue(1_795_000_000_123L);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "req_",
                "req_mhzzzzzz",
                "req_mhzzzzzz_1",
                "req__1_2",
                "req_1_2_3",
                "req_call-7_2_3",
                "req_zzzzzzzzzzzzzzzzzzzz_2_3",
                "req_-mhzzzzzz_2_3",
                "chatcmpl_mhzzzzzz_2_3"
            })
    void othersDoNot(String id) {
        assertThat(CallIds.startedMillis(id)).isEmpty();
    }
}
