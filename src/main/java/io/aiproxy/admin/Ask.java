package io.aiproxy.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aiproxy.store.Kind;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One request on its way through its operation. */
final class Ask {
    /** No entry of a configuration is larger; what is imported at once may be. */
    static final int LARGEST_JSON = 1 << 20;

    private static final int LARGEST_CSV = 16 << 20;
    private static final List<String> JSON_TYPES = List.of("application/json", "application/merge-patch+json");

    private final AdminRequest request;
    private final Who who;
    private final Operation operation;
    private final Map<String, String> variables;
    private final Params params;
    private @Nullable Place place;
    private @Nullable String keptOnly;

    /**
     * The entry that a change is about, so that what is wrong with it can be told in the words of the request.
     *
     * @param kind of the entry
     * @param id of the entry
     * @param base where in the entry that stands which was sent, e.g. {@code keys[2]}; empty: all of it
     * @param body what was sent
     * @param within put before every pointer, e.g. {@code /value}
     */
    record Place(Kind kind, String id, String base, JsonNode body, String within) {}

    Ask(AdminRequest request, Who who, Operation operation, Map<String, String> variables) {
        this.request = request;
        this.who = who;
        this.operation = operation;
        this.variables = variables;
        this.params = new Params(request.query(), operation.repeats());
    }

    AdminRequest request() {
        return request;
    }

    Who who() {
        return who;
    }

    Operation operation() {
        return operation;
    }

    Params params() {
        return params;
    }

    /** What stands in the path at a variable of the operation's. */
    String variable(String name) {
        return variables.getOrDefault(name, "");
    }

    void about(Place at) {
        place = at;
    }

    Optional<Place> place() {
        return Optional.ofNullable(place);
    }

    /** What was asked for is done and kept, but does not count yet; {@code why}, for the administrator. */
    void keptOnly(String why) {
        keptOnly = why;
    }

    /** Why what was done does not count yet; empty when it does. */
    Optional<String> keptOnly() {
        return Optional.ofNullable(keptOnly);
    }

    Optional<String> header(String name) {
        return Optional.ofNullable(request.headers().get(name));
    }

    /** The body as JSON. */
    JsonNode json() {
        contentType(JSON_TYPES);
        return Json.read(bytes(LARGEST_JSON));
    }

    /** The body as a JSON object. */
    ObjectNode object() {
        if (json() instanceof ObjectNode object) {
            return object;
        }
        throw Refusal.malformed("The body must be a JSON object.");
    }

    /** As {@link #object()}, an absent body being an empty one. */
    ObjectNode objectIfAny() {
        return request.body().isEmpty() ? Json.object() : object();
    }

    /** The body as a table. */
    byte[] csv() {
        contentType(List.of("text/csv"));
        return bytes(LARGEST_CSV);
    }

    private byte[] bytes(int most) {
        if (request.body().size() > most) {
            throw Refusal.of(Trouble.TOO_LARGE, "The body may have " + most + " bytes at most.");
        }
        return request.body().bytes();
    }

    private void contentType(List<String> allowed) {
        String type = header("content-type").orElse("").split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
        if (!allowed.contains(type)) {
            throw Refusal.with(
                    Trouble.UNSUPPORTED_MEDIA_TYPE,
                    "Send Content-Type: " + allowed.get(0) + ".",
                    Map.of("accept", String.join(", ", allowed)));
        }
    }
}
