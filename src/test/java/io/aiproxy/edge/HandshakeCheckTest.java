package io.aiproxy.edge;

import static org.assertj.core.api.Assertions.assertThat;

import io.aiproxy.core.Body;
import io.aiproxy.core.Call;
import io.aiproxy.core.Failure;
import io.aiproxy.core.FailureKind;
import io.aiproxy.core.Headers;
import io.aiproxy.core.RequestHead;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a WebSocket handshake must have, and that its sender is told what it lacks. */
class HandshakeCheckTest {
    private static final String KEY = "sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==";
    private static final String VERSION = "sec-websocket-version: 13";

    /** Fields as they were written, {@code name: value}. */
    private record Fields(List<String> lines) implements Headers {
        @Override
        public String get(String name) {
            return all(name).stream().findFirst().orElse(null);
        }

        @Override
        public List<String> all(String name) {
            return lines.stream()
                    .filter(line -> line.startsWith(name + ":"))
                    .map(line -> line.substring(name.length() + 1).strip())
                    .toList();
        }

        @Override
        public void forEach(BiConsumer<String, String> consumer) {
            throw new UnsupportedOperationException();
        }
    }

    private static Optional<Failure> problem(Body body, String... lines) {
        RequestHead head = new RequestHead(
                "GET", "/v1/realtime", new Fields(Arrays.asList(lines)), new InetSocketAddress("127.0.0.1", 1), false);
        return HandshakeCheck.problem(new Call("id", head, body, Runnable::run, new Call.Started(0, 0, 0)));
    }

    private static String told(String... lines) {
        Failure failure = problem(Body.EMPTY, lines).orElseThrow();
        assertThat(failure.kind()).isEqualTo(FailureKind.INVALID_REQUEST);
        return failure.message();
    }

    @Test
    void a_handshake_as_it_should_be() {
        assertThat(problem(Body.EMPTY, KEY, VERSION)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            value = {
                "''",
                "short",
                "dGhlIHNhbXBsZSBub25jZQ",
                "dGhlIHNhbXBsZSBub25jZTEy",
                "dGhlIHNhbXBsZSBub25jZSEhISEhISEh",
                "dGhlIHNhbXBsZSBub25jZ-_=",
                "dGhlIHNhbXBsZSB!b25jZQ==",
            })
    void a_key_that_is_none(String key) {
        assertThat(told("sec-websocket-key: " + key, VERSION)).contains("Sec-WebSocket-Key", "16 bytes");
    }

    @Test
    void a_key_that_is_missing_or_stands_twice() {
        assertThat(told(VERSION)).contains("Sec-WebSocket-Key is missing");
        assertThat(told(KEY, KEY, VERSION)).contains("Sec-WebSocket-Key", "once");
    }

    @ParameterizedTest
    @CsvSource(value = {"8", "12", "013", "'13, 8'", "''", "thirteen"})
    void another_version(String version) {
        assertThat(told(KEY, "sec-websocket-version: " + version)).contains("Sec-WebSocket-Version: 13");
    }

    @Test
    void a_version_that_is_missing_or_stands_twice() {
        assertThat(told(KEY)).contains("Sec-WebSocket-Version: 13");
        assertThat(told(KEY, VERSION, VERSION)).contains("Sec-WebSocket-Version: 13");
    }

    @Test
    void a_body() {
        Body body = Body.of("x".getBytes(StandardCharsets.UTF_8));
        assertThat(problem(body, KEY, VERSION)).hasValueSatisfying(failure -> {
            assertThat(failure.kind()).isEqualTo(FailureKind.INVALID_REQUEST);
            assertThat(failure.message()).contains("no body", "Content-Length");
        });
    }
}
