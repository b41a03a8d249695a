package io.aiproxy.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.aiproxy.config.LimitConfig;
import io.aiproxy.config.Status;
import io.aiproxy.config.SystemConfig.AccessLogConfig.Format;
import io.aiproxy.core.Ending;
import io.aiproxy.core.FailureKind;
import io.aiproxy.core.Ticker;
import io.aiproxy.core.Usage;
import io.aiproxy.core.UsageSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The list of meters, its printed form, and that nobody makes up others. */
class MetersTest {
    private static final Path REFERENCE = Path.of("docs/reference/metrics.md");
    private static final Pattern HOME_MADE = Pattern.compile(
            "\\b(Counter|FunctionCounter|Gauge|TimeGauge|MultiGauge|Timer|FunctionTimer|LongTaskTimer|DistributionSummary)"
                    + "\\s*\\.\\s*builder\\s*\\(|[rR]egistry(\\(\\))?\\s*\\.\\s*(counter|gauge|timer|summary)\\s*\\(");

    @Test
    void everyMeterIsShownUnderTheNameThatIsDocumented(@TempDir Path dir) {
        AccessLog log = new AccessLog(Samples.accessLog(Format.OFF, "x"), dir, Ticker.SYSTEM);
        try (Telemetry telemetry = new Telemetry(log, Ticker.SYSTEM)) {
            telemetry.accept(Samples.with()
                    .ended(401, Ending.REFUSED, "invalid_api_key")
                    .attempts(Samples.failed("a", 0, FailureKind.UPSTREAM_TIMEOUT))
                    .build());
            telemetry.sockets().opened("a");
            telemetry.accept(Samples.session().build());
            for (Meters meter : Meters.values()) {
                if (meter.tags().equals(List.of(MeterTag.ROUTE))) {
                    telemetry.route(meter, "proxy-http", () -> 1);
                }
            }
            telemetry.configured(Samples.snapshot(1, List.of(Samples.channel("a", "A", Status.ACTIVE)), List.of()));
            telemetry.observeChannels(Meters.CHANNEL_IN_FLIGHT, channel -> 1);
            telemetry.observeChannels(Meters.CHANNEL_CREDENTIALS, channel -> 1, "healthy");
            telemetry.healthChanged("a", "open");
            telemetry.limitRejected(LimitConfig.Quantity.TOKENS, "user", true);
            telemetry.limitNearing(LimitConfig.Quantity.TOKENS, "user");
            telemetry.observe(Meters.CLIENT_CONNECTIONS, () -> 1);
            telemetry.observe(Meters.EVENT_LOOP_LATE, () -> 1);
            telemetry.observe(Meters.ROUTES_GENERATION, () -> 1);
            telemetry.observe(Meters.LIMIT_STORE_UP, () -> 1);
            telemetry.accept(Samples.with()
                    .ended(499, Ending.CANCELLED, "client_closed_request")
                    .build());
            telemetry.observe(Meters.EVENTS_DROPPED, () -> 1, "usage-events");
            Usage some = new Usage(1, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
            telemetry.used(new Used("a", some, UsageSource.PROVIDER, 3, "CNY"));
            telemetry.used(new Used("a", some, UsageSource.ESTIMATED, 0, ""));
            telemetry.observe(Meters.LIMIT_STORE_OUTAGES, () -> 1);
            telemetry.observe(Meters.LIMIT_STORE_MISSES, () -> 1);
            for (Meters meter : Meters.values()) {
                if (meter.id().startsWith("aiproxy.journal.")) {
                    telemetry.observe(meter, () -> 1);
                }
            }
            String scraped = telemetry.scrape();
            for (Meters meter : Meters.values()) {
                String kind = meter.type().name().toLowerCase(Locale.ROOT);
                assertThat(scraped).contains("# TYPE " + meter.prometheusName() + " " + kind + "\n");
                assertThat(scraped).contains("# HELP " + meter.prometheusName() + " " + meter.meaning());
            }
        }
    }

    @Test
    void theReferenceIsUpToDate() throws IOException {
        String expected = reference();
        if (Boolean.getBoolean("aiproxy.regenerate")) {
            Files.createDirectories(REFERENCE.getParent());
            Files.writeString(REFERENCE, expected);
        }
        assertThat(REFERENCE)
                .as("run this test with -Daiproxy.regenerate=true")
                .exists()
                .content()
                .isEqualTo(expected);
    }

    private static String reference() {
        StringBuilder page = new StringBuilder("""
                # Metrics

                Generated from `io.aiproxy.telemetry.Meters`; do not edit. Regenerate with
                `./mvnw test -Dtest=MetersTest -Daiproxy.regenerate=true`.

                `GET /metrics` gives them in Prometheus's text format. Users, keys, models and paths are no tags: they are in
                the access log. A histogram has `_count`, `_sum` and `_bucket` rows, and a row `<name>_max` besides.

                Of configured channels, if they are 100 at most, the rows that are known beforehand are there with 0 from the start, because
                `rate()` sees no increase in a row's first value: attempts (`ok`, `4xx`, `5xx`), callers who leave, calls
                without a price. Those of WebSockets appear with a channel's first socket: most channels never have one.
                Rows with an operation, a code or a cause appear when it occurs first. The meters of Redis are there
                where limits are kept in Redis.

                """);
        for (Meters meter : Meters.values()) {
            page.append("## `").append(meter.prometheusName()).append("`\n\n");
            page.append(meter.meaning()).append("\n\n");
            page.append("- type: ")
                    .append(meter.type().name().toLowerCase(Locale.ROOT))
                    .append('\n');
            if (meter.unit() != MeterUnit.NONE) {
                page.append("- unit: ").append(meter.unit().word()).append('\n');
            }
            if (!meter.tags().isEmpty()) {
                page.append("- tags: ")
                        .append(meter.tags().stream()
                                .map(tag -> "`" + tag.key() + "`")
                                .collect(Collectors.joining(", ")))
                        .append('\n');
            }
            page.append('\n');
        }
        page.append("## Tags\n\n| tag | values | how many |\n|---|---|---|\n");
        for (MeterTag tag : MeterTag.values()) {
            page.append("| `").append(tag.key()).append("` | ");
            page.append(tag.range()).append(" | ").append(tag.cardinality()).append(" |\n");
        }
        page.append("""

                ## The process

                Besides these, Micrometer's own meters of the JVM and the process: `jvm_memory_*`, `jvm_gc_*`,
                `jvm_threads_*`, `jvm_classes_*`, `jvm_buffer_*`, `process_cpu_*`, `system_cpu_*`, `system_load_*`,
                `process_files_*`, `process_uptime_seconds`, `process_start_time_seconds`.
                """);
        return page.toString();
    }

    @Test
    void nobodyElseMakesMeters() throws IOException {
        try (Stream<Path> sources = Files.walk(Path.of("src/main/java"))) {
            List<Path> offenders = sources.filter(path -> path.toString().endsWith(".java"))
                    .filter(path -> !path.toString().replace('\\', '/').contains("/telemetry/"))
                    .filter(MetersTest::makesMeters)
                    .toList();
            assertThat(offenders)
                    .as("meters are made from telemetry.Meters (see Telemetry.route) and nowhere else")
                    .isEmpty();
        }
    }

    @Test
    void theSearchForThemWorks() {
        assertThat("Counter.builder(\"x\")").containsPattern(HOME_MADE);
        assertThat("this.meterRegistry.counter(\"x\")").containsPattern(HOME_MADE);
        assertThat("registry().timer(\"x\")").containsPattern(HOME_MADE);
        assertThat("channels.counter(x) Stream.builder()").doesNotContainPattern(HOME_MADE);
        assertThat(makesMeters(Path.of("src/main/java/io/aiproxy/telemetry/MeterRegistrar.java")))
                .isTrue();
    }

    private static boolean makesMeters(Path source) {
        try {
            return HOME_MADE.matcher(Files.readString(source)).find();
        } catch (IOException unreadable) {
            throw new java.io.UncheckedIOException(unreadable);
        }
    }
}
