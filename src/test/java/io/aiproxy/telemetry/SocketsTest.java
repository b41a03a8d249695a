package io.aiproxy.telemetry;

import static io.aiproxy.telemetry.Samples.refusedHandshake;
import static io.aiproxy.telemetry.Samples.session;
import static io.aiproxy.telemetry.Samples.with;
import static org.assertj.core.api.Assertions.assertThat;

import io.aiproxy.config.Status;
import io.aiproxy.config.SystemConfig.AccessLogConfig.Format;
import io.aiproxy.core.Ending;
import io.aiproxy.core.FailureKind;
import io.aiproxy.core.SocketReport;
import io.aiproxy.core.SocketReport.ClosedBy;
import io.aiproxy.core.SocketWatch;
import io.aiproxy.core.Ticker;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** WebSockets in the metrics: while they are open, when they have closed, and when their channel goes meanwhile. */
class SocketsTest {
    private Telemetry telemetry;
    private SocketWatch sockets;
    private long version;

    @BeforeEach
    void open(@TempDir Path dir) {
        AccessLog log = new AccessLog(Samples.accessLog(Format.OFF, "access.log"), dir, Ticker.SYSTEM);
        telemetry = new Telemetry(log, Ticker.SYSTEM);
        sockets = telemetry.sockets();
        configure("bailian", "openai");
    }

    @AfterEach
    void close() {
        telemetry.close();
    }

    private void configure(String... channels) {
        telemetry.configured(Samples.snapshot(
                ++version,
                Arrays.stream(channels)
                        .map(id -> Samples.channel(id, id, Status.ACTIVE))
                        .toList(),
                List.of()));
    }

    /** The rows of metrics that begin so, by their tags. */
    private Map<String, Double> rows(String metric) {
        Map<String, Double> rows = new TreeMap<>();
        telemetry.scrape().lines().filter(line -> line.startsWith(metric + "{")).forEach(line -> {
            int end = line.lastIndexOf('}');
            rows.put(line.substring(metric.length() + 1, end), Double.valueOf(line.substring(end + 2)));
        });
        return rows;
    }

    private double inFlight() {
        return rows("aiproxy_calls_in_flight").getOrDefault("kind=\"websocket\"", Double.NaN);
    }

    /** {@code rate()} sees no increase in the first value of a row: what every channel may come to stands there with 0. */
    @Test
    void rowsOfConfiguredChannelsAreThereBeforeTheFirstCall() {
        assertThat(rows("aiproxy_usage_unpriced_total"))
                .isEqualTo(Map.of("channel=\"bailian\"", 0.0, "channel=\"openai\"", 0.0));
        assertThat(rows("aiproxy_client_disconnects_total"))
                .hasSize(6)
                .containsEntry("channel=\"openai\",phase=\"before_answer\"", 0.0)
                .containsEntry("channel=\"openai\",phase=\"in_answer\"", 0.0)
                .containsEntry("channel=\"none\",phase=\"before_answer\"", 0.0);
        assertThat(rows("aiproxy_attempts_total"))
                .hasSize(6)
                .containsEntry("channel=\"openai\",outcome=\"ok\"", 0.0)
                .containsEntry("channel=\"openai\",outcome=\"4xx\"", 0.0)
                .containsEntry("channel=\"openai\",outcome=\"5xx\"", 0.0);

        configure("openai", "gemini");
        assertThat(rows("aiproxy_client_disconnects_total"))
                .hasSize(6)
                .containsEntry("channel=\"gemini\",phase=\"in_answer\"", 0.0);
        assertThat(telemetry.scrape()).doesNotContain("channel=\"bailian\"");
    }

    @Test
    void aSocketIsCountedWhileItIsOpen() {
        assertThat(telemetry.scrape()).doesNotContain("aiproxy_websocket_");
        sockets.attempted();
        SocketWatch.Live first = sockets.opened("bailian");
        SocketWatch.Live second = sockets.opened("bailian");
        SocketWatch.Live third = sockets.opened("openai");
        first.carried(1, 10, 0, 0);
        first.carried(0, 0, 2, 2000);
        second.carried(3, 30, 4, 4000);
        third.carried(5, 50, 0, 0);
        System.gc(); // what Micrometer holds weakly must be held by somebody

        assertThat(inFlight()).isEqualTo(3);
        assertThat(rows("aiproxy_websocket_open"))
                .isEqualTo(Map.of("channel=\"bailian\"", 2.0, "channel=\"openai\"", 1.0));
        assertThat(rows("aiproxy_websocket_frames_total"))
                .isEqualTo(Map.of(
                        "channel=\"bailian\",direction=\"in\"", 4.0,
                        "channel=\"bailian\",direction=\"out\"", 6.0,
                        "channel=\"openai\",direction=\"in\"", 5.0,
                        "channel=\"openai\",direction=\"out\"", 0.0));
        assertThat(rows("aiproxy_websocket_bytes_total"))
                .isEqualTo(Map.of(
                        "channel=\"bailian\",direction=\"in\"", 40.0,
                        "channel=\"bailian\",direction=\"out\"", 6000.0,
                        "channel=\"openai\",direction=\"in\"", 50.0,
                        "channel=\"openai\",direction=\"out\"", 0.0));
        assertThat(telemetry.statistics().totals().webSocketOpen()).isEqualTo(3);

        first.closed();
        first.closed();
        assertThat(inFlight()).isEqualTo(2);
        assertThat(rows("aiproxy_websocket_open")).containsEntry("channel=\"bailian\"", 1.0);
        second.closed();
        third.closed();
        assertThat(inFlight()).isZero();
        assertThat(rows("aiproxy_websocket_open"))
                .isEqualTo(Map.of("channel=\"bailian\"", 0.0, "channel=\"openai\"", 0.0));
    }

    @Test
    void everyHandshakeHasAnOutcome() {
        sockets.opened("bailian");
        sockets.opened("bailian");
        telemetry.accept(session().build());
        telemetry.accept(refusedHandshake(401, Ending.REFUSED, "invalid_api_key")
                .channel("")
                .build());
        telemetry.accept(refusedHandshake(400, Ending.CALLER_ERROR, "").build());
        telemetry.accept(refusedHandshake(200, Ending.OK, "").build());
        telemetry.accept(
                refusedHandshake(504, Ending.TIMED_OUT, "upstream_timeout").build());
        telemetry.accept(refusedHandshake(403, Ending.REFUSED, "no such code").build());
        telemetry.accept(refusedHandshake(400, Ending.CALLER_ERROR, "")
                .channel("invented")
                .build());
        telemetry.accept(refusedHandshake(200, Ending.OK, "").uncounted().build());

        assertThat(rows("aiproxy_websocket_handshakes_total"))
                .isEqualTo(Map.of(
                        "channel=\"bailian\",outcome=\"opened\"", 2.0,
                        "channel=\"none\",outcome=\"invalid_api_key\"", 1.0,
                        "channel=\"bailian\",outcome=\"refused_by_channel\"", 2.0,
                        "channel=\"bailian\",outcome=\"upstream_timeout\"", 1.0,
                        "channel=\"bailian\",outcome=\"other\"", 1.0,
                        "channel=\"other\",outcome=\"refused_by_channel\"", 1.0));
    }

    @Test
    void aSessionIsNoLatencyAndItsFramesNoBodies() {
        telemetry.accept(session().build());
        telemetry.accept(refusedHandshake(429, Ending.CHANNEL_ERROR, "").build());

        String realtime = "channel=\"bailian\",operation=\"realtime\"";
        // The refused handshake is an ordinary answer.
        assertThat(rows("aiproxy_call_duration_seconds_count")).isEqualTo(Map.of(realtime, 1.0));
        assertThat(rows("aiproxy_call_duration_seconds_sum")).isEqualTo(Map.of(realtime, 2.157301));
        assertThat(rows("aiproxy_call_first_byte_seconds_count")).isEqualTo(Map.of(realtime, 1.0));
        assertThat(rows("aiproxy_request_body_bytes_total")).containsEntry("channel=\"bailian\"", 812.0);
        assertThat(rows("aiproxy_response_body_bytes_total")).containsEntry("channel=\"bailian\"", 5120.0);
        assertThat(rows("aiproxy_calls_total"))
                .isEqualTo(Map.of(
                        "channel=\"bailian\",ending=\"ok\",operation=\"realtime\",status=\"1xx\"", 1.0,
                        "channel=\"bailian\",ending=\"channel_error\",operation=\"realtime\",status=\"4xx\"", 1.0));
    }

    @Test
    void sessionsHaveALengthOfTheirOwn() {
        telemetry.accept(session().build());
        telemetry.accept(session().nanos(86_400_000 * Samples.MS, 5).build());

        assertThat(rows("aiproxy_websocket_duration_seconds_sum")).isEqualTo(Map.of("channel=\"bailian\"", 86_460.0));
        Map<String, Double> buckets = rows("aiproxy_websocket_duration_seconds_bucket");
        assertThat(buckets)
                .containsEntry("channel=\"bailian\",le=\"1.0\"", 0.0)
                .containsEntry("channel=\"bailian\",le=\"60.0\"", 1.0)
                .containsEntry("channel=\"bailian\",le=\"28800.0\"", 1.0)
                .containsEntry("channel=\"bailian\",le=\"86400.0\"", 2.0)
                .containsEntry("channel=\"bailian\",le=\"+Inf\"", 2.0);
    }

    @Test
    void closesTellWhoAndWhy() {
        telemetry.accept(session(1000, ClosedBy.CALLER, "").build());
        telemetry.accept(session(SocketReport.NO_STATUS, ClosedBy.CALLER, "").build());
        telemetry.accept(session(SocketReport.ABNORMAL, ClosedBy.CHANNEL, "").build());
        telemetry.accept(session(1011, ClosedBy.CHANNEL, "").build());
        telemetry.accept(session(1001, ClosedBy.GATEWAY, "idle").build());
        telemetry.accept(session(1009, ClosedBy.GATEWAY, "").build());

        assertThat(rows("aiproxy_websocket_closes_total"))
                .isEqualTo(Map.of(
                        "by=\"caller\",cause=\"1000\",channel=\"bailian\"", 1.0,
                        "by=\"caller\",cause=\"1005\",channel=\"bailian\"", 1.0,
                        "by=\"channel\",cause=\"1006\",channel=\"bailian\"", 1.0,
                        "by=\"channel\",cause=\"1011\",channel=\"bailian\"", 1.0,
                        "by=\"gateway\",cause=\"idle\",channel=\"bailian\"", 1.0,
                        "by=\"gateway\",cause=\"1009\",channel=\"bailian\"", 1.0));
    }

    @Test
    void whateverCodesAndReasonsThereAreRowsStayFew() {
        for (int code = -5; code < 6000; code++) {
            for (ClosedBy by : ClosedBy.values()) {
                telemetry.accept(session(code, by, "").build());
            }
            telemetry.accept(session(1001, ClosedBy.GATEWAY, "reason_" + code).build());
            sockets.opened("invented-" + code).closed();
        }
        telemetry.accept(session(Integer.MIN_VALUE, ClosedBy.CALLER, "").build());
        telemetry.accept(session(1001, ClosedBy.GATEWAY, "Bad \"reason\"").build());

        int causes = 16 + 3;
        assertThat(rows("aiproxy_websocket_closes_total")).hasSize(4 * causes + MeterSink.REASONS);
        assertThat(rows("aiproxy_websocket_closes_total"))
                .containsEntry("by=\"caller\",cause=\"3xxx\",channel=\"bailian\"", 1000.0)
                .containsEntry("by=\"caller\",cause=\"4xxx\",channel=\"bailian\"", 1000.0);
        assertThat(rows("aiproxy_websocket_open")).isEqualTo(Map.of("channel=\"other\"", 0.0));
        assertThat(telemetry.scrape()).doesNotContain("invented-", "Bad ");
    }

    @Test
    void aRemovedChannelKeepsItsRowsUntilItsLastSocketHasClosed() {
        SocketWatch.Live first = sockets.opened("bailian");
        SocketWatch.Live second = sockets.opened("bailian");
        sockets.opened("openai").closed();
        first.carried(1, 10, 1, 10);
        configure("gemini");

        assertThat(rows("aiproxy_websocket_open")).isEqualTo(Map.of("channel=\"bailian\"", 2.0));
        second.carried(1, 10, 1, 10);
        first.closed();
        assertThat(rows("aiproxy_websocket_open")).isEqualTo(Map.of("channel=\"bailian\"", 1.0));
        assertThat(rows("aiproxy_websocket_frames_total"))
                .isEqualTo(Map.of(
                        "channel=\"bailian\",direction=\"in\"", 2.0, "channel=\"bailian\",direction=\"out\"", 2.0));
        assertThat(inFlight()).isEqualTo(1);

        // What comes after the removal is told of as everything else of a channel that is gone.
        SocketWatch.Live late = sockets.opened("bailian");
        assertThat(rows("aiproxy_websocket_open"))
                .isEqualTo(Map.of("channel=\"bailian\"", 1.0, "channel=\"other\"", 1.0));
        second.closed();
        telemetry.accept(session().build());
        assertThat(rows("aiproxy_websocket_closes_total"))
                .isEqualTo(Map.of("by=\"caller\",cause=\"1000\",channel=\"other\"", 1.0));
        assertThat(telemetry.scrape()).doesNotContain("channel=\"bailian\"", "channel=\"openai\"");
        late.carried(1, 1, 1, 1);
        late.closed();
        second.closed();
        assertThat(rows("aiproxy_websocket_open")).isEqualTo(Map.of("channel=\"other\"", 0.0));
        assertThat(inFlight()).isZero();
    }

    @Test
    void aChannelThatComesBackHasItsOpenSocketsAgain() {
        SocketWatch.Live before = sockets.opened("bailian");
        before.carried(1, 10, 1, 10);
        configure("openai");
        configure("openai", "gemini");
        configure("openai", "bailian");
        SocketWatch.Live after = sockets.opened("bailian");
        after.carried(1, 10, 1, 10);

        assertThat(rows("aiproxy_websocket_open")).isEqualTo(Map.of("channel=\"bailian\"", 2.0));
        assertThat(rows("aiproxy_websocket_frames_total")).containsEntry("channel=\"bailian\",direction=\"in\"", 2.0);
        before.closed();
        after.closed();
        assertThat(rows("aiproxy_websocket_open")).isEqualTo(Map.of("channel=\"bailian\"", 0.0));

        configure("openai");
        configure("openai");
        configure("openai", "bailian");
        assertThat(telemetry.scrape()).doesNotContain("aiproxy_websocket_open{");
        sockets.opened("bailian");
        assertThat(rows("aiproxy_websocket_handshakes_total"))
                .isEqualTo(Map.of("channel=\"bailian\",outcome=\"opened\"", 1.0));
    }

    @Test
    void rowsAreRightAfterSocketsAndConfigurationsCameAndWentAtOnce() throws Exception {
        List<Thread> loops = new ArrayList<>();
        for (int t = 0; t < 3; t++) {
            Thread loop = new Thread(() -> {
                for (int i = 0; i < 5_000; i++) {
                    SocketWatch.Live live = sockets.opened("bailian");
                    live.carried(1, 2, 3, 4);
                    live.closed();
                }
            });
            loop.start();
            loops.add(loop);
        }
        for (Thread loop : loops) {
            while (loop.isAlive()) {
                configure("openai");
                configure("openai", "bailian");
            }
            loop.join();
        }
        SocketWatch.Live last = sockets.opened("bailian");
        assertThat(rows("aiproxy_websocket_open")).containsEntry("channel=\"bailian\"", 1.0);
        configure("openai");
        assertThat(rows("aiproxy_websocket_open")).containsEntry("channel=\"bailian\"", 1.0);
        last.closed();
        assertThat(rows("aiproxy_websocket_open")).doesNotContainKey("channel=\"bailian\"");
        assertThat(inFlight()).isZero();
    }

    @Test
    void carryingAllocatesNothing() {
        SocketWatch.Live live = sockets.opened("bailian");
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        live.carried(1, 1, 1, 1);
        threads.getCurrentThreadAllocatedBytes();

        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < 10_000; i++) {
            live.carried(1, 100, 2, 200);
        }
        assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(10_000);
    }

    @Test
    void attemptsOfAHandshakeAreCountedLikeOthers() {
        telemetry.accept(session()
                .attempts(Samples.failed("openai", 503, FailureKind.UPSTREAM_DISCONNECTED), Samples.answered("bailian"))
                .build());
        telemetry.accept(with().build());

        assertThat(rows("aiproxy_attempts_total"))
                .containsEntry("channel=\"openai\",outcome=\"upstream_disconnected\"", 1.0)
                .containsEntry("channel=\"bailian\",outcome=\"ok\"", 2.0);
    }
}
