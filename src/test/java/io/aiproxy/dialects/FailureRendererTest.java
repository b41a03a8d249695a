package io.aiproxy.dialects;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.aiproxy.core.Dialect;
import io.aiproxy.core.Failure;
import io.aiproxy.core.FailureKind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Failures in every dialect's words; exact bytes are in files. */
class FailureRendererTest {
    @TestFactory
    Stream<DynamicTest> goldenAnswers() throws IOException {
        return Golden.cases("render", FailureRendererTest::answer);
    }

    @TestFactory
    Stream<DynamicTest> goldenEvents() throws IOException {
        return Golden.cases("event", input -> {
            Map<String, String> in = fields(input);
            return new String(
                    FailureRenderer.streamEvent(
                            dialect(in), in.getOrDefault("operation", "other"), failure(in), "req-1"),
                    StandardCharsets.UTF_8);
        });
    }

    private static String answer(String input) {
        Map<String, String> in = fields(input);
        Rendered rendered = FailureRenderer.render(dialect(in), failure(in), "req-1");
        StringBuilder out = new StringBuilder().append(rendered.status()).append('\n');
        out.append("Content-Type: ").append(rendered.contentType()).append('\n');
        rendered.headers()
                .forEach(h ->
                        out.append(h.getKey()).append(": ").append(h.getValue()).append('\n'));
        return out.append('\n')
                .append(new String(rendered.body(), StandardCharsets.UTF_8))
                .toString();
    }

    private static Map<String, String> fields(String input) {
        Map<String, String> fields = new HashMap<>();
        input.lines()
                .forEach(l -> fields.put(
                        l.substring(0, l.indexOf(':')),
                        l.substring(l.indexOf(':') + 1).strip()));
        return fields;
    }

    private static Dialect dialect(Map<String, String> in) {
        return Dialect.valueOf(in.get("dialect").toUpperCase(Locale.ROOT));
    }

    private static Failure failure(Map<String, String> in) {
        return new Failure(
                FailureKind.valueOf(in.get("kind")),
                in.get("message"),
                Optional.ofNullable(in.get("retry after")).map(Duration::parse));
    }

    @ParameterizedTest
    @EnumSource(FailureKind.class)
    void everyKindInEveryDialectIsJsonWithTheStableCodeAndAStatusThatNoClientReplays(FailureKind kind)
            throws IOException {
        for (Dialect dialect : Dialect.values()) {
            Rendered rendered =
                    FailureRenderer.render(dialect, Failure.of(kind, "line\n\"quote\" \\ 密钥 \u0007 \ud800"), "r");
            assertThat(new ObjectMapper().readTree(rendered.body()).toString()).contains("\"" + kind.code() + "\"");
            assertThat(rendered.headers()).contains(Map.entry("x-aiproxy-error-code", kind.code()));
            assertThat(rendered.status()).isBetween(400, 599).isNotEqualTo(409);
            if (kind != FailureKind.REQUEST_TIMEOUT) { // of which nothing was sent on: a replay does no harm
                assertThat(rendered.status()).isNotEqualTo(408);
            }
            String event = new String(
                    FailureRenderer.streamEvent(dialect, "responses", Failure.of(kind, "two\nlines"), "r"),
                    StandardCharsets.UTF_8);
            assertThat(event).endsWith("\n\n").contains(kind.code());
            assertThat(event.substring(0, event.length() - 2))
                    .doesNotContain("\n\n")
                    .doesNotContain("two\nlines");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "401,CALLER,authentication_error,authentication_error,UNAUTHENTICATED,InvalidApiKey",
        "402,CALLER,invalid_request_error,billing_error,INVALID_ARGUMENT,InvalidParameter",
        "403,CALLER,permission_error,permission_error,PERMISSION_DENIED,AccessDenied",
        "404,CALLER,invalid_request_error,not_found_error,NOT_FOUND,NotFound",
        "413,CALLER,invalid_request_error,request_too_large,INVALID_ARGUMENT,InvalidParameter",
        "429,CALLER,rate_limit_error,rate_limit_error,RESOURCE_EXHAUSTED,Throttling",
        "500,GATEWAY,server_error,api_error,INTERNAL,InternalError",
        "502,UPSTREAM,upstream_error,api_error,UNAVAILABLE,InternalError",
        "503,GATEWAY,server_error,overloaded_error,UNAVAILABLE,ServiceUnavailable",
        "504,UPSTREAM,upstream_error,timeout_error,DEADLINE_EXCEEDED,RequestTimeOut",
    })
    void wordsFollowTheStatus(
            int status, FailureKind.Origin origin, String openAi, String anthropic, String google, String dashScope) {
        assertThat(ErrorWords.openAiType(status, origin)).isEqualTo(openAi);
        assertThat(ErrorWords.anthropicType(status)).isEqualTo(anthropic);
        assertThat(ErrorWords.googleStatus(status)).isEqualTo(google);
        assertThat(ErrorWords.dashScopeCode(status, FailureKind.NOT_FOUND)).isEqualTo(dashScope);
    }

    @Test
    void googleHearsOfLongWaitsAsARefusal() {
        assertThat(ErrorWords.statusForGoogle(429, Optional.empty())).isEqualTo(403);
        assertThat(ErrorWords.statusForGoogle(429, Optional.of(Duration.ofSeconds(61))))
                .isEqualTo(403);
        assertThat(ErrorWords.statusForGoogle(429, Optional.of(Duration.ofSeconds(60))))
                .isEqualTo(429);
        assertThat(ErrorWords.statusForGoogle(503, Optional.empty())).isEqualTo(503);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''|''",
                "a|\\n\\n",
                "ab\\r|\\n\\n",
                "\\r\\n\\r|\\n\\n",
                "{}\\n|\\n",
                "\\n|\\n",
                "a\\r\\n|\\n",
                "\\r\\n|\\n",
                "}\\n\\n|''",
                "\\n\\n|''",
                "\\r\\n\\r\\n|''",
                "a\\n\\r\\n|''",
                "a\\r\\n\\n|''",
            })
    void boundaryCompletesAnEvent(String last, String missing) {
        byte[] bytes = FailureRenderer.boundary(unescaped(last));
        assertThat(new String(bytes, StandardCharsets.UTF_8))
                .isEqualTo(new String(unescaped(missing), StandardCharsets.UTF_8));
    }

    private static byte[] unescaped(String text) {
        return text.replace("\\n", "\n").replace("\\r", "\r").getBytes(StandardCharsets.UTF_8);
    }
}
