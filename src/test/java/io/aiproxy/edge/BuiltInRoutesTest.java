package io.aiproxy.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
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
            return RouteFiles.in(jar, demo);
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
    void are_all_that_the_project_has() throws IOException {
        RouteFiles all = RouteFiles.builtIn(true);
        assertThat(all.where()).isEqualTo("built-in");
        assertThat(all.size()).isEqualTo(EdgeKit.files().size());
    }
}
