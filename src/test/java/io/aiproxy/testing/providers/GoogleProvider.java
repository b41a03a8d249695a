package io.aiproxy.testing.providers;

import io.aiproxy.testing.FakeUpstream;
import io.aiproxy.testing.Gate;
import io.aiproxy.testing.Recorded;
import io.aiproxy.testing.Reply;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/**
 * Google's Gemini API, and Vertex AI's: generateContent, its stream, the resumable upload of files. As google-genai 1.32 sends and reads
 * them; the upload's second address is absolute and names this upstream.
 */
public final class GoogleProvider {
    private static final Pattern MODEL = Pattern.compile(".*/models/([^:]+):.*");

    private final FakeUpstream upstream;
    private final Set<String> uploads = ConcurrentHashMap.newKeySet();
    private final Map<String, Integer> files = new ConcurrentHashMap<>();

    private GoogleProvider(FakeUpstream upstream) {
        this.upstream = upstream;
    }

    /** Lets the upstream answer as Google. Streams wait at {@code gate} before their last event. */
    public static void on(FakeUpstream upstream, Gate gate) {
        GoogleProvider provider = new GoogleProvider(upstream);
        upstream.on(r -> r.path().endsWith(":generateContent"))
                .answer(r -> Reply.json(Cassette.text("google/generate.json", provider.values(r))));
        upstream.on(r -> r.path().endsWith(":streamGenerateContent"))
                .answer(r -> Cassette.stream(Cassette.text("google/generate-stream.txt", provider.values(r)), gate));
        upstream.on(r -> r.path().equals("/upload/v1beta/files")).answer(provider::upload);
        upstream.on(r -> r.method().equals("GET") && r.path().startsWith("/v1beta/files/"))
                .answer(provider::file);
    }

    private Map<String, String> values(Recorded request) {
        return Map.of(
                "id",
                Cassette.id(upstream),
                "model",
                MODEL.matcher(request.path()).replaceAll("$1"));
    }

    private Reply upload(Recorded request) {
        String command = request.header("x-goog-upload-command").orElse("");
        if (command.equals("start")) {
            String upload = "up" + Cassette.id(upstream);
            uploads.add(upload);
            return Reply.status(200)
                    .header("X-Goog-Upload-Status", "active")
                    .header(
                            "X-Goog-Upload-URL",
                            upstream.baseUrl() + "/upload/v1beta/files?upload_id=" + upload
                                    + "&upload_protocol=resumable")
                    .body("");
        }
        boolean known = uploads.stream().anyMatch(u -> request.target().contains("upload_id=" + u));
        if (!known || !command.contains("finalize")) {
            return Reply.json(
                    400, "{\"error\":{\"code\":400,\"message\":\"Bad upload\",\"status\":\"INVALID_ARGUMENT\"}}");
        }
        String id = "f" + Cassette.id(upstream);
        files.put(id, request.body().length);
        return Reply.json(described(id)).header("X-Goog-Upload-Status", "final");
    }

    private Reply file(Recorded request) {
        String id = request.path().substring("/v1beta/files/".length());
        if (!files.containsKey(id)) {
            return Reply.json(
                    403, "{\"error\":{\"code\":403,\"message\":\"No such file\",\"status\":\"PERMISSION_DENIED\"}}");
        }
        String wrapped = described(id).strip();
        return Reply.json(wrapped.substring("{\"file\":".length(), wrapped.length() - 1));
    }

    private String described(String id) {
        return Cassette.text(
                "google/file.json", Map.of("id", id, "bytes", files.get(id).toString(), "base", upstream.baseUrl()));
    }
}
