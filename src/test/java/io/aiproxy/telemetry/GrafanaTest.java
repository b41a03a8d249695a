package io.aiproxy.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;

/** The dashboard and the alert rules ask for meters and tags that there are. */
class GrafanaTest {
    private static final Path DIRECTORY = Path.of("docs/grafana");
    private static final Pattern NAME = Pattern.compile("aiproxy_[a-z_]+");
    private static final Pattern TAGS = Pattern.compile("(aiproxy_[a-z_]+)\\{([^}]*)}");

    private static Map<String, Set<String>> known() {
        Map<String, Set<String>> known = new TreeMap<>();
        for (Meters meter : Meters.values()) {
            Set<String> tags = new HashSet<>();
            meter.tags().forEach(tag -> tags.add(tag.key()));
            for (String suffix : meter.type() == MeterType.HISTOGRAM
                    ? new String[] {"_bucket", "_sum", "_count"}
                    : new String[] {""}) {
                known.put(meter.prometheusName() + suffix, tags);
            }
        }
        return known;
    }

    private static void check(String expression) {
        Matcher names = NAME.matcher(expression);
        while (names.find()) {
            assertThat(known()).as(expression).containsKey(names.group());
        }
        Matcher selections = TAGS.matcher(expression);
        while (selections.find()) {
            for (String matcher : selections.group(2).split(",", -1)) {
                assertThat(known().get(selections.group(1))).as(expression).contains(matcher.split("=~?|!=", 2)[0]);
            }
        }
    }

    @Test
    void theDashboardAsksForMetersThatThereAre() throws IOException {
        JsonNode board = new ObjectMapper().readTree(Files.readString(DIRECTORY.resolve("aiproxy.json")));
        Set<Integer> ids = new HashSet<>();
        int expressions = 0;
        for (JsonNode panel : board.path("panels")) {
            assertThat(ids.add(panel.path("id").asInt())).isTrue();
            for (JsonNode target : panel.path("targets")) {
                check(target.path("expr").asText());
                expressions++;
            }
        }
        assertThat(expressions).isGreaterThan(20);
    }

    @Test
    void theRulesAskForMetersThatThereAre() throws IOException {
        String text = Files.readString(DIRECTORY.resolve("alerts.yaml"));
        Map<String, Object> parsed = new Yaml().load(text);

        assertThat(parsed).containsKey("groups");
        check(text);
    }
}
