package io.aiproxy.channels;

import static io.aiproxy.channels.Samples.channel;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.aiproxy.config.ChannelConfig;
import io.aiproxy.core.FailureException;
import io.aiproxy.core.FailureKind;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UpstreamPathTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = ' ',
            value = {
                "https://h /v1/chat /v1/chat",
                "https://h/ /v1/chat /v1/chat",
                "https://h / /",
                "https://h/v1 /v1/chat /v1/chat", // never /v1/v1
                "https://h/v1/ /v1/chat /v1/chat",
                "https://h/v1 /chat /v1/chat",
                "https://h/v1/ /chat /v1/chat",
                "https://h/v1// /chat /v1/chat",
                "https://h/v1 /v1 /v1",
                "https://h/v1 /v1?a=1 /v1?a=1",
                "https://h/v1 / /v1/",
                "https://h/v1 /v10/chat /v1/v10/chat", // only on a segment boundary
                "https://h/v1 /v1beta/models /v1/v1beta/models",
                "https://h/v1 /V1/chat /v1/V1/chat",
                "https://h/flow-llm-proxy /v1/messages /flow-llm-proxy/v1/messages",
                "https://h/flow-llm-proxy /flow-llm-proxy/v1/messages /flow-llm-proxy/v1/messages",
                "https://h/flow-llm-proxy /flow-llm-proxyx/v1 /flow-llm-proxy/flow-llm-proxyx/v1",
                // a version segment is not doubled either
                "https://h/compatible-mode/v1 /v1/chat/completions /compatible-mode/v1/chat/completions",
                "https://h/compatible-mode/v1 /chat/completions /compatible-mode/v1/chat/completions",
                "https://h/compatible-mode/v1 /compatible-mode/v1/chat /compatible-mode/v1/chat",
                "https://h/api/v1 /api/v1/tasks/1 /api/v1/tasks/1",
                "https://h/a/v1beta /v1beta/models /a/v1beta/models",
                "https://h/a/v1 /v1x/models /a/v1/v1x/models",
                "https://h/apps/anthropic /anthropic/v1 /apps/anthropic/anthropic/v1", // no version: no guess
                // byte for byte
                "https://h/v1 /files/a%2Fb%20c?x=%e4%bd%a0&x=+;&& /v1/files/a%2Fb%20c?x=%e4%bd%a0&x=+;&&",
                "https://h /a//b/?q=/../ /a//b/?q=/../",
                "https://h /v1beta/models/gemini-2.5-flash:generateContent? /v1beta/models/gemini-2.5-flash:generateContent?",
                "https://h/%7Ea /x /%7Ea/x",
                // dot segments that stay inside
                "https://h/v1 /a/../b /v1/a/../b",
                "https://h/v1 /a/b/../../c /v1/a/b/../../c",
                "https://h/v1 /./a /v1/./a",
                "https://h/v1 /..a/...b/a.. /v1/..a/...b/a..",
                "https://h /a/.../%zz/%2/% /a/.../%zz/%2/%",
            })
    void baseUrl(String base, String target, String expected) {
        assertThat(UpstreamPath.of(channel("c").base(base).build(), target)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ' ',
            value = {
                "https://h /..",
                "https://h /../x",
                "https://h/v1 /../admin",
                "https://h/v1 /v1/../admin",
                "https://h/v1 /v1/..",
                "https://h/a/v1 /v1/../admin",
                "https://h/v1 /a/../../admin?x=1",
                "https://h/v1 /%2e%2e/admin",
                "https://h/v1 /%2E./admin",
                "https://h/v1 /.%2e",
                "https://h/v1 /a/./../../b",
                "https://h/v1 /a//../../b",
                "https://h/v1 /x%2f..%2f..%2fadmin",
                "https://h/v1 /..%5cadmin",
                "https://h/v1 /..\\admin",
                "https://h/v1 /..;a=b/admin",
                "https://h/v1 /%/../../admin",
                "https://h chat",
                "https://h *",
                "https://h ?a=1",
                "https://h http://evil/",
            })
    void noWayOutOfTheBase(String base, String target) {
        ChannelConfig channel = channel("c").base(base).build();
        FailureException thrown = catchThrowableOfType(FailureException.class, () -> UpstreamPath.of(channel, target));
        assertThat(thrown.failure().kind()).isEqualTo(FailureKind.INVALID_REQUEST);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ' ',
            value = {
                "https://h /chat/completions /compatible-mode/v1/chat/completions",
                "https://h /chat/completions?a=1 /compatible-mode/v1/chat/completions?a=1",
                "https://h /chat/completions/ /chat/completions/", // exact means exact
                "https://h /v1/chat/completions /v1/chat/completions",
                "https://h /api/v1/services/aigc/x /api/v1/services/aigc/x", // full paths pass untouched
                "https://h/compatible-mode/v1 /chat/completions /compatible-mode/v1/chat/completions",
                "https://h/p /chat/completions /p/compatible-mode/v1/chat/completions",
                "https://h /azure /deployments/x?api-version=1",
                "https://h /azure?b=2 /deployments/x?api-version=1&b=2",
                "https://h /azure? /deployments/x?api-version=1",
            })
    void rewrites(String base, String target, String expected) {
        ChannelConfig channel = channel("c")
                .base(base)
                .rewrites(Map.of(
                        "/chat/completions",
                        "/compatible-mode/v1/chat/completions",
                        "/azure",
                        "/deployments/x?api-version=1"))
                .build();
        assertThat(UpstreamPath.of(channel, target)).isEqualTo(expected);
    }

    @Test
    void aWebSocketHasItsOwnAddressAndRewrites() {
        ChannelConfig own = channel("c")
                .base("https://h/v1")
                .rewrites(Map.of("/realtime", "/wrong"))
                .websocket("wss://h/ws", Map.of("/realtime", "/api-ws/v1/realtime"))
                .build();
        assertThat(UpstreamPath.ofWebSocket(own, "/realtime?model=m")).isEqualTo("/ws/api-ws/v1/realtime?model=m");

        ChannelConfig same = channel("c").base("https://h/v1").build();
        assertThat(UpstreamPath.ofWebSocket(same, "/realtime")).isEqualTo("/v1/realtime");
        assertThat(UpstreamPath.ofWebSocket(same, "/v1/realtime/")).isEqualTo("/v1/realtime/");
    }

    @Test
    void aTargetThatNeedsNothingIsNotCopied() {
        String target = "/v1/chat/completions?x=1";
        assertThat(UpstreamPath.of(channel("c").base("https://h/v1").build(), target))
                .isSameAs(target);
    }
}
