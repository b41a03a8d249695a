package io.aiproxy.telemetry;

import static io.aiproxy.telemetry.Samples.answered;
import static io.aiproxy.telemetry.Samples.failed;
import static io.aiproxy.telemetry.Samples.with;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aiproxy.config.Snapshot;
import io.aiproxy.config.Status;
import io.aiproxy.config.SystemConfig.AccessLogConfig.Format;
import io.aiproxy.core.Attempt;
import io.aiproxy.core.Ending;
import io.aiproxy.core.FailureKind;
import io.aiproxy.core.Receipt;
import io.aiproxy.core.Ticker;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Receipts become numbers that Prometheus can fetch. */
class TelemetryTest {
    @TempDir
    Path dir;

    private Telemetry telemetry;

    @BeforeEach
    void open() {
        AccessLog log = new AccessLog(Samples.accessLog(Format.JSON, "access.log"), dir, Ticker.SYSTEM);
        telemetry = new Telemetry(log, Ticker.SYSTEM);
        telemetry.configured(configured(3, "bailian", "openai"));
    }

    @AfterEach
    void close() {
        telemetry.close();
    }

    private static Snapshot configured(long version, String... channels) {
        return Samples.snapshot(
                version,
                Arrays.stream(channels)
                        .map(id -> Samples.channel(id, id, id.equals("openai") ? Status.DISABLED : Status.ACTIVE))
                        .toList(),
                List.of(
                        Samples.user("zhangsan", "张三", Status.ACTIVE, 1),
                        Samples.user("lisi", "李四", Status.ACTIVE, 1),
                        Samples.user("wangwu", "王五", Status.DISABLED, 1)));
    }

    /** The value of a row, e.g. {@code aiproxy_calls_total{channel="x"}}; tags in alphabetical order. */
    private double value(String row) {
        return telemetry
                .scrape()
                .lines()
                .filter(line -> line.startsWith(row + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(row.length() + 1)))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no row " + row + " in\n" + telemetry.scrape()));
    }

    @Test
    void aGoodCall() {
        telemetry.accept(Samples.receipt());
        telemetry.accept(Samples.receipt());

        String tags = "{channel=\"bailian\",operation=\"chat\"";
        assertThat(value("aiproxy_calls_total{channel=\"bailian\",ending=\"ok\",operation=\"chat\",status=\"2xx\"}"))
                .isEqualTo(2);
        assertThat(value("aiproxy_call_duration_seconds_count" + tags + "}")).isEqualTo(2);
        assertThat(value("aiproxy_call_duration_seconds_sum" + tags + "}")).isEqualTo(2 * 2.157301);
        assertThat(value("aiproxy_call_duration_seconds_bucket" + tags + ",le=\"1.0\"}"))
                .isZero();
        assertThat(value("aiproxy_call_duration_seconds_bucket" + tags + ",le=\"2.5\"}"))
                .isEqualTo(2);
        assertThat(value("aiproxy_call_first_byte_seconds_bucket" + tags + ",le=\"0.5\"}"))
                .isEqualTo(2);
        assertThat(value("aiproxy_gateway_overhead_seconds_bucket{le=\"5.0E-4\"}"))
                .isEqualTo(2);
        assertThat(value("aiproxy_request_body_bytes_total{channel=\"bailian\"}"))
                .isEqualTo(2 * 812);
        assertThat(value("aiproxy_response_body_bytes_total{channel=\"bailian\"}"))
                .isEqualTo(2 * 5120);
        assertThat(value("aiproxy_attempts_total{channel=\"bailian\",outcome=\"ok\"}"))
                .isEqualTo(2);
    }

    /** Of a channel that answers 500 to everything nobody may read that its attempts are well. */
    @Test
    void answersThatAreErrorsAreNoGoodAttempts() {
        telemetry.accept(with().attempts(
                        new Attempt("openai", "default", 503, Optional.empty(), 0, 1, false),
                        new Attempt("openai", "default", 429, Optional.empty(), 0, 1, false),
                        answered("bailian"))
                .build());

        assertThat(value("aiproxy_attempts_total{channel=\"openai\",outcome=\"5xx\"}"))
                .isEqualTo(1);
        assertThat(value("aiproxy_attempts_total{channel=\"openai\",outcome=\"4xx\"}"))
                .isEqualTo(1);
        assertThat(value("aiproxy_attempts_total{channel=\"bailian\",outcome=\"ok\"}"))
                .isEqualTo(1);
    }

    @Test
    void retriesAndFailover() {
        telemetry.accept(with().attempts(
                        failed("openai", 0, FailureKind.UPSTREAM_TIMEOUT),
                        failed("openai", 502, FailureKind.UPSTREAM_DISCONNECTED),
                        answered("bailian"))
                .build());

        assertThat(value("aiproxy_attempts_total{channel=\"openai\",outcome=\"upstream_timeout\"}"))
                .isEqualTo(1);
        assertThat(value("aiproxy_attempts_total{channel=\"openai\",outcome=\"upstream_disconnected\"}"))
                .isEqualTo(1);
        assertThat(value("aiproxy_attempts_total{channel=\"bailian\",outcome=\"ok\"}"))
                .isEqualTo(1);
        assertThat(value("aiproxy_failovers_total{channel=\"openai\"}")).isEqualTo(1);
        assertThat(value("aiproxy_failovers_total{channel=\"bailian\"}")).isZero();
    }

    @Test
    void refusalsDisconnectsAndSockets() {
        telemetry.accept(with().channel("")
                .operation("")
                .attempts()
                .nanos(1, -1)
                .ended(401, Ending.REFUSED, "invalid_api_key")
                .build());
        telemetry.accept(with().ended(403, Ending.REFUSED, "no such code").build());
        telemetry.accept(with().ended(499, Ending.CANCELLED, "client_closed_request")
                .nanos(5, -1)
                .build());
        telemetry.accept(Samples.session().build());
        telemetry.accept(with().operation("pages").uncounted().build());

        assertThat(value("aiproxy_refusals_total{code=\"invalid_api_key\"}")).isEqualTo(1);
        assertThat(value("aiproxy_refusals_total{code=\"other\"}")).isEqualTo(1);
        assertThat(value("aiproxy_calls_total{channel=\"none\",ending=\"refused\",operation=\"none\",status=\"4xx\"}"))
                .isEqualTo(1);
        assertThat(value("aiproxy_client_disconnects_total{channel=\"bailian\",phase=\"before_answer\"}"))
                .isEqualTo(1);
        assertThat(value(
                        "aiproxy_calls_total{channel=\"bailian\",ending=\"ok\",operation=\"realtime\",status=\"1xx\"}"))
                .isEqualTo(1);
        assertThat(telemetry.scrape())
                .doesNotContain("no such code", "operation=\"pages\"", "operation=\"realtime\",le=");
    }

    @Test
    void whatCallersChooseIsNoTag() {
        for (int i = 0; i < 500; i++) {
            telemetry.accept(with().channel("invented-" + i)
                    .operation("invented_" + i)
                    .model("model-" + i)
                    .user("user-" + i)
                    .path("/path-" + i)
                    .attempts(answered("invented-" + i))
                    .build());
        }
        telemetry.accept(with().operation("Bad Name{}").build());

        String scraped = telemetry.scrape();
        assertThat(scraped).doesNotContain("invented-", "model-", "user-", "path-", "Bad Name");
        assertThat(scraped.lines().filter(line -> line.startsWith("aiproxy_calls_total")))
                .hasSizeLessThanOrEqualTo(MeterSink.OPERATIONS + 2);
        assertThat(value("aiproxy_attempts_total{channel=\"other\",outcome=\"ok\"}"))
                .isEqualTo(500);
    }

    @Test
    void aChannelThatIsGoneTakesItsRowsWithIt() {
        telemetry.accept(Samples.receipt());
        telemetry.configured(configured(4, "openai", "other"));
        telemetry.accept(Samples.receipt());

        assertThat(telemetry.scrape()).doesNotContain("channel=\"bailian\"");
        assertThat(value("aiproxy_attempts_total{channel=\"other\",outcome=\"ok\"}"))
                .isEqualTo(1);

        telemetry.configured(configured(5, "bailian"));
        telemetry.accept(Samples.receipt());
        assertThat(value("aiproxy_attempts_total{channel=\"bailian\",outcome=\"ok\"}"))
                .isEqualTo(1);
        assertThat(value("aiproxy_attempts_total{channel=\"other\",outcome=\"ok\"}"))
                .isEqualTo(1);
    }

    @Test
    void theGatewaysOwnState() throws Exception {
        GatewayState state = telemetry.state();
        state.configReloadFailed();
        state.routesReloadFailed();
        state.routesReloadFailed();
        telemetry.observe(Meters.CALLS_IN_FLIGHT, () -> 1, "http");
        state.webSockets().begun();
        System.gc(); // what Micrometer holds weakly must be held by somebody

        assertThat(value("aiproxy_config_version")).isEqualTo(3);
        assertThat(value("aiproxy_users{state=\"active\"}")).isEqualTo(2);
        assertThat(value("aiproxy_users{state=\"disabled\"}")).isEqualTo(1);
        assertThat(value("aiproxy_channels{state=\"active\"}")).isEqualTo(1);
        assertThat(value("aiproxy_channels{state=\"disabled\"}")).isEqualTo(1);
        assertThat(value("aiproxy_config_reload_failures_total")).isEqualTo(1);
        assertThat(value("aiproxy_routes_reload_failures_total")).isEqualTo(2);
        assertThat(value("aiproxy_calls_in_flight{kind=\"http\"}")).isEqualTo(1);
        assertThat(value("aiproxy_calls_in_flight{kind=\"websocket\"}")).isEqualTo(1);
        assertThat(value("aiproxy_access_log_lines_dropped_total")).isZero();
        assertThat(telemetry.scrape())
                .contains(
                        "jvm_memory_used_bytes",
                        "process_uptime_seconds",
                        "jvm_threads_live_threads",
                        "system_cpu_count");
        // The snapshot says "off"; it had begun with JSON.
        telemetry.accept(Samples.receipt());
        telemetry.close();
        assertThat(dir.resolve("access.log"))
                .satisfiesAnyOf(file -> assertThat(file).doesNotExist(), file -> assertThat(Files.size(file))
                        .isZero());
    }

    @Test
    void routesShowTheirOwnCounters() {
        Runnable first = telemetry.route(Meters.ROUTE_EXCHANGES, "proxy-http", () -> 5);
        telemetry.route(Meters.ROUTE_IN_FLIGHT, "proxy-http", () -> 1);
        assertThat(value("aiproxy_route_exchanges_total{route=\"proxy-http\"}")).isEqualTo(5);

        Runnable second = telemetry.route(Meters.ROUTE_EXCHANGES, "proxy-http", () -> 2);
        first.run();
        assertThat(value("aiproxy_route_exchanges_total{route=\"proxy-http\"}")).isEqualTo(2);
        assertThat(value("aiproxy_route_in_flight{route=\"proxy-http\"}")).isEqualTo(1);

        second.run();
        assertThat(telemetry.scrape()).doesNotContain("aiproxy_route_exchanges_total{");
        assertThatThrownBy(() -> telemetry.route(Meters.CALLS, "proxy-http", () -> 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("CALLS is not a meter of routes");
    }

    @Test
    void oneSinksFailureDoesNotStopTheOthers() {
        List<Receipt> seen = new ArrayList<>();
        FanOut all = new FanOut(
                List.of(
                        receipt -> {
                            throw new IllegalStateException("defect");
                        },
                        seen::add),
                Ticker.SYSTEM);
        all.accept(Samples.receipt());
        all.accept(Samples.receipt());
        assertThat(seen).hasSize(2);
    }
}
