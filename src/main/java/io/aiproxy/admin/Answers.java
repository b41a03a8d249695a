package io.aiproxy.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.Map;

/** Answers, made alike. */
final class Answers {
    private static final String JSON = "application/json";
    private static final String PROBLEM = "application/problem+json";
    private static final byte[] NOTHING = new byte[0];

    private Answers() {}

    /** JSON with a tag; 304 where the asker has it already. */
    static AdminAnswer read(Ask ask, JsonNode body, String etag) {
        return Etags.known(ask, etag)
                ? new AdminAnswer(304, Map.of("etag", etag), NOTHING)
                : new AdminAnswer(200, Map.of("etag", etag, "content-type", JSON), Json.write(body));
    }

    /** JSON that is its own tag. */
    static AdminAnswer read(Ask ask, JsonNode body) {
        return read(ask, body, Etags.of(body.toString()));
    }

    static AdminAnswer json(int status, JsonNode body) {
        return new AdminAnswer(status, Map.of("content-type", JSON), Json.write(body));
    }

    /** What was changed, with its new tag. */
    static AdminAnswer changed(int status, JsonNode body, String etag) {
        return new AdminAnswer(status, Map.of("etag", etag, "content-type", JSON), Json.write(body));
    }

    /** Something new and where it is. */
    static AdminAnswer created(JsonNode body, String etag, String location) {
        return new AdminAnswer(201, Map.of("etag", etag, "content-type", JSON, "location", location), Json.write(body));
    }

    static AdminAnswer done() {
        return new AdminAnswer(204, Map.of(), NOTHING);
    }

    static AdminAnswer text(String type, byte[] body, String etag) {
        return new AdminAnswer(200, Map.of("etag", etag, "content-type", type), body);
    }

    /**
     * The problem that a change is kept but not in force. What would have been answered otherwise is its member
     * {@code answer} (RFC 9457, 3.2): a key that is shown once must not be lost with it.
     */
    static AdminAnswer keptOnly(String why, AdminAnswer answer) {
        ObjectNode body = body(Refusal.of(
                Trouble.NOT_IN_FORCE,
                "The change is kept, but the configuration before it stays in force. Mend this, and it comes into force"
                        + " by itself: " + why));
        if (JSON.equals(answer.headers().get("content-type"))) {
            body.set("answer", Json.read(answer.body()));
        }
        Map<String, String> headers = new LinkedHashMap<>(answer.headers());
        headers.put("content-type", PROBLEM);
        return new AdminAnswer(Trouble.NOT_IN_FORCE.status(), headers, Json.write(body));
    }

    /** A problem (RFC 9457). */
    static AdminAnswer problem(Refusal refusal) {
        Map<String, String> headers = new LinkedHashMap<>(refusal.headers());
        headers.put("content-type", PROBLEM);
        return new AdminAnswer(refusal.trouble().status(), headers, Json.write(body(refusal)));
    }

    private static ObjectNode body(Refusal refusal) {
        Trouble trouble = refusal.trouble();
        ObjectNode body = Json.object()
                .put("type", "/problems/" + trouble.code())
                .put("title", trouble.title())
                .put("status", trouble.status())
                .put("detail", refusal.detail());
        if (!refusal.wrongs().isEmpty()) {
            ArrayNode errors = body.putArray("errors");
            refusal.wrongs()
                    .forEach(wrong ->
                            errors.addObject().put("pointer", wrong.pointer()).put("message", wrong.message()));
        }
        return body;
    }
}
