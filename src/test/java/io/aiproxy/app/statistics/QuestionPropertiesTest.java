package io.aiproxy.app.statistics;

import static io.aiproxy.testing.CallRecord.at;
import static org.assertj.core.api.Assertions.assertThat;

import io.aiproxy.admin.UsageDesk.Declined;
import io.aiproxy.admin.UsageDesk.Question;
import io.aiproxy.admin.UsageDesk.Topic;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/** Whatever is asked is answered or declined with a parameter's name. */
class QuestionPropertiesTest {
    private static Path directory;
    private static Desk desk;

    @BeforeContainer
    static void open() throws IOException {
        directory = Files.createTempDirectory("aiproxy-desk");
        desk = new Desk(directory).open();
        desk.books.with(at("a", "2026-05-20T11:00:00Z").record());
    }

    @AfterContainer
    static void delete() throws IOException {
        for (String file : List.of("users.yaml", "channels.yaml", "system.yaml")) {
            Files.delete(directory.resolve(file));
        }
        Files.delete(directory);
    }

    @Provide
    Arbitrary<String> names() {
        return Arbitraries.of(
                "start_time",
                "end_time",
                "time_zone",
                "granularity",
                "by",
                "sort",
                "top",
                "limit",
                "offset",
                "latency",
                "user",
                "currency",
                "cursor",
                "records",
                "format",
                "of",
                "lang",
                "title",
                "bom",
                "key");
    }

    @Provide
    Arbitrary<String> values() {
        return Arbitraries.oneOf(
                Arbitraries.of(
                        "",
                        "0",
                        "-1",
                        "1970-01-01",
                        "9999-12-31",
                        "9999-12-31T23:59:59+18:00",
                        "+999999999-12-31T00:00Z",
                        "999999999",
                        "9999999999999",
                        "2026-05-20",
                        "2026-03-29T02:30",
                        "UTC",
                        "+18:00",
                        "-18:00",
                        "Europe/Berlin",
                        "GMT0",
                        "minute",
                        "hour",
                        "day",
                        "month",
                        "total",
                        "true",
                        "user",
                        "-cost",
                        "user,model",
                        "records",
                        "ndjson",
                        "json",
                        "xlsx",
                        "csv",
                        "zh",
                        "errors",
                        "MS54YQ",
                        "1"),
                Arbitraries.strings().ofMaxLength(12));
    }

    @Property(tries = 2000)
    void nothing_is_a_defect(
            @ForAll Topic topic,
            @ForAll("names") String first,
            @ForAll("values") String one,
            @ForAll("names") String second,
            @ForAll("values") String other) {
        Map<String, List<String>> parameters = first.equals(second)
                ? Map.of(first, List.of(one, other))
                : Map.of(first, List.of(one), second, List.of(other));
        String user = topic == Topic.OWN ? "zhangsan" : "";
        try {
            assertThat(desk.service.answer(new Question(topic, "/here", "a", parameters, user)))
                    .isNotNull();
        } catch (Declined e) {
            assertThat(e.why()).isIn(Declined.Why.MALFORMED, Declined.Why.TOO_MUCH, Declined.Why.NOT_FOUND);
            assertThat(e.getMessage()).isNotEmpty();
        }
    }
}
