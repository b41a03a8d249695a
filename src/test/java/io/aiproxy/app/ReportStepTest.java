package io.aiproxy.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.aiproxy.config.ConfigLoader;
import io.aiproxy.config.Snapshot;
import io.aiproxy.config.SystemConfig;
import io.aiproxy.core.Ticker;
import io.aiproxy.telemetry.AccessLog;
import io.aiproxy.telemetry.Telemetry;
import io.aiproxy.usage.Books;
import io.aiproxy.usage.report.Calls;
import io.aiproxy.usage.report.LedgerBooks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reports by the clock, with a clock that is moved by hand. */
class ReportStepTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    private Path dir;

    private final DefaultCamelContext camel = new DefaultCamelContext();
    private final LedgerBooks books = new LedgerBooks();
    private volatile Instant now = Instant.parse("2026-11-21T08:00:00Z");
    private volatile Optional<Books> open = Optional.of(books);
    private Telemetry telemetry;
    private Snapshot snapshot;
    private ReportStep step;

    private final Ticker ticker = new Ticker() {
        @Override
        public long nanos() {
            return 0;
        }

        @Override
        public long millis() {
            return now.toEpochMilli();
        }
    };

    @BeforeEach
    void prepare() throws Exception {
        telemetry = new Telemetry(new AccessLog(SystemConfig.defaults().accessLog(), dir, ticker), ticker);
        configure("{every: daily, at: \"06:00\", formats: [csv], keep: 2}");
        for (int day = 10; day < 28; day++) {
            books.with(Calls.at("2026-11-" + day + "T10:00:00Z").used(day, 1).record());
        }
        start();
    }

    private void configure(String report) throws Exception {
        snapshot = ConfigLoader.load(
                dir,
                Map.of(
                        "users.yaml",
                        "users: {zhangsan: {name: 张三, channels: [openai], proxy_key: pk_test_zhangsan}}",
                        "channels.yaml",
                        "channels: {openai: {name: OpenAI, base_url: 'https://openai.example.com', auth: none}}",
                        "system.yaml",
                        "system: {usage: {time_zone: UTC}, report: " + report + "}"),
                name -> null,
                1,
                now);
    }

    private void start() {
        step = new ReportStep(dir, () -> snapshot, () -> open, telemetry.state(), ticker);
    }

    @AfterEach
    void close() {
        step.close();
        telemetry.close();
        camel.stop();
    }

    /** One tick of the timer, and a start of the gateway after what it has begun. */
    private List<String> tick() {
        step.process(new DefaultExchange(camel));
        step.close(); // waits for what is under way
        start();
        return files();
    }

    private List<String> files() {
        Path reports = dir.resolve("reports");
        if (!Files.isDirectory(reports)) {
            return List.of();
        }
        try (Stream<Path> files = Files.walk(reports)) {
            return files.filter(file -> file.toString().endsWith(".csv"))
                    .map(file -> reports.relativize(file).toString())
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void one_report_for_a_day_whatever_happens() throws Exception {
        assertThat(tick()).containsExactly("aiproxy-report-daily-20261120.csv");
        Path report = dir.resolve("reports/aiproxy-report-daily-20261120.csv");
        assertThat(Files.readString(report))
                .contains("2026-11-20,zhangsan,张三,gpt-4o,1,")
                .doesNotContain("2026-11-21,");
        Files.writeString(report, "looked at");
        assertThat(tick()).hasSize(1); // a start, and the report is there
        assertThat(Files.readString(report)).isEqualTo("looked at");
        Files.delete(report);
        assertThat(tick()).isEmpty(); // somebody has taken it away
    }

    @Test
    void a_longer_absence_is_made_good_once_and_old_ones_go() {
        tick();
        now = Instant.parse("2026-11-25T07:00:00Z");
        assertThat(tick()).containsExactly("aiproxy-report-daily-20261120.csv", "aiproxy-report-daily-20261124.csv");
        now = Instant.parse("2026-11-26T05:59:59Z");
        assertThat(tick()).hasSize(2);
        now = Instant.parse("2026-11-26T06:00:00Z");
        assertThat(tick()).containsExactly("aiproxy-report-daily-20261124.csv", "aiproxy-report-daily-20261125.csv");
    }

    @Test
    void a_report_that_was_sent_counts_and_is_pruned_too() throws Exception {
        tick();
        Path reports = dir.resolve("reports");
        Files.createDirectories(reports.resolve("sent"));
        Files.move(
                reports.resolve("aiproxy-report-daily-20261120.csv"),
                reports.resolve("sent/aiproxy-report-daily-20261120.csv"));
        Files.delete(reports.resolve(".made"));
        assertThat(tick()).containsExactly("sent/aiproxy-report-daily-20261120.csv");
        now = now.plus(Duration.ofDays(1));
        tick();
        now = now.plus(Duration.ofDays(1));
        assertThat(tick()).containsExactly("aiproxy-report-daily-20261121.csv", "aiproxy-report-daily-20261122.csv");
    }

    @Test
    void a_failure_is_tried_again_and_leaves_nothing_behind() {
        books.fail("the database is not there");
        step.process(new DefaultExchange(camel));
        await().atMost(PATIENCE).until(() -> failures() == 1);
        books.fail("");
        step.process(new DefaultExchange(camel));
        now = now.plus(Duration.ofMinutes(9));
        step.process(new DefaultExchange(camel));
        assertThat(files()).isEmpty();
        now = now.plus(Duration.ofMinutes(2));
        await().atMost(PATIENCE).until(() -> {
            step.process(new DefaultExchange(camel));
            return files().size() == 1;
        });
        assertThat(dir.resolve("reports/.aiproxy-report-daily-20261120.csv.part"))
                .doesNotExist();
    }

    private long failures() {
        return telemetry
                .scrape()
                .lines()
                .filter(line -> line.startsWith("aiproxy_report_failures_total"))
                .mapToLong(line -> (long) Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    @Test
    void without_books_it_is_told() {
        open = Optional.empty();
        step.process(new DefaultExchange(camel));
        await().atMost(PATIENCE).until(() -> failures() == 1);
        assertThat(files()).isEmpty();
    }

    @Test
    void another_setting_is_another_report() throws Exception {
        tick();
        configure("{every: weekly, formats: [csv, xlsx]}");
        assertThat(tick()).containsExactly("aiproxy-report-daily-20261120.csv", "aiproxy-report-weekly-20261109.csv");
        assertThat(dir.resolve("reports/aiproxy-report-weekly-20261109.xlsx")).isNotEmptyFile();
        configure("{every: never}");
        now = now.plus(Duration.ofDays(30));
        assertThat(tick()).hasSize(2);
    }
}
