package io.aiproxy.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.aiproxy.app.statistics.UsageService;
import io.aiproxy.config.ConfigException;
import io.aiproxy.config.ConfigLoader;
import io.aiproxy.config.Problem;
import io.aiproxy.config.Snapshot;
import io.aiproxy.core.Body;
import io.aiproxy.core.Headers;
import io.aiproxy.core.KeyDigest;
import io.aiproxy.core.Ticker;
import io.aiproxy.store.Entries;
import io.aiproxy.store.JsonDocuments;
import io.aiproxy.store.Kind;
import io.aiproxy.store.StoreException;
import io.aiproxy.testing.InMemoryAudit;
import io.aiproxy.testing.InMemoryBooks;
import io.aiproxy.testing.InMemoryStore;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;

/** The admin API over a store and empty books in memory, without a socket. */
final class AdminRig implements Ticker {
    static final String ADMIN = "aat_test_admin_0123456789";
    static final String OPERATOR = "aat_test_operator_0123456789";
    static final String VIEWER = "aat_test_viewer_0123456789";
    static final String KEY = "pk_test_zhangsan";
    static final String API_KEY = "sk-YOUR_KEY_HERE-1";

    private static final ObjectMapper MAPPER = new ObjectMapper();

    final InMemoryStore store;
    final InMemoryAudit audit = new InMemoryAudit();
    final AtomicLong millis =
            new AtomicLong(Instant.parse("2026-05-01T00:00:00Z").toEpochMilli());
    private final AdminApi api;
    private volatile Snapshot snapshot;
    String address = "127.0.0.1";

    AdminRig(Path directory) {
        this(directory, "{}");
    }

    /** With these entries under {@code system:}. */
    AdminRig(Path directory, String system) {
        try {
            store = new InMemoryStore(directory, entries(system));
            snapshot = store.load();
        } catch (ConfigException | StoreException e) {
            throw new IllegalStateException(e);
        }
        api = new AdminApi(store, audit, () -> snapshot, new TestHooks(directory), this);
    }

    private static Entries entries(String system) {
        Map<Kind, Map<String, JsonNode>> all = new EnumMap<>(Kind.class);
        all.put(Kind.USER, members("""
                {"zhangsan": {"name": "Zhang San", "department": "R&D", "channels": ["alpha", "beta"], "tags": ["vip"],
                    "keys": [{"name": "laptop", "proxy_key": "pk_test_zhangsan"}],
                    "limits": [{"requests": 60, "per": "minute"}]},
                 "lisi": {"channels": ["alpha"], "proxy_key": "pk_test_lisi_0001", "status": "disabled"}}"""));
        all.put(Kind.CHANNEL, members("""
                {"alpha": {"name": "Alpha", "base_url": "https://alpha.example.com", "api_key": "sk-YOUR_KEY_HERE-1",
                    "models": ["gpt-*"]},
                 "beta": {"base_url": "https://beta.example.com",
                    "credentials": [{"name": "one", "api_key": "sk-YOUR_KEY_HERE-2"},
                                    {"name": "two", "api_key": "sk-YOUR_KEY_HERE-3"}]}}"""));
        all.put(Kind.SYSTEM, members(system));
        all.put(
                Kind.ADMIN_TOKEN,
                members("{\"root\": " + token(ADMIN, "admin") + ", \"helper\": " + token(OPERATOR, "operator")
                        + ", \"guest\": " + token(VIEWER, "viewer") + "}"));
        return new Entries(all);
    }

    private static String token(String token, String role) {
        return "{\"sha256\": \"" + KeyDigest.of(token).hex() + "\", \"prefix\": \"aat_test\", \"role\": \"" + role
                + "\"}";
    }

    private static Map<String, JsonNode> members(String json) {
        Map<String, JsonNode> members = new LinkedHashMap<>();
        json(json).properties().forEach(field -> members.put(field.getKey(), field.getValue()));
        return members;
    }

    static JsonNode json(String text) {
        try {
            return MAPPER.readTree(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    AdminApi api() {
        return api;
    }

    @Override
    public long nanos() {
        return millis.get() * 1_000_000;
    }

    @Override
    public long millis() {
        return millis.get();
    }

    /** An answer. */
    record Answer(int status, Map<String, String> headers, String text) {
        JsonNode json() {
            return AdminRig.json(text);
        }

        String problem() {
            return json().path("type").asText().replace("/problems/", "");
        }

        String etag() {
            return headers.get("etag");
        }
    }

    Answer as(String token, String method, String target, String body, String... headers) {
        Map<String, String> fields = new LinkedHashMap<>();
        if (!token.isEmpty()) {
            fields.put("authorization", "Bearer " + token);
        }
        if (!body.isEmpty()) {
            fields.put("content-type", "application/json");
        }
        for (int i = 0; i < headers.length; i += 2) {
            fields.put(headers[i].toLowerCase(Locale.ROOT), headers[i + 1]);
        }
        int question = target.indexOf('?');
        AdminAnswer answer;
        try {
            answer = api.handle(new AdminRequest(
                    method,
                    question < 0 ? target : target.substring(0, question),
                    question < 0 ? "" : target.substring(question + 1),
                    new Fields(fields),
                    Body.of(body.getBytes(StandardCharsets.UTF_8)),
                    InetAddress.getByName(address)));
        } catch (UnknownHostException e) {
            throw new UncheckedIOException(e);
        }
        return new Answer(answer.status(), answer.headers(), new String(whole(answer), StandardCharsets.UTF_8));
    }

    private static byte[] whole(AdminAnswer answer) {
        if (answer.stream().isEmpty()) {
            return answer.body();
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            answer.stream().get().write(bytes);
        } catch (IOException | UsageDesk.Declined e) {
            throw new AssertionError("a file could not be made", e);
        }
        return bytes.toByteArray();
    }

    Answer get(String target, String... headers) {
        return as(ADMIN, "GET", "/api/v1/" + target, "", headers);
    }

    Answer send(String method, String target, String body, String... headers) {
        return as(ADMIN, method, "/api/v1/" + target, body, headers);
    }

    Snapshot snapshot() {
        return snapshot;
    }

    private final class TestHooks implements Hooks {
        private final Path directory;
        private final UsageService usage = new UsageService(() -> snapshot, AdminRig.this);

        TestHooks(Path directory) {
            this.directory = directory;
            usage.open(new InMemoryBooks());
        }

        @Override
        public UsageDesk usage() {
            return usage;
        }

        @Override
        public void check(Entries entries) throws ConfigException {
            ConfigLoader.load(directory, JsonDocuments.of(entries), name -> null, 1, Instant.EPOCH);
        }

        @Override
        public List<Problem> pricesLeftOut(Entries entries) throws ConfigException {
            return ConfigLoader.pricesLeftOut(directory, JsonDocuments.of(entries), name -> null);
        }

        @Override
        public Optional<String> reload(long version) {
            try {
                snapshot = store.load();
                return snapshot.version() < version ? Optional.of("another one was read") : Optional.empty();
            } catch (ConfigException | StoreException e) {
                return Optional.of(String.valueOf(e.getMessage()));
            }
        }

        @Override
        public JsonNode testChannel(String id) {
            return AdminRig.json("{\"channel\": \"" + id + "\", \"well\": true, \"steps\": []}");
        }

        @Override
        public JsonNode explain(ExplainQuery query) {
            boolean known = query.user().orElse("zhangsan").equals("zhangsan");
            return AdminRig.json(
                    known
                            ? "{\"caller\": {\"user\": \"zhangsan\", \"key\": \"laptop\"}, \"candidates\": [{\"channel\":"
                                    + " \"alpha\"}]}"
                            : "{\"unknown_caller\": true}");
        }
    }

    private record Fields(Map<String, String> fields) implements Headers {
        @Override
        public String get(String name) {
            return fields.get(name.toLowerCase(Locale.ROOT));
        }

        @Override
        public List<String> all(String name) {
            String value = get(name);
            return value == null ? List.of() : List.of(value);
        }

        @Override
        public void forEach(BiConsumer<String, String> consumer) {
            fields.forEach(consumer);
        }
    }
}
