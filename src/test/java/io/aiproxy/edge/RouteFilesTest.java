package io.aiproxy.edge;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.camel.catalog.DefaultCamelCatalog;
import org.apache.camel.catalog.EndpointValidationResult;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The route files of the project, and those shown in its pages, before any gateway runs them. */
class RouteFilesTest {
    private static final Pattern YAML_BLOCK = Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL);
    private static final Set<String> SERVERS = Set.of("#gateway", "#ops", "#demo");
    private static final Set<String> STAGES =
            Set.of("authenticate", "admit", "limit", "choose", "reserve", "substitute", "judge", "settle");
    private static final DefaultCamelCatalog CATALOG = new DefaultCamelCatalog();
    private static final JsonSchema SCHEMA = schema();

    @TempDir
    private Path temp;

    private static JsonSchema schema() {
        try (InputStream in = RouteFilesTest.class.getResourceAsStream("/schema/camelYamlDsl.json")) {
            return JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V4).getSchema(in);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    static List<RouteYaml> files() throws IOException {
        List<RouteYaml> files = new ArrayList<>();
        for (Path file : EdgeKit.files()) {
            files.add(RouteYaml.read(Path.of("routes").relativize(file).toString(), Files.readString(file)));
        }
        return files;
    }

    static List<RouteYaml> examples() throws IOException {
        List<RouteYaml> examples = new ArrayList<>();
        for (Path page : pages()) {
            Matcher blocks = YAML_BLOCK.matcher(Files.readString(page));
            while (blocks.find()) {
                if (blocks.group(1).contains("route:") || blocks.group(1).contains("routeConfiguration:")) {
                    examples.add(RouteYaml.read(page + "@" + blocks.start(), blocks.group(1)));
                }
            }
        }
        return examples;
    }

    private static List<Path> pages() throws IOException {
        try (Stream<Path> docs = Files.walk(Path.of("docs"));
                Stream<Path> routes = Files.walk(Path.of("routes"))) {
            return Stream.concat(Stream.of(Path.of("README.md")), Stream.concat(docs, routes))
                    .filter(page -> page.toString().endsWith(".md"))
                    .sorted()
                    .toList();
        }
    }

    static List<RouteYaml> all() throws IOException {
        return Stream.concat(files().stream(), examples().stream()).toList();
    }

    @Test
    void there_are_routes_and_examples() throws IOException {
        assertThat(files()).hasSizeGreaterThanOrEqualTo(14);
        assertThat(examples()).hasSizeGreaterThanOrEqualTo(3);
    }

    @ParameterizedTest
    @MethodSource("all")
    void is_valid_by_the_schema(RouteYaml file) {
        JsonNode tree = new ObjectMapper().valueToTree(file.elements());
        assertThat(SCHEMA.validate(tree)).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("all")
    void endpoints_have_only_options_that_exist(RouteYaml file) {
        for (Map<String, Object> endpoint : file.endpoints()) {
            String uri = RouteYaml.uri(endpoint);
            if (!uri.startsWith("upstream:")) {
                EndpointValidationResult result = CATALOG.validateEndpointProperties(uri);
                assertThat(result.isSuccess())
                        .as(() -> uri + ": " + result.summaryErrorMessage(false))
                        .isTrue();
            }
        }
    }

    @ParameterizedTest
    @MethodSource("files")
    void one_file_is_one_route_named_after_it(RouteYaml file) {
        String id = file.where().replace(RouteFiles.SUFFIX, "").replace('/', '-');
        assertThat(file.elements()).hasSize(1);
        assertThat(file.elements().get(0)).hasSize(1).allSatisfy((kind, says) -> assertThat(RouteYaml.map(says))
                .containsEntry("id", id)
                .containsKey("description"));
        assertThat(file.all("route")).allSatisfy(route -> assertThat(route).containsKeys("description", "note"));
    }

    @ParameterizedTest
    @MethodSource("all")
    void every_route_says_what_it_is_for(RouteYaml file) {
        assertThat(file.all("route")).allSatisfy(route -> assertThat(route).containsKeys("id", "description"));
    }

    @ParameterizedTest
    @MethodSource("all")
    void every_step_has_an_id(RouteYaml file) {
        file.steps(step ->
                assertThat(step.getValue()).as(step.getKey() + " in " + file).containsKey("id"));
    }

    @ParameterizedTest
    @MethodSource("all")
    void there_are_no_scripts(RouteYaml file) {
        file.steps(step -> assertThat(step.getKey()).isNotEqualTo("script"));
        assertThat(file.text()).doesNotContain("groovy", "joor", "javascript");
    }

    @ParameterizedTest
    @MethodSource("all")
    void front_doors_use_a_shared_server_and_keep_stack_traces_to_themselves(RouteYaml file) {
        for (Map<String, Object> route : file.all("route")) {
            Map<String, Object> from = RouteYaml.map(route.get("from"));
            if (from.get("uri").toString().startsWith("netty-http:")) {
                Map<String, Object> parameters = RouteYaml.map(from.get("parameters"));
                assertThat(parameters).containsEntry("muteException", true);
                assertThat(SERVERS).contains((String) parameters.get("nettySharedHttpServer"));
            }
            if (from.get("uri").toString().startsWith("vertx-websocket:")) {
                assertThat(from).doesNotContainKey("parameters");
                assertThat(from.get("uri").toString()).startsWith("vertx-websocket:0.0.0.0:{{aiproxy.port}}/");
            }
        }
    }

    @Test
    void ids_are_unique() throws IOException {
        List<String> ids = new ArrayList<>();
        for (RouteYaml file : files()) {
            file.all("route").forEach(route -> ids.add((String) route.get("id")));
            file.all("routeConfiguration").forEach(it -> ids.add((String) it.get("id")));
            file.steps(step -> ids.add((String) step.getValue().get("id")));
        }
        assertThat(ids).doesNotContainNull().doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @MethodSource("all")
    void failures_of_the_stages_are_told_in_the_callers_dialect(RouteYaml file) {
        for (Map<String, Object> route : file.all("route")) {
            if (!stages(route).isEmpty()) {
                assertThat(route)
                        .containsEntry("routeConfigurationId", "errors-*")
                        .doesNotContainKey("errorHandler");
            }
            if (RouteYaml.map(route.get("from")).get("uri").toString().startsWith("direct:")) {
                assertThat(RouteYaml.map(route.get("errorHandler")))
                        .as("otherwise its failures never get to the front door")
                        .containsOnlyKeys("noErrorHandler");
            }
        }
    }

    @Test
    void front_doors_have_every_stage_in_its_order() throws IOException {
        List<Map<String, Object>> doors = all().stream()
                .flatMap(file -> file.all("route").stream())
                .filter(route -> !stages(route).isEmpty())
                .toList();
        assertThat(doors)
                .extracting(route -> route.get("id"))
                .as("the project's own and an example at least")
                .contains("proxy-http", "proxy-websocket")
                .hasSizeGreaterThanOrEqualTo(3);
        assertThat(doors).allSatisfy(route -> assertThat(stages(route))
                .containsExactly(
                        "authenticate",
                        "admit",
                        "limit",
                        "choose",
                        "loop",
                        "reserve",
                        "substitute",
                        "upstream",
                        "judge",
                        "settle"));
    }

    @Test
    void both_front_doors_have_a_step_for_every_stage_named_after_it() throws IOException {
        Map<String, List<Map<String, Object>>> doors = new HashMap<>();
        for (RouteYaml file : files()) {
            file.steps(step -> {
                if (step.getValue().get("ref") instanceof String ref && STAGES.contains(ref)) {
                    doors.computeIfAbsent(ref, stage -> new ArrayList<>()).add(step.getValue());
                }
            });
        }
        assertThat(doors).containsOnlyKeys(STAGES).allSatisfy((stage, steps) -> assertThat(steps)
                .extracting(step -> step.get("id"))
                .containsExactlyInAnyOrder(stage, "socket-" + stage));
    }

    /** The stages among the route's steps, as calls meet them; the failover loop is told before what stands in it. */
    private static List<String> stages(Map<String, Object> route) {
        List<String> found = new ArrayList<>();
        stages(RouteYaml.map(route.get("from")).get("steps"), found);
        return found;
    }

    private static void stages(Object steps, List<String> found) {
        for (Object step : (List<?>) steps) {
            RouteYaml.map(step).forEach((kind, says) -> {
                Map<String, Object> said = RouteYaml.map(says);
                if (said.get("ref") instanceof String ref && STAGES.contains(ref)) {
                    found.add(ref);
                }
                if ("upstream:${exchangeProperty.channel}".equals(said.get("uri"))) {
                    found.add("upstream");
                }
                if (kind.equals("loop") && "${exchangeProperty.attempting}".equals(said.get("simple"))) {
                    assertThat(said).containsEntry("doWhile", true);
                    found.add("loop");
                }
                if (said.get("steps") != null) {
                    stages(said.get("steps"), found);
                }
            });
        }
    }

    @Test
    void what_is_named_exists() throws Exception {
        Set<String> consumers = new HashSet<>();
        Set<String> configurations = new HashSet<>();
        for (RouteYaml file : files()) {
            file.all("route")
                    .forEach(route -> consumers.add(
                            (String) RouteYaml.map(route.get("from")).get("uri")));
            file.all("routeConfiguration").forEach(it -> configurations.add((String) it.get("id")));
        }
        try (EdgeKit kit = new EdgeKit(temp)) {
            for (RouteYaml file : files()) {
                file.steps(step -> {
                    if (step.getValue().get("ref") instanceof String ref) {
                        assertThat(kit.edge().names()).contains(ref);
                    }
                    if (step.getValue().get("uri") instanceof String uri && uri.startsWith("direct:")) {
                        assertThat(consumers).contains(uri);
                    }
                });
                file.all("route").stream()
                        .map(route -> route.get("routeConfigurationId"))
                        .filter(String.class::isInstance)
                        .forEach(wanted -> assertThat(configurations)
                                .anyMatch(id -> id.matches(wanted.toString().replace("*", ".*"))));
            }
        }
    }

    @Test
    void the_projects_routes_start() throws Exception {
        try (EdgeKit kit = new EdgeKit(temp)) {
            kit.load(Path.of("routes"));
        }
    }

    @ParameterizedTest
    @MethodSource("examples")
    void examples_start_beside_the_projects_routes(RouteYaml example) throws Exception {
        EdgeKit.copyTo(temp.resolve("routes"));
        Files.createDirectories(temp.resolve("routes/custom"));
        Files.writeString(temp.resolve("routes/custom/example" + RouteFiles.SUFFIX), example.text());
        for (Map<String, Object> route : example.all("route")) {
            // an example that changes one of the project's routes stands in its place
            String id = route.get("id").toString();
            Files.deleteIfExists(temp.resolve("routes/" + id.replaceFirst("-", "/") + RouteFiles.SUFFIX));
        }
        try (EdgeKit kit = new EdgeKit(temp.resolve("data"))) {
            kit.load(temp.resolve("routes"));
        }
    }

    @Test
    void the_guide_lists_every_bean_that_routes_can_name() throws Exception {
        String guide = Files.readString(Path.of("docs/guide/reload-and-routes.md"));
        try (EdgeKit kit = new EdgeKit(temp)) {
            for (String name : kit.edge().names()) {
                assertThat(guide)
                        .containsAnyOf("`" + name + "`", "`#" + name + "`", "`" + name.replaceFirst("-.*", "-*") + "`");
            }
        }
    }
}
