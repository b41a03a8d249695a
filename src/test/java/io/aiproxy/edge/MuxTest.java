package io.aiproxy.edge;

import static org.assertj.core.api.Assertions.assertThat;

import io.aiproxy.core.SocketWatch;
import io.aiproxy.testing.RawClient;
import io.aiproxy.wire.Books;
import io.aiproxy.wire.EventLoops;
import io.aiproxy.wire.HttpListener;
import io.aiproxy.wire.Limits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which consumer takes which call: handshakes and other calls never meet, and a generation comes as a whole. */
class MuxTest {
    private static final String[] HANDSHAKE = {
        "Connection: keep-alive, Upgrade",
        "Upgrade: websocket",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="
    };

    @TempDir
    private Path temp;

    private final AtomicInteger attempted = new AtomicInteger();
    private EdgeKit kit;
    private RouteSets sets;
    private EventLoops loops;
    private HttpListener listener;

    @BeforeEach
    void start() throws Exception {
        kit = new EdgeKit(temp.resolve("data"));
        kit.edge().watch(new SocketWatch() {
            @Override
            public void attempted() {
                attempted.incrementAndGet();
            }

            @Override
            public Live opened(String channel) {
                return SocketWatch.NONE.opened(channel);
            }
        });
        sets = kit.routeSets();
        loops = new EventLoops(1);
        listener = new HttpListener(
                loops, kit.edge().gateway(), new Books(receipt -> {}, SocketWatch.NONE), MuxTest::limits, null);
        listener.bind("127.0.0.1", 0);
    }

    @AfterEach
    void stop() throws Exception {
        sets.close();
        listener.close();
        loops.close();
        kit.close();
    }

    private static Limits limits() {
        Duration minute = Duration.ofMinutes(1);
        return new Limits(1 << 20, 1 << 24, 1 << 14, 100, minute, minute, minute, minute);
    }

    /** Doors that say their ids: {@code http /path}, {@code below /path} (with everything below it), {@code ws /path}. */
    private void doors(String... doors) throws IOException, RouteSetException {
        Path own = temp.resolve("routes/own" + RouteFiles.SUFFIX);
        Files.createDirectories(own.getParent());
        StringBuilder yaml = new StringBuilder();
        for (String door : doors) {
            String kind = door.substring(0, door.indexOf(' '));
            String path = door.substring(kind.length() + 1);
            String uri = kind.equals("ws") ? "vertx-websocket:0.0.0.0:8001" : "netty-http:http://0.0.0.0:8001";
            String parameters = kind.equals("ws")
                    ? ""
                    : "nettySharedHttpServer: '#gateway', matchOnUriPrefix: " + kind.equals("below");
            yaml.append("""
                    - route:
                        id: "ID"
                        from:
                          uri: "URI"
                          parameters: {PARAMETERS}
                          steps: [{setBody: {id: "say ID", constant: "ID"}}]
                    """.replace("ID", door).replace("URI", uri + path).replace("PARAMETERS", parameters));
        }
        Files.writeString(own, yaml);
        if (sets.generation() == 0) {
            sets.start(() -> RouteFiles.in(own.getParent(), true));
        } else {
            sets.reload(() -> RouteFiles.in(own.getParent(), true));
        }
    }

    /** Who took it, or the code of the refusal. */
    private String call(String target, String... headers) throws IOException {
        try (RawClient client = RawClient.connect(listener.port())) {
            RawClient.Answer answer = client.get(target, headers).answer();
            String text = answer.text();
            return answer.status() == 200 ? text : answer.header("x-aiproxy-error-code");
        }
    }

    private String handshake(String target, String... headers) throws IOException {
        return call(target, Stream.of(HANDSHAKE, headers).flatMap(Stream::of).toArray(String[]::new));
    }

    @ParameterizedTest
    @CsvSource({
        "/v1/realtime, ws /v1/realtime, http /v1/realtime",
        "/v1/realtime?model=m, ws /v1/realtime, http /v1/realtime",
        "/v1/realtime/x, ws /v1/*, below /",
        "/v1/realtime2, ws /v1/realtime2*, below /",
        "/v1, ws /v1/*, below /v1",
        "/v1/responses, ws /v1/*, below /v1",
        "/v12, ws /*, below /",
        "/, ws /*, below /",
    })
    void each_kind_of_call_finds_its_own_doors(String target, String forHandshake, String forOthers) throws Exception {
        doors(
                "ws /*",
                "ws /v1/*",
                "ws /v1/realtime2*",
                "ws /v1/realtime",
                "below /",
                forOthers.equals("below /v1") ? "below /v1" : "below /nowhere",
                "http /v1/realtime");
        assertThat(handshake(target)).isEqualTo(forHandshake);
        assertThat(call(target)).isEqualTo(forOthers);
    }

    @Test
    void without_a_door_for_it_a_handshake_is_refused() throws Exception {
        doors("below /", "http /v1/realtime", "ws /other");
        assertThat(handshake("/v1/realtime")).isEqualTo("websocket_not_supported");
        assertThat(handshake("/other/x")).isEqualTo("websocket_not_supported");
        assertThat(handshake("/other")).isEqualTo("ws /other");
    }

    @Test
    void an_ordinary_call_never_reaches_a_door_for_WebSockets() throws Exception {
        doors("ws /*");
        assertThat(call("/v1/realtime")).isEqualTo("not_found");
        assertThat(call("/v1/realtime", "Upgrade: websocket")).isEqualTo("not_found");
        assertThat(call("/v1/realtime", "Connection: Upgrade")).isEqualTo("not_found");
    }

    @Test
    void a_call_for_a_channel_passes_exact_paths_by() throws Exception {
        doors("ws /*", "ws /v1/realtime");
        assertThat(handshake("/v1/realtime", "x-aiproxy-channel: alpha")).isEqualTo("ws /*");
    }

    @Test
    void a_handshake_that_cannot_be_answered_reaches_no_route() throws Exception {
        doors("ws /*");
        assertThat(call("/v1", "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13"))
                .isEqualTo("invalid_request");
    }

    @Test
    void every_handshake_is_told_and_nothing_else() throws Exception {
        doors("below /", "ws /v1/realtime");
        call("/v1/realtime");
        call("/v1/realtime", "Upgrade: websocket");
        assertThat(attempted).hasValue(0);
        handshake("/v1/realtime");
        handshake("/nowhere");
        call("/v1/realtime", "Connection: Upgrade", "Upgrade: websocket");
        assertThat(attempted).hasValue(3);
    }

    @Test
    void a_generation_takes_the_place_of_the_one_before_as_a_whole() throws Exception {
        Mux mux = (Mux) kit.edge().gateway();
        doors("ws /*", "ws /old", "below /");
        assertThat(mux.size()).isEqualTo(3);
        doors("ws /new", "below /");
        assertThat(mux.size()).isEqualTo(2);
        assertThat(handshake("/new")).isEqualTo("ws /new");
        assertThat(handshake("/old")).isEqualTo("websocket_not_supported");
        assertThat(call("/old")).isEqualTo("below /");
    }

    @Test
    void a_generation_that_is_refused_changes_nothing() throws Exception {
        Mux mux = (Mux) kit.edge().gateway();
        doors("ws /one", "below /");
        doors("ws /two", "ws /three", "ws /three");
        assertThat(sets.problem()).contains("/three");
        assertThat(mux.size()).isEqualTo(2);
        assertThat(handshake("/one")).isEqualTo("ws /one");
        assertThat(handshake("/two")).isEqualTo("websocket_not_supported");
    }
}
