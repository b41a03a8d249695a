package io.aiproxy.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every {@code golden/config/*.golden}: free text, then the input files, each behind a line {@code === name} (and {@code
 * === env} for the environment), then behind {@code === expected} the effective configuration or the exact problems and
 * warnings. A new case is a new file; {@code -Daiproxy.regenerate=true} writes what came out, to be read before it is
 * committed.
 */
class GoldenConfigTest {
    private static final Path CASES = Path.of("src/test/resources/golden/config");
    private static final String EXPECTED = "expected";

    @TempDir
    Path directory;

    @TestFactory
    List<DynamicTest> cases() throws IOException {
        try (Stream<Path> files = Files.list(CASES)) {
            List<Path> cases =
                    files.filter(f -> f.toString().endsWith(".golden")).sorted().toList();
            assertThat(cases).isNotEmpty();
            return cases.stream()
                    .map(f -> DynamicTest.dynamicTest(String.valueOf(f.getFileName()), () -> check(f)))
                    .toList();
        }
    }

    private void check(Path golden) throws IOException {
        Map<String, String> sections = sections(Files.readString(golden));
        Path home = directory.resolve(String.valueOf(golden.getFileName()));
        Files.createDirectories(home);
        sections.forEach((name, content) -> {
            if (!name.isEmpty() && !name.equals("env") && !name.equals(EXPECTED)) {
                write(home.resolve(name), content);
            }
        });
        String outcome = outcome(home, environment(sections.getOrDefault("env", "")));
        if (Boolean.getBoolean("aiproxy.regenerate")) {
            String text = Files.readString(golden);
            Files.writeString(golden, text.substring(0, text.indexOf("=== " + EXPECTED + "\n") + 13) + outcome);
        } else {
            assertThat(outcome).as(golden.toString()).isEqualTo(sections.get(EXPECTED));
        }
    }

    private static String outcome(Path home, Map<String, String> environment) {
        try {
            ConfigLoader.Loaded loaded = ConfigLoader.load(home, environment::get, new Source.Keys());
            StringBuilder outcome = new StringBuilder(SnapshotText.of(loaded.at(1, Instant.EPOCH), home));
            loaded.warnings()
                    .forEach(warning ->
                            outcome.append("warning: ").append(warning).append('\n'));
            return outcome.toString();
        } catch (ConfigException e) {
            return e.getMessage().replace(home.toString(), "<config>") + "\n";
        }
    }

    private static Map<String, String> sections(String text) {
        Map<String, String> sections = new LinkedHashMap<>();
        String name = "";
        List<String> lines = new ArrayList<>();
        for (String line : text.split("\n", -1)) {
            if (line.startsWith("=== ")) {
                sections.put(name, joined(lines));
                name = line.substring(4);
                lines.clear();
            } else {
                lines.add(line);
            }
        }
        lines.remove(lines.size() - 1); // what follows the last line end
        sections.put(name, joined(lines));
        return sections;
    }

    private static String joined(List<String> lines) {
        return lines.isEmpty() ? "" : String.join("\n", lines) + "\n";
    }

    private static Map<String, String> environment(String lines) {
        Map<String, String> environment = new LinkedHashMap<>();
        lines.lines()
                .forEach(line ->
                        environment.put(line.substring(0, line.indexOf('=')), line.substring(line.indexOf('=') + 1)));
        return environment;
    }

    private static void write(Path file, String content) {
        try {
            Files.createDirectories(file.getParent());
            Files.writeString(file, content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
