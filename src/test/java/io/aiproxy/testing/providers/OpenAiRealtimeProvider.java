package io.aiproxy.testing.providers;

import com.fasterxml.jackson.databind.JsonNode;
import io.aiproxy.testing.FakeUpstream;
import io.aiproxy.testing.Frame;
import io.aiproxy.testing.Gate;
import io.aiproxy.testing.Recorded;
import io.aiproxy.testing.Reply;
import io.aiproxy.testing.SocketReply;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * OpenAI's Realtime API over WebSocket: one session that takes items and audio and answers in text. Events as
 * openai-java 4.13 has them in {@code models.realtime}; with {@code OpenAI-Beta: realtime=v1} under the names of the
 * beta. Each {@code response.done}, which has the usage, waits at the gate.
 */
public final class OpenAiRealtimeProvider implements SocketReply.Handler {
    /** The pieces of every answer. */
    public static final List<String> DELTAS = List.of("你", "好", "！");
    /** Tokens of text that every answer counts. */
    public static final int TEXT_TOKENS = 12;
    /** Tokens that every answer has. */
    public static final int OUTPUT_TOKENS = 9;

    /** A tenth of a second of 24 kHz, 16 bit audio is counted as one token. */
    private static final int BYTES_PER_TOKEN = 4800;

    private final FakeUpstream upstream;
    private final Gate gate;
    private final String model;
    private final boolean beta;
    private final String session;
    private long audio;

    private OpenAiRealtimeProvider(FakeUpstream upstream, Gate gate, Recorded request) {
        this.upstream = upstream;
        this.gate = gate;
        this.model = request.target().replaceAll(".*[?&]model=([^&]*).*", "$1");
        this.beta = request.header("OpenAI-Beta").orElse("").equals("realtime=v1");
        this.session = Cassette.id(upstream);
    }

    /** Lets the upstream answer as OpenAI's {@code /v1/realtime}. */
    public static void on(FakeUpstream upstream, Gate gate) {
        upstream.on("/v1/realtime").answer(request -> {
            OpenAiRealtimeProvider provider = new OpenAiRealtimeProvider(upstream, gate, request);
            SocketReply reply = Reply.webSocket();
            if (offers(request, "realtime")) {
                reply.subprotocol("realtime");
            }
            return reply.sendText(provider.text("session", Map.of("type", "session.created")))
                    .serve(provider);
        });
    }

    private static boolean offers(Recorded request, String subprotocol) {
        return request.headers("Sec-WebSocket-Protocol").stream()
                .flatMap(v -> Arrays.stream(v.split(",")))
                .anyMatch(v -> v.strip().equals(subprotocol));
    }

    @Override
    public void message(Frame message, SocketReply.Peer peer) throws Exception {
        JsonNode event = Cassette.json(message.payload());
        String type = event.path("type").asText();
        switch (type) {
            case "session.update" -> send(peer, "session", Map.of("type", "session.updated"));
            case "conversation.item.create" -> item(event, peer);
            case "input_audio_buffer.append" ->
                audio += Base64.getDecoder().decode(event.path("audio").asText()).length;
            case "input_audio_buffer.commit" -> send(peer, "committed", Map.of("item", Cassette.id(upstream)));
            case "response.create" -> respond(peer);
            default ->
                send(
                        peer,
                        "error",
                        Map.of("code", "invalid_value", "message", "Invalid value: '" + type + "' is no event type."));
        }
    }

    private void item(JsonNode event, SocketReply.Peer peer) throws Exception {
        com.fasterxml.jackson.databind.node.ObjectNode item = event.path("item").deepCopy();
        if (!item.has("id")) {
            item.put("id", "item_" + Cassette.id(upstream));
        }
        item.put("object", "realtime.item").put("status", "completed");
        if (beta) {
            send(peer, "item", Map.of("type", "conversation.item.created", "item", item.toString()));
        } else {
            send(peer, "item", Map.of("type", "conversation.item.added", "item", item.toString()));
            send(peer, "item", Map.of("type", "conversation.item.done", "item", item.toString()));
        }
    }

    private void respond(SocketReply.Peer peer) throws Exception {
        String kind = beta ? "response.text" : "response.output_text";
        long audioTokens = audio / BYTES_PER_TOKEN;
        audio = 0;
        Map<String, String> values = new HashMap<>();
        values.put("response", Cassette.id(upstream));
        send(peer, "response-created", values);
        for (String delta : DELTAS) {
            values.put("type", kind + ".delta");
            values.put("delta", delta);
            send(peer, "delta", values);
        }
        values.put("type", kind + ".done");
        values.put("text", String.join("", DELTAS));
        send(peer, "text-done", values);
        peer.await(gate);
        values.put("part", beta ? "text" : "output_text");
        values.put("audio", Long.toString(audioTokens));
        values.put("input", Long.toString(TEXT_TOKENS + audioTokens));
        values.put("total", Long.toString(TEXT_TOKENS + audioTokens + OUTPUT_TOKENS));
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
        return Cassette.text("openai/realtime-" + name + ".json", all).strip();
    }
}
