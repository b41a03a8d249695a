package io.aiproxy.testing.providers;

import com.fasterxml.jackson.databind.JsonNode;
import io.aiproxy.testing.FakeUpstream;
import io.aiproxy.testing.Frame;
import io.aiproxy.testing.Gate;
import io.aiproxy.testing.Reply;
import io.aiproxy.testing.SocketReply;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/**
 * Gemini's Live API: a session that takes text and audio and answers in text. Messages as google-genai 1.32 sends and
 * reads them and ai.google.dev/api/live describes them; the server's are JSON in binary frames. Each turn's prompt is the
 * whole context before it, so it grows. The end of every turn, which has the usage, waits at the gate.
 */
public final class GeminiLiveProvider implements SocketReply.Handler {
    /** The path of version {@code v1beta}. */
    public static final String PATH = "/ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent";
    /** The pieces of every answer. */
    public static final List<String> TEXTS = List.of("你", "好！");
    /** Tokens of text that every turn adds to the prompt. */
    public static final int TEXT_TOKENS = 8;
    /** Tokens of every answer, those of thoughts included. */
    public static final int OUTPUT_TOKENS = 7;

    /** 40 ms of 16 kHz, 16 bit audio are counted as one token. */
    private static final int BYTES_PER_TOKEN = 1280;

    private final FakeUpstream upstream;
    private final Gate gate;
    private int text;
    private long audio;

    private GeminiLiveProvider(FakeUpstream upstream, Gate gate) {
        this.upstream = upstream;
        this.gate = gate;
    }

    /** Lets the upstream answer as Gemini's Live API, at any path that ends as {@link #PATH} does. */
    public static void on(FakeUpstream upstream, Gate gate) {
        upstream.on(r -> r.path().endsWith(PATH))
                .answer(r -> Reply.webSocket().serve(new GeminiLiveProvider(upstream, gate)));
    }

    @Override
    public void message(Frame message, SocketReply.Peer peer) throws Exception {
        JsonNode json = Cassette.json(message.payload());
        JsonNode input = json.path("realtimeInput");
        if (json.has("setup")) {
            send(peer, "setup-complete", Map.of("id", Cassette.id(upstream)));
        } else if (json.at("/clientContent/turnComplete").asBoolean()
                || input.path("audioStreamEnd").asBoolean()) {
            turn(peer);
        } else if (input.has("audio")) {
            audio += Base64.getDecoder().decode(input.at("/audio/data").asText()).length;
        } else {
            peer.send(Frame.close(1007, "Request contains an invalid argument."));
        }
    }

    private void turn(SocketReply.Peer peer) throws Exception {
        for (String piece : TEXTS) {
            send(peer, "text", Map.of("text", piece));
        }
        send(peer, "generation-complete", Map.of());
        peer.await(gate);
        text += TEXT_TOKENS;
        long heard = audio / BYTES_PER_TOKEN;
        send(
                peer,
                "turn-complete",
                Map.of(
                        "prompt", Long.toString(text + heard),
                        "promptText", Integer.toString(text),
                        "promptAudio", Long.toString(heard),
                        "total", Long.toString(text + heard + OUTPUT_TOKENS)));
    }

    private static void send(SocketReply.Peer peer, String name, Map<String, String> values) throws Exception {
        String json = Cassette.text("google/live-" + name + ".json", values).strip();
        peer.send(Frame.binary(json.getBytes(StandardCharsets.UTF_8)));
    }
}
