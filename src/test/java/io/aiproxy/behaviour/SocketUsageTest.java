package io.aiproxy.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.aiproxy.testing.FakeUpstream;
import io.aiproxy.testing.Frame;
import io.aiproxy.testing.Gate;
import io.aiproxy.testing.GatewayRig;
import io.aiproxy.testing.NeedsGateway;
import io.aiproxy.testing.Payload;
import io.aiproxy.testing.RawWebSocket;
import io.aiproxy.testing.Reply;
import io.aiproxy.testing.RigConfig;
import io.aiproxy.testing.SocketEnd;
import io.aiproxy.testing.SocketRecord;
import io.aiproxy.testing.SocketReply;
import io.aiproxy.testing.providers.DashScopeSpeechProvider;
import io.aiproxy.testing.providers.GeminiLiveProvider;
import io.aiproxy.testing.providers.OpenAiRealtimeProvider;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The line of the access log says what a socket has used, whatever its messages look like on the wire, and nobody on
 * either side of it can tell that somebody has read along.
 */
@NeedsGateway
class SocketUsageTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final FakeUpstream UPSTREAM = FakeUpstream.start();
    private static final FakeUpstream SCRIPT = FakeUpstream.start();
    private static GatewayRig rig;
    private String agent = "";

    @BeforeAll
    static void start() {
        rig = GatewayRig.start(RigConfig.empty()
                .channel("alpha", UPSTREAM)
                .channel("dash", UPSTREAM, "dialect: dashscope")
                .channel("gemini", UPSTREAM, "dialect: google")
                .user("zhangsan", GatewayRig.KEY, "alpha", "dash", "gemini"));
    }

    @AfterAll
    static void stop() {
        rig.close();
        UPSTREAM.close();
        SCRIPT.close();
    }

    @BeforeEach
    void reset(TestInfo test) {
        UPSTREAM.reset();
        SCRIPT.reset();
        agent = test.getTestMethod().orElseThrow().getName() + "/"
                + test.getDisplayName().hashCode();
    }

    /** A protocol, one conversation in it and what it uses. */
    enum Protocol {
        OPENAI(
                "alpha",
                "/v1/realtime",
                "{\"input_tokens\":34,\"output_tokens\":18,\"cached_input_tokens\":8,\"audio_input_tokens\":10}",
                "gpt-realtime") {
            @Override
            void provide(FakeUpstream upstream) {
                OpenAiRealtimeProvider.on(upstream, open());
            }

            @Override
            List<Frame> says() {
                String audio = Base64.getEncoder().encodeToString(new byte[48_000]);
                return List.of(
                        Frame.text("{\"type\":\"session.update\",\"session\":{\"type\":\"realtime\"}}"),
                        Frame.text("{\"type\":\"response.create\"}"),
                        Frame.text("{\"type\":\"input_audio_buffer.append\",\"audio\":\"" + audio + "\"}"),
                        Frame.text("{\"type\":\"response.create\"}"));
            }
        },
        SYNTHESIS("dash", "/api-ws/v1/inference", "{\"characters\":6}", "cosyvoice-v2") {
            @Override
            void provide(FakeUpstream upstream) {
                DashScopeSpeechProvider.on(upstream, open());
            }

            @Override
            List<Frame> says() {
                return List.of(
                        task("t1", "run-task", "\"task\":\"tts\",\"model\":\"cosyvoice-v2\""),
                        task("t1", "continue-task", "\"input\":{\"text\":\"今天\"}"),
                        task("t1", "continue-task", "\"input\":{\"text\":\"天气\"}"),
                        task("t1", "finish-task", "\"input\":{}"),
                        task("t2", "run-task", "\"task\":\"tts\",\"model\":\"cosyvoice-v2\""),
                        task("t2", "continue-task", "\"input\":{\"text\":\"你好\"}"),
                        task("t2", "finish-task", "\"input\":{}"));
            }
        },
        RECOGNITION("dash", "/api-ws/v1/inference/", "{\"seconds\":2}", "paraformer-realtime-v2") {
            @Override
            void provide(FakeUpstream upstream) {
                DashScopeSpeechProvider.on(upstream, open());
            }

            @Override
            List<Frame> says() {
                return List.of(
                        task("t1", "run-task", "\"task\":\"asr\",\"model\":\"paraformer-realtime-v2\""),
                        Frame.binary(Payload.bytes(0, 32_000)),
                        Frame.binary(Payload.bytes(9, 3_200)),
                        task("t1", "finish-task", "\"input\":{}"));
            }
        },
        GEMINI(
                "gemini",
                GeminiLiveProvider.PATH,
                "{\"input_tokens\":34,\"output_tokens\":14,\"reasoning_tokens\":4,\"audio_input_tokens\":10}",
                "gemini-live-2.5-flash") {
            @Override
            void provide(FakeUpstream upstream) {
                GeminiLiveProvider.on(upstream, open());
            }

            @Override
            List<Frame> says() {
                String audio = Base64.getEncoder().encodeToString(new byte[12_800]);
                return List.of(
                        Frame.text("{\"setup\":{\"model\":\"models/gemini-live-2.5-flash\"}}"),
                        Frame.text("{\"clientContent\":{\"turns\":[],\"turnComplete\":true}}"),
                        Frame.text("{\"realtimeInput\":{\"audio\":{\"data\":\"" + audio + "\"}}}"),
                        Frame.text("{\"realtimeInput\":{\"audioStreamEnd\":true}}"));
            }
        };

        private final String channel;
        private final String path;
        private final String usage;
        private final String model;

        Protocol(String channel, String path, String usage, String model) {
            this.channel = channel;
            this.path = path;
            this.usage = usage;
            this.model = model;
        }

        abstract void provide(FakeUpstream upstream);

        abstract List<Frame> says();

        /** The handshake's target: OpenAI's has the model, unless it is to be left to the frames. */
        String target(boolean named) {
            return this == OPENAI && named ? path + "?model=" + model : path;
        }

        private static Gate open() {
            Gate gate = Gate.closed();
            gate.open();
            return gate;
        }

        private static Frame task(String id, String action, String payload) {
            return Frame.text("{\"header\":{\"action\":\"" + action + "\",\"task_id\":\"" + id
                    + "\",\"streaming\":\"duplex\"},\"payload\":{" + payload + "}}");
        }
    }

    private RawWebSocket open(Protocol protocol, boolean named, String... more) throws IOException {
        List<String> lines = new ArrayList<>(List.of(more));
        lines.add(GatewayRig.AUTH);
        lines.add("x-aiproxy-channel: " + protocol.channel);
        lines.add("User-Agent: " + agent);
        return rig.webSocket(protocol.target(named), lines.toArray(String[]::new));
    }

    /** The frames that come until the peer has said its last word for a message: those behind the last close. */
    private static List<Frame> converse(RawWebSocket socket, List<Frame> says) throws IOException {
        for (Frame frame : says) {
            socket.send(frame);
        }
        socket.close(1000, "bye");
        List<Frame> heard = new ArrayList<>();
        while (socket.end().isEmpty()) {
            socket.next().ifPresent(heard::add);
        }
        return heard;
    }

    private JsonNode line() {
        try {
            return JSON.readTree(rig.awaitLogLine(agent));
        } catch (JsonProcessingException e) {
            throw new AssertionError(e);
        }
    }

    private void isSaid(JsonNode line, Protocol protocol) throws IOException {
        assertThat(line.path("usage")).as(line.toString()).isEqualTo(JSON.readTree(protocol.usage));
        assertThat(line.path("model").asText()).isEqualTo(protocol.model);
        assertThat(line.path("channel").asText()).isEqualTo(protocol.channel);
        assertThat(line.path("status").asInt()).isEqualTo(101);
    }

    private static void carried(JsonNode line, List<Frame> in, List<Frame> out) {
        assertThat(line.path("frames_in").asLong()).isEqualTo(in.size());
        assertThat(line.path("frames_out").asLong()).isEqualTo(out.size());
        assertThat(line.path("bytes_in").asLong()).isEqualTo(Talk.bytes(in, true));
        assertThat(line.path("bytes_out").asLong()).isEqualTo(Talk.bytes(out, false));
    }

    private static List<Frame> with(List<Frame> frames, Frame last) {
        List<Frame> all = new ArrayList<>(frames);
        all.add(last);
        return all;
    }

    @ParameterizedTest
    @CsvSource({
        "OPENAI, true",
        "OPENAI, false",
        "SYNTHESIS, false",
        "RECOGNITION, false",
        "GEMINI, false",
    })
    void a_session_with_a_provider_says_what_it_used(Protocol protocol, boolean named) throws IOException {
        protocol.provide(UPSTREAM);
        if (!named && protocol == Protocol.OPENAI) {
            UPSTREAM.on("/v1/realtime").reply(replayOfOpenAi());
        }
        List<Frame> heard;
        try (RawWebSocket socket = open(protocol, named)) {
            heard = converse(socket, protocol.says());
        }
        JsonNode line = line();
        isSaid(line, protocol);
        carried(line, with(protocol.says(), Frame.close(1000, "bye")), heard);
        assertThat(line.path("close_code").asInt()).isEqualTo(1000);
        assertThat(line.path("closed_by").asText()).isEqualTo("caller");
        assertThat(line.path("ending").asText()).isEqualTo("ok");
        assertThat(line.has("close_reason")).isFalse();
        assertThat(line.has("ttfb_ms")).isFalse();
    }

    /** A provider that names its model itself. */
    private static SocketReply replayOfOpenAi() throws IOException {
        SocketReply reply = Reply.webSocket();
        talk(Protocol.OPENAI).fromChannel().forEach(reply::send);
        return reply.serve((message, peer) -> {});
    }

    /** What is said directly at a provider of this protocol, closing left out. */
    private static Talk talk(Protocol protocol) throws IOException {
        protocol.provide(SCRIPT);
        try (RawWebSocket direct = RawWebSocket.open(SCRIPT.port(), protocol.target(true))) {
            List<Frame> heard = converse(direct, protocol.says());
            return new Talk(protocol.says(), heard.subList(0, heard.size() - 1));
        }
    }

    /** Lets the channel say its part of it behind the caller's first message, and take all the rest of the caller's. */
    private static void play(Protocol protocol, Talk talk, SocketReply reply) {
        reply.expectFrame(talk.fromCaller().get(0));
        talk.fromChannel().forEach(reply::send);
        UPSTREAM.on(protocol.path).reply(reply.expectClose());
    }

    @ParameterizedTest
    @CsvSource({
        "OPENAI, PLAIN",
        "OPENAI, FRAGMENTED",
        "OPENAI, DEFLATED",
        "OPENAI, DEFLATED_AND_FRAGMENTED",
        "SYNTHESIS, FRAGMENTED",
        "SYNTHESIS, DEFLATED",
        "SYNTHESIS, DEFLATED_AND_FRAGMENTED",
        "RECOGNITION, FRAGMENTED",
        "RECOGNITION, DEFLATED",
        "RECOGNITION, DEFLATED_AND_FRAGMENTED",
        "GEMINI, PLAIN",
        "GEMINI, FRAGMENTED",
        "GEMINI, DEFLATED",
        "GEMINI, DEFLATED_AND_FRAGMENTED",
    })
    void it_is_the_same_in_every_shape(Protocol protocol, Talk.Shape shape) throws Exception {
        replayed(protocol, shape, Reply.webSocket());
    }

    @ParameterizedTest
    @CsvSource({"OPENAI, PLAIN", "OPENAI, DEFLATED_AND_FRAGMENTED", "GEMINI, PLAIN", "GEMINI, DEFLATED"})
    void and_when_every_byte_comes_alone(Protocol protocol, Talk.Shape shape) throws Exception {
        replayed(protocol, shape, Reply.webSocket().splitEvery(1));
    }

    private void replayed(Protocol protocol, Talk.Shape shape, SocketReply reply) throws Exception {
        Talk talk = talk(protocol).in(shape);
        boolean deflated = shape.name().startsWith("DEFLATED");
        play(protocol, talk, deflated ? reply.extensions("permessage-deflate") : reply);
        try (RawWebSocket socket =
                open(protocol, false, deflated ? "Sec-WebSocket-Extensions: permessage-deflate" : "X-None: 1")) {
            CompletableFuture<Void> sending = CompletableFuture.runAsync(() -> {
                try {
                    for (Frame frame : talk.fromCaller()) {
                        socket.send(frame);
                    }
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            });
            for (Frame expected : talk.fromChannel()) {
                assertThat(socket.frame().bytes()).isEqualTo(expected.bytes());
            }
            sending.get(20, TimeUnit.SECONDS);
            socket.close(1000, "bye");
            assertThat(socket.awaitClose()).isEqualTo(SocketEnd.close(1000, "bye"));
        }
        SocketRecord record = UPSTREAM.only().socket();
        assertThat(record.frames()).isEqualTo(with(talk.fromCaller(), Frame.close(1000, "bye")));
        JsonNode line = line();
        isSaid(line, protocol);
        carried(line, record.frames(), with(talk.fromChannel(), Frame.close(1000, "bye")));
    }

    @ParameterizedTest
    @EnumSource(Talk.Shape.class)
    void what_was_used_before_a_cut_is_kept(Talk.Shape shape) throws Exception {
        Talk talk = talk(Protocol.OPENAI);
        Talk shaped = talk.in(shape);
        SocketReply reply = Reply.webSocket().extensions("permessage-deflate");
        shaped.fromChannel().forEach(reply::send);
        Frame half = Frame.text("{\"type\":\"response.done\",\"response\":{\"usage\":{\"input_tokens\":1000}}}");
        byte[] cutShort = java.util.Arrays.copyOf(half.bytes(), 40);
        UPSTREAM.on("/v1/realtime").reply(reply.sendBytes(cutShort).cut());
        try (RawWebSocket socket = open(Protocol.OPENAI, false, "Sec-WebSocket-Extensions: permessage-deflate")) {
            assertThat(socket.awaitClose()).isEqualTo(SocketEnd.CUT);
        }
        JsonNode line = line();
        isSaid(line, Protocol.OPENAI);
        assertThat(line.path("ending").asText()).isEqualTo("truncated");
        assertThat(line.path("close_code").asInt()).isEqualTo(1006);
        assertThat(line.path("closed_by").asText()).isEqualTo("channel");
        assertThat(line.path("frames_out").asLong())
                .isEqualTo(shaped.fromChannel().size() + 1L);
        assertThat(line.path("bytes_out").asLong())
                .isEqualTo(Talk.bytes(shaped.fromChannel(), false) + cutShort.length);
    }

    @Test
    void a_caller_that_leaves_is_charged_with_what_it_had() throws IOException {
        Protocol.SYNTHESIS.provide(UPSTREAM);
        try (RawWebSocket socket = open(Protocol.SYNTHESIS, false)) {
            socket.send(Protocol.SYNTHESIS.says().get(0));
            socket.send(Protocol.SYNTHESIS.says().get(1));
            assertThat(socket.text()).contains("task-started");
            assertThat(socket.text()).contains("\"characters\":2");
            socket.abort();
        }
        JsonNode line = line();
        assertThat(line.path("usage")).isEqualTo(JSON.readTree("{\"characters\":2}"));
        assertThat(line.path("ending").asText()).isEqualTo("cancelled");
        assertThat(line.path("closed_by").asText()).isEqualTo("caller");
    }

    @Test
    void an_extension_that_nobody_knows_leaves_the_line_without_usage() throws Exception {
        Talk talk = talk(Protocol.OPENAI);
        play(Protocol.OPENAI, talk, Reply.webSocket().extensions("permessage-brotli"));
        try (RawWebSocket socket = open(Protocol.OPENAI, true, "Sec-WebSocket-Extensions: permessage-brotli")) {
            socket.send(talk.fromCaller().get(0));
            for (Frame expected : talk.fromChannel()) {
                assertThat(socket.frame()).isEqualTo(expected);
            }
            socket.close(1000, "bye");
            socket.awaitClose();
        }
        JsonNode line = line();
        assertThat(line.has("usage")).isFalse();
        assertThat(line.path("model").asText()).isEqualTo("gpt-realtime");
    }
}
