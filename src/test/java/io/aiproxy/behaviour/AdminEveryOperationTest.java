package io.aiproxy.behaviour;

import static io.aiproxy.testing.CallRecord.at;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.aiproxy.app.UsageParts;
import io.aiproxy.testing.FakeUpstream;
import io.aiproxy.testing.GatewayRig;
import io.aiproxy.testing.InMemoryBooks;
import io.aiproxy.testing.NeedsGateway;
import io.aiproxy.testing.RigConfig;
import io.aiproxy.usage.Pricing;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every operation that openapi.json describes does what is described, wherever the configuration is kept. */
@NeedsGateway
class AdminEveryOperationTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String PUBLIC = "openapi.json";
    private static final Map<String, String> FIXTURES = Map.of(
            "users/it",
            "{\"channels\":[\"alpha\"],\"keys\":[{\"name\":\"laptop\",\"proxy_key\":\"pk_test_it_laptop\"},"
                    + "{\"name\":\"phone\",\"proxy_key\":\"pk_test_it_phone\"}]}",
            "user-groups/it",
            "{\"channels\":[\"alpha\"]}",
            "channels/it",
            "{\"base_url\":\"http://127.0.0.1:9\",\"credentials\":[{\"name\":\"main\",\"api_key\":\"sk_fake_1\"},"
                    + "{\"name\":\"other\",\"api_key\":\"sk_fake_2\"}]}",
            "channel-groups/many",
            "{\"channels\":[\"alpha\"]}",
            "model-aliases/it",
            "{\"value\":\"gpt-4o\"}",
            "prices/it",
            "{\"model\":\"it\",\"input\":1}",
            "system/retry",
            "{\"value\":{\"max_attempts\":2}}");

    @AutoClose
    private final FakeUpstream upstream = FakeUpstream.start();

    @TempDir
    private Path directory;

    private GatewayRig rig;
    private int made;

    /** An operation as it is described. */
    private record Described(String method, String path, JsonNode about) {
        boolean documents(int status) {
            return about.path("responses").has(Integer.toString(status));
        }

        boolean needs(String role) {
            String all = about.path("description").asText();
            String needed = all.substring(all.lastIndexOf("Needs:") + 6);
            return needed.contains(role);
        }

        /** Whose it is alone that has a proxy key: administrators use nothing. */
        boolean own() {
            return needs("proxy key") && !needs("admin token");
        }

        /** Of a caller that may. */
        String token() {
            return own() ? GatewayRig.KEY : Admin.ADMIN;
        }

        boolean isPublic() {
            return path.equals(PUBLIC);
        }

        boolean takesBody() {
            return about.has("requestBody");
        }

        boolean takesCsv() {
            return about.path("requestBody").path("content").has("text/csv");
        }

        String type() {
            return about.path("requestBody").path("content").fieldNames().next();
        }

        boolean takes(String parameter) {
            for (JsonNode found : about.path("parameters")) {
                if (found.path("$ref").asText().endsWith("/" + parameter)) {
                    return true;
                }
            }
            return false;
        }

        /** Whether it makes a thing in a collection. */
        boolean creates() {
            return method.equals("POST") && documents(201);
        }

        @Override
        public String toString() {
            return method + " " + path;
        }
    }

    private static List<Described> operations() throws IOException {
        try (InputStream in = AdminEveryOperationTest.class.getResourceAsStream("/io/aiproxy/admin/openapi.json")) {
            List<Described> all = new ArrayList<>();
            JSON.readTree(in).path("paths").properties().forEach(path -> path.getValue()
                    .properties()
                    .forEach(of -> all.add(new Described(
                            of.getKey().toUpperCase(Locale.ROOT),
                            path.getKey().substring(Admin.ROOT.length()),
                            of.getValue()))));
            return all;
        }
    }

    private void start(Admin.Kept kept) throws Exception {
        InMemoryBooks books = new InMemoryBooks()
                .with(at("it", Instant.now().minusSeconds(600).toString()).record());
        rig = kept.start(
                RigConfig.empty().channel("alpha", upstream).user("zhangsan", GatewayRig.KEY, "alpha"),
                directory,
                GatewayRig.booked(
                        parts -> new UsageParts((settings, snapshot) -> books, Optional.empty(), now -> Pricing.NONE)));
    }

    @AfterEach
    void stop() {
        if (rig != null) {
            rig.close();
        }
    }

    private void fixtures() throws IOException {
        for (Map.Entry<String, String> fixture : FIXTURES.entrySet()) {
            Calls.Result put = Admin.send(rig, "PUT", fixture.getKey(), fixture.getValue());
            assertThat(put.status()).as(fixture.getKey() + put.text()).isIn(200, 201);
        }
        Calls.Result token = Admin.send(rig, "POST", "admin-tokens", "{\"id\":\"it\",\"role\":\"viewer\"}");
        assertThat(token.status()).as(token.text()).isIn(201, 409);
    }

    private static String id(Described of) {
        return of.path().startsWith("system") ? "retry" : of.path().startsWith("channel-groups") ? "many" : "it";
    }

    private String path(Described of) throws IOException {
        String path =
                of.path().replace("{id}", id(of)).replace("{name}", of.path().startsWith("users") ? "laptop" : "main");
        if (path.contains("{n}")) {
            path = path.replace(
                    "{n}",
                    Admin.get(rig, "versions").json().at("/items/0/version").asText());
        }
        return path;
    }

    /** The example of the description, of things that are there. */
    private String body(Described of) {
        if (!of.takesBody()) {
            return "";
        }
        JsonNode example =
                of.about().path("requestBody").path("content").path(of.type()).path("example");
        String text = of.takesCsv() ? example.asText() : example.toString();
        text = text.replace("bailian", "alpha")
                .replace("YOUR_API_KEY_HERE", "sk_fake_made")
                .replace("YOUR_PROXY_KEY_HERE", "pk_test_made_" + ++made);
        if (of.creates() && !of.path().equals("system")) {
            text = text.replaceFirst("\"(id|name)\":\"[^\"]*\"", "\"$1\":\"made" + ++made + "\"");
        }
        return text;
    }

    private Calls.Result ask(Described of, String token, String path, String body, String... headers)
            throws IOException {
        List<String> lines = new ArrayList<>(List.of(headers));
        if (of.takesBody() && lines.stream().noneMatch(line -> line.startsWith("Content-Type"))) {
            lines.add("Content-Type: " + of.type());
        }
        return Admin.as(new Admin.Sender(rig, token), of.method(), path, body, lines.toArray(String[]::new));
    }

    @ParameterizedTest
    @EnumSource
    void a_valid_request_succeeds_as_it_is_described(Admin.Kept kept) throws Exception {
        start(kept);
        SoftAssertions all = new SoftAssertions();
        for (Described of : operations()) {
            fixtures();
            if (of.toString().equals("POST system")) {
                assertThat(Admin.send(rig, "DELETE", "system/retry", "").status())
                        .isEqualTo(204);
            }
            Calls.Result answer = ask(of, of.token(), path(of), body(of));
            all.assertThat(answer.status() / 100).as(of + ": " + answer.text()).isEqualTo(2);
            all.assertThat(of.documents(answer.status()))
                    .as(of + " answers " + answer.status())
                    .isTrue();
            all.assertThat(answer.header("cache-control")).as(of.toString()).isEqualTo("no-store");
            JsonNode described = of.about()
                    .path("responses")
                    .path(Integer.toString(answer.status()))
                    .path("content");
            if (!described.isMissingNode()) {
                all.assertThat(described.has(answer.header("content-type").split(";", -1)[0]))
                        .as(of + " is of type " + answer.header("content-type"))
                        .isTrue();
            }
            if (of.method().equals("GET")) {
                tagged(all, of, answer);
            }
        }
        all.assertAll();
    }

    private void tagged(SoftAssertions all, Described of, Calls.Result answer) throws IOException {
        String path = path(of);
        if (of.documents(304)) {
            String etag = answer.header("etag");
            all.assertThat(etag).as(of + " has a tag").isNotEmpty();
            Calls.Result again = ask(of, of.token(), path, "", "If-None-Match: " + etag);
            all.assertThat(again.status()).as(of + " again").isEqualTo(304);
            all.assertThat(again.text()).as(of.toString()).isEmpty();
        }
        Calls.Result head = Admin.as(new Admin.Sender(rig, of.token()), "HEAD", path, "");
        all.assertThat(head.status()).as("HEAD " + path).isEqualTo(200);
        all.assertThat(head.text()).as("HEAD " + path).isEmpty();
    }

    private static void refused(SoftAssertions all, Object of, int status, Calls.Result answer) {
        all.assertThat(answer.status()).as(of + ": " + answer.text()).isEqualTo(status);
        all.assertThat(answer.header("content-type")).as(of.toString()).isEqualTo("application/problem+json");
        all.assertThat(answer.text()).as(of.toString()).contains("\"status\":" + status);
    }

    @ParameterizedTest
    @EnumSource
    void who_may_not_is_refused_everywhere(Admin.Kept kept) throws Exception {
        start(kept);
        fixtures();
        SoftAssertions all = new SoftAssertions();
        for (Described of : operations()) {
            String path = path(of); // a good token between the bad ones: guessing is slowed down
            if (of.isPublic()) {
                continue;
            }
            refused(all, of + " without a token", 401, ask(of, "", path, body(of)));
            refused(all, of + " with a wrong one", 401, ask(of, "aat_test_wrong", path, body(of)));
            assertThat(Admin.get(rig, "me").status()).isEqualTo(200);
            if (!of.needs("viewer") && !of.needs("proxy key")) {
                refused(all, of + " for a viewer", 403, ask(of, Admin.VIEWER, path, body(of)));
            }
            if (of.needs("admin.") && !of.needs("operator")) {
                refused(all, of + " for an operator", 403, ask(of, Admin.OPERATOR, path, body(of)));
            }
            if (!of.needs("proxy key")) {
                refused(all, of + " for a caller", 403, ask(of, GatewayRig.KEY, path, body(of)));
            }
            if (of.own()) {
                refused(all, of + " for an administrator", 403, ask(of, Admin.ADMIN, path, body(of)));
            }
        }
        all.assertAll();
    }

    @ParameterizedTest
    @EnumSource
    void what_is_not_there_is_told(Admin.Kept kept) throws Exception {
        start(kept);
        fixtures();
        SoftAssertions all = new SoftAssertions();
        for (Described of : operations()) {
            boolean makesIt = of.method().equals("PUT") && of.path().endsWith("{id}");
            if (of.path().contains("{") && !makesIt) {
                String path = of.path()
                        .replace("{id}", "nobody")
                        .replace("{name}", "laptop")
                        .replace("{n}", "999999");
                refused(all, of, 404, ask(of, Admin.ADMIN, path, body(of)));
            }
            for (String method : List.of("GET", "POST", "PUT", "PATCH", "DELETE")) {
                boolean there = operations().stream()
                        .anyMatch(other ->
                                other.path().equals(of.path()) && other.method().equals(method));
                boolean word = of.path().equals("users/import"); // may be somebody's id
                if (!there && !word) {
                    Calls.Result answer = Admin.send(rig, method, path(of), "");
                    refused(all, method + " " + of.path(), 405, answer);
                    all.assertThat(answer.header("allow")).contains(of.method());
                }
            }
        }
        all.assertAll();
    }

    @ParameterizedTest
    @EnumSource
    void conditions_that_do_not_hold_change_nothing(Admin.Kept kept) throws Exception {
        start(kept);
        fixtures();
        SoftAssertions all = new SoftAssertions();
        String before = Admin.get(rig, "versions").text();
        for (Described of : operations()) {
            if (of.takes("ifMatch")
                    || of.path().endsWith("/rotate")
                    || of.path().endsWith("/rollback")) {
                refused(all, of, 412, ask(of, Admin.ADMIN, path(of), body(of), "If-Match: \"stale\""));
            }
            if (of.creates()) {
                String id = id(of);
                String name = of.path().endsWith("keys") ? "laptop" : "main";
                String same = body(of).replaceFirst("\"id\":\"[^\"]*\"", "\"id\":\"" + id + "\"");
                if (of.path().contains("{id}/")) {
                    same = same.replaceFirst("\"name\":\"[^\"]*\"", "\"name\":\"" + name + "\"");
                }
                refused(all, of, 409, ask(of, Admin.ADMIN, path(of), same));
            }
        }
        all.assertThat(Admin.get(rig, "versions").text()).isEqualTo(before);
        all.assertAll();
    }

    @ParameterizedTest
    @EnumSource
    void bodies_that_cannot_be_used_are_refused(Admin.Kept kept) throws Exception {
        start(kept);
        fixtures();
        SoftAssertions all = new SoftAssertions();
        String before = Admin.get(rig, "versions").text();
        for (Described of : operations()) {
            String path = path(of);
            if (of.documents(304) && of.documents(400)) {
                refused(all, of, 400, ask(of, of.token(), path + "?limit=%zz", ""));
            }
            if (!of.takesBody()) {
                continue;
            }
            refused(all, of, 415, ask(of, Admin.ADMIN, path, body(of), "Content-Type: text/plain"));
            String broken = of.takesCsv() ? "id,name\r\n\"zhangsan" : "{\"id\": ";
            refused(all, of, 400, ask(of, Admin.ADMIN, path, broken));
            String invalid = of.takesCsv() ? "id,channels\r\nzhangsan,nothing\r\n" : "{\"nonsense\": {\"x\": 1}}";
            refused(all, of, 422, ask(of, Admin.ADMIN, path, invalid));
        }
        all.assertThat(Admin.get(rig, "versions").text()).isEqualTo(before);
        all.assertAll();
    }
}
