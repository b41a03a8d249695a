package io.aiproxy.admin;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The description, the table of operations and the routes say the same. */
class OpenApiTest {
    @TempDir
    private Path directory;

    private JsonNode document(AdminRig rig) {
        return rig.get("openapi.json").json();
    }

    @Test
    void every_operation_is_described_and_nothing_else() {
        AdminRig rig = new AdminRig(directory);
        Set<String> described = new TreeSet<>();
        document(rig).path("paths").properties().forEach(path -> path.getValue()
                .fieldNames()
                .forEachRemaining(
                        method -> described.add(method.toUpperCase(java.util.Locale.ROOT) + " " + path.getKey())));
        Set<String> there = rig.api().table().stream()
                .map(operation -> operation.method() + " " + Table.ROOT + operation.template())
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(described).isEqualTo(there);
    }

    @Test
    void every_reference_leads_somewhere() {
        JsonNode document = document(new AdminRig(directory));
        document.findValuesAsText("$ref").forEach(reference -> assertThat(
                        document.at(reference.substring(1)).isMissingNode())
                .as(reference)
                .isFalse());
    }

    @Test
    void every_resource_has_a_route_and_every_route_a_resource() throws IOException {
        Set<String> resources = new AdminRig(directory)
                .api().table().stream()
                        .map(operation -> operation.template().split("/", 2)[0])
                        .collect(Collectors.toCollection(TreeSet::new));
        Set<String> routed = new TreeSet<>();
        try (Stream<Path> files = Files.list(Path.of("routes/ops"))) {
            for (Path file : (Iterable<Path>) files::iterator) {
                Files.readString(file)
                        .lines()
                        .filter(line -> line.contains("uri: ") && line.contains("/api/v1/"))
                        .forEach(line -> routed.add(line.substring(line.indexOf("/api/v1/") + 8)));
            }
        }
        assertThat(routed)
                .isEqualTo(resources)
                .doesNotContain("services", "tasks", "uploads", "files", "models", "apps");
    }

    @Test
    void every_problem_is_documented() throws IOException {
        String page = Files.readString(Path.of("docs/reference/admin-api.md"));
        for (Trouble trouble : Trouble.values()) {
            assertThat(page).contains("| `" + trouble.code() + "` | " + trouble.status() + " |");
        }
    }
}
