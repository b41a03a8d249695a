package io.aiproxy.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import io.aiproxy.testing.FakeUpstream;
import io.aiproxy.testing.GatewayRig;
import io.aiproxy.testing.NeedsGateway;
import io.aiproxy.testing.Reply;
import io.aiproxy.testing.RigConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** What happens in the gateway reaches the routes that want to know it, and whoever they send it to. */
@NeedsGateway
class EventTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Path EXAMPLES = Path.of("docs/examples/routes");

    @AutoClose
    private final FakeUpstream upstream = FakeUpstream.start();

    @AutoClose
    private GatewayRig rig;

    private void prepare(String... limits) {
        upstream.onAny().reply(Calls.ok());
        RigConfig config = RigConfig.empty().channel("alpha", upstream);
        config.userLines(
                "zhangsan",
                "channels: [alpha]",
                "limits: [" + String.join(", ", limits) + "]",
                "keys: [{proxy_key: " + GatewayRig.KEY + ", name: laptop}]");
        rig = GatewayRig.prepare(config, settings -> settings);
    }

    /** A route that writes events of a stream into a file. */
    private void collect(String name, String stream, String... options) {
        rig.write("routes/custom/" + name + ".camel.yaml", """
                - route:
                    id: custom-NAME
                    description: Collects events
                    from:
                      uri: seda:STREAM-eventsOPTIONS
                      steps:
                        - to: {id: NAME-file, uri: "file:DIR?fileName=NAME.jsonl&fileExist=Append&appendChars=\\\\n"}
                """.replace("STREAM", stream)
                .replace("OPTIONS", options.length == 0 ? "" : "?" + String.join("&", options))
                .replace("NAME", name)
                .replace("DIR", events().toString()));
    }

    private Path events() {
        return rig.home().resolve("events");
    }

    private List<JsonNode> of(String name) throws IOException {
        return of(events().resolve(name + ".jsonl"));
    }

    private static List<JsonNode> of(Path file) throws IOException {
        List<JsonNode> found = new ArrayList<>();
        if (Files.exists(file)) {
            for (String line : Files.readAllLines(file)) {
                found.add(JSON.readTree(line));
            }
        }
        return found;
    }

    private List<JsonNode> await(String name, int count) {
        return Awaitility.await().until(() -> of(name), found -> found.size() >= count);
    }

    private static void valid(String stream, List<JsonNode> events) throws IOException {
        String schema = Files.readString(Path.of("docs/reference/events/" + stream + "-events.schema.json"));
        var checker =
                JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012).getSchema(schema);
        assertThat(events).isNotEmpty().allSatisfy(event -> assertThat(checker.validate(event))
                .isEmpty());
        var known = JSON.readTree(schema).get("properties");
        assertThat(events).allSatisfy(event -> event.fieldNames()
                .forEachRemaining(
                        field -> assertThat(known.has(field)).as(field).isTrue()));
    }

    @Test
    void limitsThatAreUsedUpAreToldOnce() throws Exception {
        prepare("{requests: 2, per: day, soft: 1}");
        collect("limits", "limit");
        rig.boot();

        for (int i = 0; i < 5; i++) {
            Calls.post(rig, Calls.CHAT, Calls.BODY, GatewayRig.AUTH);
        }

        List<JsonNode> told = await("limits", 2);
        valid("limit", told);
        assertThat(told)
                .extracting(event -> event.path("type").asText())
                .containsExactly("limit.nearing", "limit.exhausted");
        assertThat(told.get(1).path("owner").asText()).isEqualTo("zhangsan");
        assertThat(told.get(1).path("amount").asLong()).isEqualTo(2);
    }

    @Test
    void callersWhoAreNotLetInAreTold() throws Exception {
        prepare();
        collect("security", "security");
        rig.boot();

        for (int i = 0; i < 12; i++) {
            Calls.post(rig, Calls.CHAT, Calls.BODY, "Authorization: Bearer pk_nobody");
        }

        List<JsonNode> told = await("security", 2);
        valid("security", told);
        assertThat(told).extracting(event -> event.path("count").asInt()).containsExactly(1, 10);
        assertThat(told).allSatisfy(event -> {
            assertThat(event.path("code").asText()).isEqualTo("invalid_api_key");
            assertThat(event.toString()).doesNotContain("pk_nobody");
        });
    }

    @Test
    void whatAdministratorsDoIsTold() throws Exception {
        prepare();
        collect("admins", "security");
        rig.write("config/admin.yaml", Admin.tokens());
        rig.boot();

        Admin.send(rig, "PUT", "users/lisi", "{\"channels\":[\"alpha\"],\"proxy_key\":\"pk_test_lisi\"}");

        List<JsonNode> told = await("admins", 2);
        valid("security", told);
        assertThat(told).extracting(event -> event.path("type").asText()).contains("admin.attempted", "admin.done");
        assertThat(told.get(0).path("target").asText()).isEqualTo("lisi");
    }

    @Test
    void channelsThatFailAreTold() throws Exception {
        prepare();
        upstream.reset();
        upstream.onAny().reply(Reply.status(401));
        collect("channels", "channel");
        rig.boot();

        Calls.post(rig, Calls.CHAT, Calls.BODY, GatewayRig.AUTH);

        List<JsonNode> told = await("channels", 1);
        valid("channel", told);
        assertThat(told.get(0).path("now").asText()).isEqualTo("cooling_down");
        assertThat(told.get(0).path("channel").asText()).isEqualTo("alpha");
    }

    @Test
    void configurationsAndRoutesAreToldAlsoWhereTheyAreRefused() throws Exception {
        prepare();
        collect("configs", "config");
        rig.boot();
        String users = rig.read("config/users.yaml");

        rig.write("config/users.yaml", "users: [not, a, mapping]");
        await("configs", 1);
        rig.write("config/users.yaml", users + "# changed\n");
        await("configs", 2);
        rig.write(
                "routes/custom/more.camel.yaml",
                "- route: {id: custom-more, from: {uri: 'direct:x', steps: [{to: 'direct:nowhere'}]}}");
        List<JsonNode> told = await("configs", 3);

        valid("config", told);
        assertThat(told)
                .extracting(event -> event.path("type").asText())
                .startsWith("config.refused", "config.in_force", "routes.refused");
        assertThat(told.get(0).path("reason").asText()).contains("users.yaml");
    }

    @Test
    void severalRoutesGetEveryEventIfTheySaySo() {
        prepare("{requests: 1, per: day}");
        collect("one", "limit", "multipleConsumers=true");
        collect("two", "limit", "multipleConsumers=true");
        rig.boot();

        assertThat(postTwice()).isEqualTo(429);

        assertThat(await("one", 1)).hasSize(1);
        assertThat(await("two", 1)).hasSize(1);
    }

    private int postTwice() {
        try {
            Calls.post(rig, Calls.CHAT, Calls.BODY, GatewayRig.AUTH);
            return Calls.post(rig, Calls.CHAT, Calls.BODY, GatewayRig.AUTH).status();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void routesThatWouldTakeEventsAwayFromEachOtherAreRefused() {
        prepare();
        collect("one", "limit");
        rig.boot();

        collect("two", "limit", "size=5");

        assertThat(rig.awaitRoutesProblem()).contains("custom-", "multipleConsumers: true");
    }

    @Test
    void aSinkThatHangsCostsNothingButItsEvents() throws Exception {
        prepare();
        Path hangs = rig.home().resolve("hangs");
        rig.write(
                "routes/custom/slow.camel.yaml", """
                - route:
                    id: custom-slow
                    description: Takes a minute for every event
                    from:
                      uri: seda:security-events?size=1
                      steps:
                        - to: {id: slow-told, uri: "file:HOME?fileName=hangs"}
                        - delay: {id: slow-delay, constant: "60000", asyncDelayed: false}
                """.replace("HOME", rig.home().toString()));
        rig.boot();

        refusedCalls(1);
        Awaitility.await().until(() -> Files.exists(hangs));
        refusedCalls(999);

        assertThat(Calls.post(rig, Calls.CHAT, Calls.BODY, GatewayRig.AUTH).status())
                .isEqualTo(200);
        assertThat(Calls.get(rig, "/metrics").text())
                .contains("aiproxy_events_dropped_total{queue=\"security-events\"} 2.0");
    }

    private void refusedCalls(int count) throws IOException {
        for (int i = 0; i < count; i++) {
            assertThat(Calls.post(rig, Calls.CHAT, Calls.BODY, "Authorization: Bearer pk_nobody")
                            .status())
                    .isEqualTo(401);
        }
    }

    @Test
    void theExampleForUsageWritesALineForEachCall() throws Exception {
        prepare();
        upstream.reset();
        upstream.onAny()
                .reply(Reply.json("{\"model\":\"gpt-4o-2024\",\"choices\":[],\"usage\":{\"prompt_tokens\":7,"
                        + "\"completion_tokens\":5,\"total_tokens\":12}}"));
        rig.write("routes/custom/usage.camel.yaml", Files.readString(EXAMPLES.resolve("usage-to-files.camel.yaml")));
        rig.boot(GatewayRig.BOOKED);

        Calls.post(rig, Calls.CHAT, Calls.BODY, GatewayRig.AUTH);
        Calls.post(rig, Calls.CHAT, Calls.BODY, "Authorization: Bearer pk_nobody");

        List<JsonNode> told = new ArrayList<>(Awaitility.await().until(this::usageLines, lines -> lines.size() >= 2));
        valid("usage", told);
        told.sort(Comparator.comparing(line -> line.path("status").asInt())); // calls end in any order
        assertThat(told).extracting(line -> line.path("user").asText()).containsExactly("zhangsan", "");
        assertThat(told.get(0).path("usage").path("input_tokens").asLong()).isEqualTo(7);
        assertThat(told.get(0).path("model_answered").asText()).isEqualTo("gpt-4o-2024");
        assertThat(told.get(1).path("failure").asText()).isEqualTo("invalid_api_key");
    }

    private List<JsonNode> usageLines() throws IOException {
        List<JsonNode> lines = new ArrayList<>();
        Path directory = rig.home().resolve("data/events"); // the data directory, not that of the process
        if (Files.isDirectory(directory)) {
            try (var files = Files.list(directory)) {
                for (Path file : files.toList()) {
                    lines.addAll(of(file));
                }
            }
        }
        return lines;
    }

    @Test
    void theExampleForAWebhookWorks() throws Exception {
        prepare("{requests: 1, per: day}");
        FakeUpstream hook = FakeUpstream.start();
        try (hook) {
            hook.onAny().answer(asked -> Reply.status(asked.number() == 1 ? 503 : 204));
            rig.write(
                    "routes/custom/webhook.camel.yaml",
                    example(
                                    "alerts-to-webhook",
                                    "{{limits.webhook:http://127.0.0.1:9099/hooks/aiproxy}}",
                                    hook.baseUrl() + "/hooks/aiproxy")
                            .replace("redeliveryDelay: 2000", "redeliveryDelay: 1"));
            rig.boot();

            postTwice();

            hook.awaitRequest(2);
            assertThat(hook.requests().get(1).path()).isEqualTo("/hooks/aiproxy");
            assertThat(JSON.readTree(hook.requests().get(1).text()).path("type").asText())
                    .isEqualTo("limit.exhausted");
        }
    }

    private static String example(String name, String from, String to) throws IOException {
        String text = Files.readString(EXAMPLES.resolve(name + ".camel.yaml"));
        assertThat(text).contains(from);
        return text.replace(from, to);
    }
}
