package io.aiproxy.testing.providers;

import io.aiproxy.testing.FakeUpstream;
import io.aiproxy.testing.Gate;
import io.aiproxy.testing.Payload;
import io.aiproxy.testing.Recorded;
import io.aiproxy.testing.Reply;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * OpenAI: chat, responses, embeddings, models, files, audio. Paths and shapes as openai-java 4.13 sends and reads them.
 * Things that were created here are known here and nowhere else.
 */
public final class OpenAiProvider {
    private final FakeUpstream upstream;
    private final Gate gate;
    private final Map<String, Integer> files = new ConcurrentHashMap<>();
    private final Map<String, String> responses = new ConcurrentHashMap<>();

    private OpenAiProvider(FakeUpstream upstream, Gate gate) {
        this.upstream = upstream;
        this.gate = gate;
    }

    /** Lets the upstream answer as OpenAI. Streams wait at {@code gate} before their last event. */
    public static OpenAiProvider on(FakeUpstream upstream, Gate gate) {
        OpenAiProvider provider = new OpenAiProvider(upstream, gate);
        upstream.on("/v1/chat/completions").answer(provider::chat);
        upstream.on("/v1/responses").answer(provider::respond);
        upstream.on(r -> r.method().equals("GET") && r.path().startsWith("/v1/responses/"))
                .answer(provider::response);
        upstream.on("/v1/embeddings")
                .answer(r -> Reply.json(
                        Cassette.text("openai/embeddings.json", Map.of("model", Cassette.field(r, "model", "?")))));
        upstream.on("/v1/models").answer(r -> Reply.json(Cassette.text("openai/models.json", Map.of())));
        upstream.on(r -> r.method().equals("POST") && r.path().equals("/v1/files"))
                .answer(provider::upload);
        upstream.on(r -> r.method().equals("GET") && r.path().startsWith("/v1/files/"))
                .answer(provider::file);
        upstream.on("/v1/audio/transcriptions")
                .answer(r -> Reply.json(Cassette.text("openai/transcription.json", Map.of())));
        upstream.on("/v1/audio/speech").answer(OpenAiProvider::speech);
        return provider;
    }

    /** Bytes of the speech that {@code /v1/audio/speech} answers with. */
    public static byte[] speechBytes() {
        return Payload.bytes(0, 100_000);
    }

    private Map<String, String> values(Recorded request) {
        return Map.of("id", Cassette.id(upstream), "model", Cassette.field(request, "model", "?"));
    }

    private Reply chat(Recorded request) {
        return Cassette.streams(request)
                ? Cassette.stream(Cassette.text("openai/chat-stream.txt", values(request)), gate)
                        .header("x-request-id", "req_" + request.number())
                : Reply.json(Cassette.text("openai/chat.json", values(request)));
    }

    private Reply respond(Recorded request) {
        Map<String, String> values = values(request);
        String whole = Cassette.text("openai/response.json", values);
        responses.put("resp_" + values.get("id"), whole);
        return Cassette.streams(request)
                ? Cassette.stream(Cassette.text("openai/response-stream.txt", values), gate)
                : Reply.json(whole);
    }

    private Reply response(Recorded request) {
        String whole = responses.get(request.path().substring("/v1/responses/".length()));
        return whole == null ? unknown() : Reply.json(whole);
    }

    private Reply upload(Recorded request) {
        String id = "file-" + Cassette.id(upstream);
        files.put(id, request.body().length);
        return file(id);
    }

    private Reply file(Recorded request) {
        return file(request.path().substring("/v1/files/".length()));
    }

    private Reply file(String id) {
        Integer bytes = files.get(id);
        return bytes == null
                ? unknown()
                : Reply.json(Cassette.text("openai/file.json", Map.of("id", id, "bytes", bytes.toString())));
    }

    private static Reply unknown() {
        return Reply.json(
                404,
                "{\"error\":{\"message\":\"No such object\",\"type\":\"invalid_request_error\",\"param\":\"id\","
                        + "\"code\":null}}");
    }

    private static Reply speech(Recorded request) {
        Reply reply = Reply.status(200).header("content-type", "audio/mpeg").chunked();
        byte[] bytes = speechBytes();
        for (int at = 0; at < bytes.length; at += 10_000) {
            reply.write(java.util.Arrays.copyOfRange(bytes, at, at + 10_000));
        }
        return reply;
    }
}
