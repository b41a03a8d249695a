package io.aiproxy.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import io.aiproxy.core.FailureKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What can be checked of the pages that people write by hand. */
class DocumentationTest {
    private static final Path ROOT = Path.of("").toAbsolutePath();
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)#]+)[^)]*\\)");

    @ParameterizedTest
    @MethodSource("pages")
    void links_lead_somewhere(Path page) throws IOException {
        Matcher links = LINK.matcher(Files.readString(page));
        while (links.find()) {
            String target = links.group(1);
            if (!target.contains("://")) {
                assertThat(page.resolveSibling(target)).exists();
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void every_failure_stands_in_the_life_of_a_request(FailureKind kind) throws IOException {
        String origin = "| " + kind.origin().name().toLowerCase(Locale.ROOT) + " |";
        List<String> rows = Files.readAllLines(ROOT.resolve("docs/life-of-a-request.md")).stream()
                .filter(line -> line.startsWith(origin) && line.contains("`" + kind.code() + "`"))
                .toList();

        assertThat(rows).singleElement().asString().contains(Integer.toString(kind.status()));
    }

    @Test
    void every_page_of_the_guide_is_reached_from_the_readme() throws IOException {
        String readme = Files.readString(ROOT.resolve("README.md"));
        try (Stream<Path> guide = Files.list(ROOT.resolve("docs/guide"))) {
            assertThat(guide).isNotEmpty().allSatisfy(page -> assertThat(readme)
                    .contains("(docs/guide/" + page.getFileName() + ")"));
        }
    }

    static List<Path> pages() throws IOException {
        try (Stream<Path> docs = Files.walk(ROOT.resolve("docs"))) {
            return Stream.concat(
                            Stream.of("README.md", "CONTRIBUTING.md", "src/bench/README.md")
                                    .map(ROOT::resolve),
                            docs.filter(file -> file.toString().endsWith(".md")))
                    .toList();
        }
    }
}
