package io.aiproxy.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import org.apache.camel.spi.Resource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The routes inside the program. */
class BuiltInRoutesTest {
    private static final List<String> ENTRIES = List.of(
            "routes/",
            "routes/proxy/websocket.camel.yaml",
            "routes/proxy/http.camel.yaml",
            "routes/demo/demo.camel.yaml",
            "routes/errors/openai.camel.yaml",
            "routes/README.md",
            "other/routes/x.camel.yaml");

    private static final List<String> NAMES = List.of("demo/demo", "errors/openai", "proxy/http", "proxy/websocket");

    @TempDir
    private Path temp;

    private List<Resource> read(boolean demo) throws IOException {
        Path file = temp.resolve("program.jar");
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(file))) {
            for (String name : ENTRIES) {
                out.putNextEntry(new JarEntry(name));
                out.write(name.getBytes(StandardCharsets.UTF_8));
            }
        }
        try (JarFile jar = new JarFile(file.toFile())) {
            return RouteFiles.in(jar, NAMES, demo);
        }
    }

    @Test
    void of_a_jar_are_read_in_their_order_and_completely() throws IOException {
        List<Resource> resources = read(true);
        assertThat(resources)
                .extracting(Resource::getLocation)
                .containsExactly(
                        "file:/routes/demo/demo.camel.yaml",
                        "file:/routes/errors/openai.camel.yaml",
                        "file:/routes/proxy/http.camel.yaml",
                        "file:/routes/proxy/websocket.camel.yaml");
        assertThat(resources.get(2).getInputStream()).hasContent("routes/proxy/http.camel.yaml");
    }

    @Test
    void of_the_demo_are_left_out_elsewhere() throws IOException {
        assertThat(read(false))
                .extracting(Resource::getLocation)
                .doesNotContain("file:/routes/demo/demo.camel.yaml")
                .hasSize(3);
    }

    @Test
    void of_a_jar_that_lacks_one() throws IOException {
        read(true);
        try (JarFile jar = new JarFile(temp.resolve("program.jar").toFile())) {
            assertThatThrownBy(() -> RouteFiles.in(jar, List.of("proxy/http", "proxy/other"), false))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("routes/proxy/other.camel.yaml");
        }
    }

    /** {@link BuiltInRoutes} has to name every file that the build puts into the program, in the order of their names. */
    @Test
    void are_all_listed() throws IOException {
        Path routes = Path.of("routes");
        try (Stream<Path> files = Files.walk(routes)) {
            assertThat(BuiltInRoutes.NAMES)
                    .containsExactlyElementsOf(
                            files.map(file -> routes.relativize(file).toString().replace('\\', '/'))
                                    .filter(name -> name.endsWith(RouteFiles.SUFFIX) && !name.startsWith("custom/"))
                                    .map(name -> name.substring(0, name.length() - RouteFiles.SUFFIX.length()))
                                    .sorted()
                                    .toList());
        }
    }

    /** No start looks for it. */
    @Test
    void have_each_an_id_of_its_own() throws Exception {
        RouteFiles files = RouteFiles.builtIn(true);
        assertThat(files.builtIn()).isTrue();
        RouteIds.check(files.resources());
    }

    @Test
    void are_all_that_the_project_has() throws IOException {
        RouteFiles all = RouteFiles.builtIn(true);
        assertThat(all.where()).isEqualTo("built-in");
        assertThat(all.size()).isEqualTo(EdgeKit.files().size());
    }

    /** Whoever has only the jar and drops a file beside the configuration keeps all front doors. */
    @Test
    void are_added_to_by_a_directory_with_files_of_somebodys_own() throws IOException {
        Path directory = Files.createDirectories(temp.resolve("routes"));
        assertThat(RouteFiles.of(directory, false).where()).isEqualTo("built-in");
        Files.createDirectories(directory.resolve("custom"));
        Files.writeString(directory.resolve("custom/sink.camel.yaml"), "- route: {}");
        Files.writeString(directory.resolve("kafka.camel.yaml"), "- route: {}");

        RouteFiles found = RouteFiles.of(directory, false);

        assertThat(found.size()).isEqualTo(RouteFiles.builtIn(false).size() + 2);
        assertThat(found.where()).isEqualTo("built-in and " + directory);
        assertThat(found.builtIn()).as("ids are looked at").isFalse();
        assertThat(RouteFiles.of(temp.resolve("nowhere"), false).builtIn()).isTrue();
    }

    @Test
    void are_not_used_beside_a_copy_of_them() throws IOException {
        Path directory = Files.createDirectories(temp.resolve("routes/proxy"));
        Files.writeString(directory.resolve("http.camel.yaml"), "- route: {}");

        assertThat(RouteFiles.of(temp.resolve("routes"), false).size()).isEqualTo(1);
    }
}
