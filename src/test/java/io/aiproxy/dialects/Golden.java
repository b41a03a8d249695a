package io.aiproxy.dialects;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/**
 * Cases in files: what goes in, a line of five equals signs, what must come out. {@code -Dgolden.update=true} writes the
 * second half; look at the difference before committing it.
 */
final class Golden {
    private static final String RULE = "\n=====\n";

    private Golden() {}

    static Stream<DynamicTest> cases(String folder, Function<String, String> subject) throws IOException {
        Path root = Path.of("src/test/resources/golden/dialect", folder);
        List<Path> files;
        try (Stream<Path> found = Files.list(root)) {
            files = found.sorted().toList();
        }
        assertThat(files).isNotEmpty();
        return files.stream()
                .map(file -> DynamicTest.dynamicTest(file.getFileName().toString(), () -> {
                    String text = Files.readString(file);
                    int rule = text.indexOf(RULE);
                    String input = rule < 0 ? text.stripTrailing() : text.substring(0, rule);
                    String actual = subject.apply(input).stripTrailing() + "\n";
                    if (Boolean.getBoolean("golden.update")) {
                        write(file, input + RULE + actual);
                    }
                    assertThat(actual).isEqualTo(rule < 0 ? "" : text.substring(rule + RULE.length()));
                }));
    }

    private static void write(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
