package io.aiproxy.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which paths a front door takes, and which door is asked first. */
class DoorPathTest {
    @ParameterizedTest
    @CsvSource({
        "/own, true, /own, true",
        "/own, true, /own/, true",
        "/own, true, /own/x, true",
        "/own, true, /owner, false",
        "/own, true, /, false",
        "/, true, /anything, true",
        "/own/, true, /own/x, true",
        "/own/, true, /own, false",
        "/own, false, /own, true",
        "/own, false, /own/x, false",
        "/own, false, /OWN, false",
    })
    void of_netty_http(String path, boolean prefix, String call, boolean taken) {
        assertThat(DoorPath.http(path, prefix).takes(call)).isEqualTo(taken);
    }

    @ParameterizedTest
    @CsvSource({
        "/*, /, true",
        "/*, /v1/realtime, true",
        "/v1/*, /v1, true",
        "/v1/*, /v1/, true",
        "/v1/*, /v1/realtime, true",
        "/v1/*, /v12, false",
        "/v1*, /v12, true",
        "/v1*, /v1/realtime, true",
        "/v1*, /v, false",
        "/v1, /v1, true",
        "/v1, /v1/realtime, false",
        "/, /, true",
        "/, /v1, false",
        "/%E5%AE%9E*, /%E5%AE%9E%E6%97%B6, true",
    })
    void of_vertx_websocket(String resource, String call, boolean taken) {
        assertThat(DoorPath.webSocket(resource).takes(call)).isEqualTo(taken);
    }

    @Test
    void exact_paths_come_first_and_long_ones_before_short_ones() {
        List<DoorPath> order = List.of(
                DoorPath.webSocket("/v1/realtime"),
                DoorPath.webSocket("/v1"),
                DoorPath.webSocket("/v1/realtime/*"),
                DoorPath.webSocket("/v1/realtime*"),
                DoorPath.webSocket("/v1/*"),
                DoorPath.webSocket("/*"));
        List<DoorPath> mixed = new ArrayList<>(order);
        Collections.shuffle(mixed, new Random(7));
        mixed.sort(DoorPath.ORDER);
        assertThat(mixed).isEqualTo(order);
    }
}
