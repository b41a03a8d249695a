package io.aiproxy.testing.providers;

import com.fasterxml.jackson.databind.JsonNode;
import io.aiproxy.testing.FakeUpstream;
import io.aiproxy.testing.Frame;
import io.aiproxy.testing.Gate;
import io.aiproxy.testing.Payload;
import io.aiproxy.testing.Recorded;
import io.aiproxy.testing.Reply;
import io.aiproxy.testing.SocketReply;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;

/**
 * DashScope's realtime models over WebSocket: conversations of Qwen-Omni, which hears and speaks, and Qwen-TTS, which
 * speaks what it is given. Events as dashscope-sdk-java 2.22 sends and reads them ({@code OmniRealtimeConversation},
 * {@code QwenTtsRealtime}). Each {@code response.done}, which has the usage, waits at the gate.
 */
public final class DashScopeRealtimeProvider implements SocketReply.Handler {
    /** What every answer of a conversation says. */
    public static final String TRANSCRIPT = "你好！";
    /** Bytes of audio in every answer. */
    public static final int AUDIO = 4800;

    private static final int BYTES_PER_TOKEN = 1280;

    private final FakeUpstream upstream;
    private final Gate gate;
    private final String model;
    private final String session;
    private long audio;
    private int characters;

    private DashScopeRealtimeProvider(FakeUpstream upstream, Gate gate, Recorded request) {
        this.upstream = upstream;
        this.gate = gate;
        this.model = request.target().replaceAll(".*[?&]model=([^&]*).*", "$1");
        this.session = Cassette.id(upstream);
    }

    /** Lets the upstream answer as DashScope's {@code /api-ws/v1/realtime}. */
    public static void on(FakeUpstream upstream, Gate gate) {
        upstream.on("/api-ws/v1/realtime").answer(request -> {
            DashScopeRealtimeProvider provider = new DashScopeRealtimeProvider(upstream, gate, request);
            return Reply.webSocket()
                    .sendText(provider.text("session", Map.of("type", "session.created")))
                    .serve(provider);
        });
    }

    @Override
    public void message(Frame message, SocketReply.Peer peer) throws Exception {
        JsonNode event = Cassette.json(message.payload());
        switch (event.path("type").asText()) {
            case "session.update" -> send(peer, "session", Map.of("type", "session.updated"));
            case "input_audio_buffer.append" ->
                audio += Base64.getDecoder().decode(event.path("audio").asText()).length;
            case "input_audio_buffer.commit" -> send(peer, "event", Map.of("type", "input_audio_buffer.committed"));
            case "response.create" -> respond(peer, omniUsage());
            case "input_text_buffer.append" -> {
                String text = event.path("text").asText();
                characters += text.codePointCount(0, text.length());
            }
            case "input_text_buffer.commit" -> {
                send(peer, "event", Map.of("type", "input_text_buffer.committed"));
                respond(peer, ttsUsage());
            }
            case "session.finish" -> send(peer, "event", Map.of("type", "session.finished"));
            default -> peer.send(Frame.close(1007, "unknown event"));
        }
    }

    private String omniUsage() {
        long tokens = audio / BYTES_PER_TOKEN;
        audio = 0;
        return Cassette.text(
                        "dashscope/realtime-usage-omni.json",
                        Map.of(
                                "audio", Long.toString(tokens),
                                "input", Long.toString(6 + tokens),
                                "total", Long.toString(26 + tokens)))
                .strip();
    }

    private String ttsUsage() {
        String said = Integer.toString(characters);
        characters = 0;
        return Cassette.text("dashscope/realtime-usage-tts.json", Map.of("characters", said))
                .strip();
    }

    private void respond(SocketReply.Peer peer, String usage) throws Exception {
        Map<String, String> values = new HashMap<>();
        values.put("response", Cassette.id(upstream));
        values.put("usage", usage);
        send(peer, "response-created", values);
        values.put("type", "response.audio_transcript.delta");
        values.put("delta", TRANSCRIPT);
        send(peer, "delta", values);
        values.put("type", "response.audio.delta");
        values.put("delta", Base64.getEncoder().encodeToString(Payload.bytes(0, AUDIO)));
        send(peer, "delta", values);
        peer.await(gate);
        send(peer, "response-done", values);
    }

    private void send(SocketReply.Peer peer, String name, Map<String, String> values) throws Exception {
        peer.send(Frame.text(text(name, values)));
    }

    private String text(String name, Map<String, String> values) {
        Map<String, String> all = new HashMap<>(values);
        all.put("id", Cassette.id(upstream));
        all.put("session", session);
        all.put("model", model);
        return Cassette.text("dashscope/realtime-" + name + ".json", all).strip();
    }
}
