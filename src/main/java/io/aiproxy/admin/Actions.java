package io.aiproxy.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aiproxy.config.Snapshot;
import io.aiproxy.core.Secret;
import io.aiproxy.store.ConfigStore;
import io.aiproxy.store.Entries;
import io.aiproxy.store.Kind;
import io.aiproxy.store.StoreException;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/** What is done and is no entry: {@code reload}, {@code channels/{id}/test}, {@code explain}. */
final class Actions {
    private static final Set<String> QUESTION = Set.of("key", "user", "key_name", "path", "method", "model", "headers");
    /** RFC 9110, 5.6.2 and 5.5; a path as it stands in a request line. */
    private static final Pattern TOKEN = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]{1,256}");

    private static final Pattern VALUE = Pattern.compile("[ -~\\t]{0,8192}");
    private static final Pattern TARGET = Pattern.compile("/[!-~]{0,8192}");

    private final ConfigStore store;
    private final Writer writer;
    private final Hooks hooks;
    private final Supplier<Snapshot> snapshot;

    Actions(ConfigStore store, Writer writer, Hooks hooks, Supplier<Snapshot> snapshot) {
        this.store = store;
        this.writer = writer;
        this.hooks = hooks;
        this.snapshot = snapshot;
    }

    List<Operation> operations() {
        return List.of(
                new Operation("POST", "reload", Operation.Right.OPERATE, "reload", this::reload),
                new Operation("POST", "channels/{id}/test", Operation.Right.OPERATE, "channel.test", this::test),
                new Operation("POST", "explain", Operation.Right.OPERATE, "explain", this::explain));
    }

    private AdminAnswer reload(Ask ask) {
        Optional<String> why = hooks.reload(0);
        if (why.isPresent()) {
            throw Refusal.of(
                    Trouble.NOT_IN_FORCE,
                    "The configuration cannot be taken; version "
                            + snapshot.get().version() + " stays in force: " + why.get());
        }
        writer.note(ask.who(), "reload", "", "done");
        Snapshot now = snapshot.get();
        return Answers.json(
                200,
                Json.object()
                        .put("configuration", now.version())
                        .put("loaded_at", now.loadedAt().toString())
                        .put("users", now.users().size())
                        .put("channels", now.channels().size()));
    }

    private AdminAnswer test(Ask ask) {
        String id = ask.variable("id");
        if (!snapshot.get().channels().containsKey(id)) {
            throw Refusal.missing("There is no channel with this id in force.");
        }
        writer.note(ask.who(), "channel.test", id, "done");
        return Answers.json(200, hooks.testChannel(id));
    }

    private AdminAnswer explain(Ask ask) throws StoreException {
        ObjectNode sent = ask.object();
        sent.fieldNames().forEachRemaining(name -> {
            if (!QUESTION.contains(name)) {
                throw Refusal.invalid(
                        "/" + Pointers.escaped(name),
                        "means nothing here; there are: "
                                + String.join(", ", QUESTION.stream().sorted().toList()));
            }
        });
        ExplainQuery query = query(sent);
        JsonNode answer = hooks.explain(query);
        if (answer.path("unknown_caller").asBoolean()) {
            throw Refusal.missing("There is no such user, or no such key of anybody's.");
        }
        if (answer instanceof ObjectNode explained) {
            explained.set("limits", limits(explained, store.state().entries()));
        }
        return Answers.json(200, answer);
    }

    private static ExplainQuery query(ObjectNode sent) {
        Optional<String> key = text(sent, "key");
        Optional<String> user = text(sent, "user");
        if (key.isPresent() == user.isPresent()) {
            throw Refusal.invalid("", "exactly one of key and user is needed: who would call");
        }
        String method = text(sent, "method").orElse("POST").toUpperCase(Locale.ROOT);
        String target = text(sent, "path").orElse("/v1/chat/completions");
        if (!TOKEN.matcher(method).matches()) {
            throw Refusal.invalid("/method", "is no method of HTTP");
        }
        if (!TARGET.matcher(target).matches()) {
            throw Refusal.invalid("/path", "must begin with / and be percent-encoded");
        }
        return new ExplainQuery(
                key.map(Secret::of),
                user,
                text(sent, "key_name"),
                method,
                target,
                text(sent, "model").orElse(""),
                headers(sent));
    }

    private static Optional<String> text(ObjectNode sent, String field) {
        JsonNode value = sent.path(field);
        if (value.isMissingNode() || value.isNull()) {
            return Optional.empty();
        }
        if (!value.isTextual()) {
            throw Refusal.invalid("/" + field, "must be a text");
        }
        return Optional.of(value.textValue());
    }

    private static Map<String, String> headers(ObjectNode sent) {
        Map<String, String> headers = new LinkedHashMap<>();
        JsonNode fields = sent.path("headers");
        if (!fields.isMissingNode() && !fields.isObject()) {
            throw Refusal.invalid("/headers", "must be an object: name to value");
        }
        fields.properties().forEach(field -> {
            boolean good = TOKEN.matcher(field.getKey()).matches()
                    && field.getValue().isTextual()
                    && VALUE.matcher(field.getValue().textValue()).matches();
            if (!good) {
                throw Refusal.invalid(
                        "/headers/" + Pointers.escaped(field.getKey()),
                        "is no header field: a name and a text in ASCII");
            }
            headers.put(
                    field.getKey().toLowerCase(Locale.ROOT), field.getValue().textValue());
        });
        return headers;
    }

    /** Those of the caller's key, the caller, the caller's groups, and the channels that may serve. */
    private static ArrayNode limits(ObjectNode explained, Entries entries) {
        String user = explained.at("/caller/user").asText("");
        String key = explained.at("/caller/key").asText("");
        Set<String> groups = new HashSet<>();
        for (JsonNode group : explained.at("/caller/groups")) {
            groups.add(group.asText());
            JsonNode body = entries.of(Kind.USER_GROUP).get(group.asText());
            if (body != null && body.has("parent")) {
                groups.add(body.path("parent").asText());
            }
        }
        Set<String> channels = new HashSet<>();
        explained.path("candidates").forEach(one -> channels.add(Json.text(one, "channel")));
        ArrayNode limits = Json.array();
        for (ObjectNode limit : Views.limits(entries)) {
            String id = Json.text(limit, "id");
            boolean applies =
                    switch (Json.text(limit, "scope")) {
                        case "user" -> id.equals(user);
                        case "key" -> id.equals(user) && Json.text(limit, "key").equals(key);
                        case "channel" -> channels.contains(id);
                        default -> groups.contains(id);
                    };
            if (applies) {
                limits.add(limit);
            }
        }
        return limits;
    }
}
