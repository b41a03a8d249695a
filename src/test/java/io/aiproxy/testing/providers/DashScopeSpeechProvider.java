package io.aiproxy.testing.providers;

import com.fasterxml.jackson.databind.JsonNode;
import io.aiproxy.testing.FakeUpstream;
import io.aiproxy.testing.Frame;
import io.aiproxy.testing.Gate;
import io.aiproxy.testing.Payload;
import io.aiproxy.testing.Reply;
import io.aiproxy.testing.SocketReply;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/**
 * DashScope's duplex speech tasks over WebSocket: CosyVoice synthesis ({@code task: tts}) and Paraformer recognition
 * ({@code task: asr}), as dashscope-sdk-java 2.22 plays them and Alibaba's pages on the two WebSocket APIs describe them.
 * A socket may carry one task after another. The model {@code no-such-model} fails.
 *
 * <p>Synthesis: each {@code continue-task} gets a {@code result-generated} and two audio frames; {@code finish-task} the
 * rest of the audio and {@code task-finished}, whose usage counts characters as code points. Recognition: each audio
 * frame gets an unfinished sentence; {@code finish-task} the finished one, whose usage has the seconds of 16 kHz, 16 bit
 * audio that came, and {@code task-finished}. What {@code finish-task} brings waits at the gate.
 */
public final class DashScopeSpeechProvider implements SocketReply.Handler {
    /** Bytes in each audio frame of a synthesis. */
    public static final int AUDIO_FRAME = 3200;

    private static final int BYTES_PER_SECOND = 32_000;

    private final FakeUpstream upstream;
    private final Gate gate;
    private String task = "";
    private boolean synthesis;
    private int texts;
    private int characters;
    private int audioSent;
    private long audioReceived;

    private DashScopeSpeechProvider(FakeUpstream upstream, Gate gate) {
        this.upstream = upstream;
        this.gate = gate;
    }

    /** Lets the upstream answer as DashScope's {@code /api-ws/v1/inference}, with or without a slash behind it. */
    public static void on(FakeUpstream upstream, Gate gate) {
        upstream.on(r -> r.path().equals("/api-ws/v1/inference") || r.path().equals("/api-ws/v1/inference/"))
                .answer(r -> Reply.webSocket().serve(new DashScopeSpeechProvider(upstream, gate)));
    }

    /** The audio that a synthesis of so many texts brings. */
    public static byte[] speech(int texts) {
        return Payload.bytes(0, (2 * texts + 1) * AUDIO_FRAME);
    }

    @Override
    public void message(Frame message, SocketReply.Peer peer) throws Exception {
        if (message.opcode() == Frame.BINARY) {
            heard(message.payload().length, peer);
            return;
        }
        JsonNode event = Cassette.json(message.payload());
        String id = event.at("/header/task_id").asText();
        switch (event.at("/header/action").asText()) {
            case "run-task" -> run(id, event, peer);
            case "continue-task" -> say(id, event, peer);
            case "finish-task" -> finish(id, peer);
            default -> fail(id, "InvalidParameter", "Unknown action", peer);
        }
    }

    private void run(String id, JsonNode event, SocketReply.Peer peer) throws Exception {
        if (!task.isEmpty()) {
            fail(id, "InvalidParameter", "Another task is running on this connection", peer);
        } else if (event.at("/payload/model").asText().equals("no-such-model")) {
            fail(id, "ModelNotFound", "Model not found (no-such-model)!", peer);
        } else {
            task = id;
            synthesis = event.at("/payload/task").asText().equals("tts");
            texts = 0;
            characters = 0;
            audioSent = 0;
            audioReceived = 0;
            event("speech-started", peer);
        }
    }

    private void say(String id, JsonNode event, SocketReply.Peer peer) throws Exception {
        String text = event.at("/payload/input/text").asText();
        if (!id.equals(task) || !synthesis || text.isEmpty()) {
            fail(id, "InvalidParameter", "There is no synthesis with this task_id, or no text", peer);
            return;
        }
        texts++;
        characters += text.codePointCount(0, text.length());
        event("speech-synthesized", peer);
        audio(peer);
        audio(peer);
    }

    private void audio(SocketReply.Peer peer) throws Exception {
        peer.send(Frame.binary(Payload.bytes(audioSent, AUDIO_FRAME)));
        audioSent += AUDIO_FRAME;
    }

    private void heard(int bytes, SocketReply.Peer peer) throws Exception {
        if (task.isEmpty() || synthesis) {
            fail(task, "InvalidParameter", "There is no recognition to give audio to", peer);
            return;
        }
        audioReceived += bytes;
        event("speech-recognizing", peer);
    }

    private void finish(String id, SocketReply.Peer peer) throws Exception {
        if (!id.equals(task)) {
            fail(id, "InvalidParameter", "There is no task with this task_id", peer);
            return;
        }
        peer.await(gate);
        if (synthesis) {
            audio(peer);
            event("speech-synthesis-finished", peer);
        } else {
            event("speech-recognized", peer);
            event("speech-recognition-finished", peer);
        }
        task = "";
    }

    private void event(String name, SocketReply.Peer peer) throws Exception {
        Map<String, String> values = new HashMap<>();
        values.put("task", task);
        values.put("id", Cassette.id(upstream));
        values.put("index", Integer.toString(texts - 1));
        values.put("characters", Integer.toString(characters));
        values.put("duration", Long.toString(-Math.floorDiv(-audioReceived, BYTES_PER_SECOND)));
        peer.send(
                Frame.text(Cassette.text("dashscope/" + name + ".json", values).strip()));
    }

    /** As the documentation says: an error ends the task and the connection. */
    private void fail(String id, String code, String message, SocketReply.Peer peer) throws Exception {
        Map<String, String> values = Map.of("task", Objects.requireNonNull(id), "code", code, "message", message);
        peer.send(
                Frame.text(Cassette.text("dashscope/speech-failed.json", values).strip()));
        peer.send(Frame.close(1007, message));
    }
}
