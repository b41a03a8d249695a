package io.aiproxy.telemetry;

import static io.aiproxy.telemetry.Samples.refusedHandshake;
import static io.aiproxy.telemetry.Samples.session;
import static io.aiproxy.telemetry.Samples.with;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.aiproxy.core.Ending;
import io.aiproxy.core.Receipt;
import io.aiproxy.core.SocketReport;
import io.aiproxy.core.SocketReport.ClosedBy;
import io.aiproxy.core.SocketWatch;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the statistics make of handshakes and sockets, in whatever order they are told of them. */
class HandshakeStatisticsTest {
    private final Inflight open = new Inflight();
    private final Statistics statistics = new Statistics(open);

    private static Receipt refused() {
        return refusedHandshake(403, Ending.REFUSED, "key_disabled").build();
    }

    /** That the parts fit each other, and no rate is beyond 100 %. */
    private Statistics.Totals consistent() {
        Statistics.Totals totals = statistics.totals();
        assertThat(totals.http() + totals.webSocket()).as("%s", totals).isEqualTo(totals.requests());
        assertThat(totals.successful() + totals.failed()).as("%s", totals).isLessThanOrEqualTo(totals.requests());
        assertThat(totals.webSocketOpened()).as("%s", totals).isBetween(0L, totals.webSocket());
        assertThat(totals.successful()).as("%s", totals).isBetween(0L, totals.requests());
        assertThat(totals.failed()).as("%s", totals).isNotNegative();
        assertThat(totals.http()).as("%s", totals).isNotNegative();
        return totals;
    }

    @Test
    void everyStateOfAHandshake() throws Exception {
        statistics.accept(Samples.receipt());
        for (int i = 0; i < 4; i++) {
            statistics.handshakeAttempted();
        }
        for (int i = 0; i < 2; i++) {
            statistics.handshakeOpened();
            open.begun();
        }
        statistics.accept(refused());
        open.ended();
        statistics.accept(session().build());

        // One HTTP call; two sockets, one of them closed; one handshake refused, one not decided yet.
        assertThat(consistent())
                .isEqualTo(new Statistics.Totals(5, 3, 1, 1, 4, 2, 1, 2_157_301_000L, Samples.MILLIS / 1000 + 60));
        String page = new StatsPage(statistics, "1.2.3", Samples.MILLIS)
                .json(Samples.snapshot(1, List.of(), List.of()), Samples.MILLIS);
        JsonNode json = new ObjectMapper().readTree(page);
        assertThat(json.get("protocol_stats"))
                .hasToString("{\"http_requests\":1,\"websocket_requests\":4,\"websocket_connections\":2,"
                        + "\"websocket_connection_rate\":\"50.00%\",\"websocket_open\":1}");
        assertThat(json.get("total_requests").asInt()).isEqualTo(5);
        assertThat(json.get("successful_requests").asInt()).isEqualTo(3);
        assertThat(json.get("failed_requests").asInt()).isEqualTo(1);
    }

    @Test
    void aSessionSucceedsHoweverItEnds() {
        statistics.accept(session(1006, ClosedBy.CHANNEL, "").build());
        statistics.accept(session(1001, ClosedBy.GATEWAY, "idle")
                .ended(101, Ending.TIMED_OUT, "stream_timeout")
                .build());

        assertThat(consistent().successful()).isEqualTo(2);
        assertThat(consistent().failed()).isZero();
        assertThat(consistent().meanNanos()).isZero();
        assertThat(statistics.channel("bailian")).isEqualTo(new Statistics.Tally(2, 2));
        assertThat(statistics.user("zhangsan")).isEqualTo(new Statistics.Tally(2, 2));
    }

    @Test
    void anyOtherAnswerToAHandshakeIsAFailureAndNoResponseTime() {
        statistics.accept(with().nanos(100_000_000, 1).build());
        // A channel that answers a handshake with a page, say.
        statistics.accept(refusedHandshake(200, Ending.OK, "").build());
        statistics.accept(refusedHandshake(429, Ending.CHANNEL_ERROR, "").build());

        Statistics.Totals totals = consistent();
        assertThat(totals.failed()).isEqualTo(2);
        assertThat(totals.http()).isEqualTo(1);
        assertThat(totals.webSocket()).isEqualTo(2);
        assertThat(totals.webSocketOpened()).isZero();
        assertThat(totals.meanNanos()).isEqualTo(100_000_000);
        assertThat(statistics.channel("bailian")).isEqualTo(new Statistics.Tally(3, 1));
    }

    @Test
    void aHandshakeWithAnOperationalPageIsNoCall() {
        statistics.handshakeAttempted();
        statistics.accept(refusedHandshake(200, Ending.OK, "").uncounted().build());

        assertThat(consistent().requests()).isZero();
    }

    /** What a random walk through real sequences should have counted. */
    private static final class Model {
        private long http;
        private long httpGood;
        private long tried;
        private long opened;
        private long refused;
        private long closed;

        Statistics.Totals against(Statistics.Totals actual) {
            return new Statistics.Totals(
                    http + tried,
                    httpGood + opened,
                    http - httpGood + refused,
                    http,
                    tried,
                    opened,
                    opened - closed,
                    actual.meanNanos(),
                    actual.lastSecond());
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void realSequencesAreCountedExactlyAtEveryStep(long seed) {
        Random random = new Random(seed);
        Sockets sockets = new Sockets(
                statistics, open, unused -> new SocketMeters(new MeterRegistrar(new SimpleMeterRegistry()), "bailian"));
        Deque<SocketWatch.Live> live = new ArrayDeque<>();
        Model model = new Model();
        for (int step = 0; step < 2_000; step++) {
            long undecided = model.tried - model.opened - model.refused;
            switch (random.nextInt(6)) {
                case 0 -> {
                    statistics.accept(Samples.receipt());
                    model.http++;
                    model.httpGood++;
                }
                case 1 -> {
                    statistics.accept(with().ended(502, Ending.CHANNEL_ERROR, "upstream_unreachable")
                            .build());
                    model.http++;
                }
                case 2 -> {
                    sockets.attempted();
                    model.tried++;
                }
                case 3 -> {
                    if (undecided > 0) {
                        live.add(sockets.opened("bailian"));
                        model.opened++;
                    }
                }
                case 4 -> {
                    if (undecided > 0) {
                        statistics.accept(refused());
                        model.refused++;
                    }
                }
                default -> {
                    if (!live.isEmpty()) {
                        live.remove().closed();
                        statistics.accept(session().build());
                        model.closed++;
                    }
                }
            }
            Statistics.Totals totals = consistent();
            assertThat(totals).isEqualTo(model.against(totals));
        }
        assertThat(model.opened).isGreaterThan(model.closed).isPositive();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void evenImpossibleSequencesFitTogether(long seed) {
        Random random = new Random(seed);
        List<Runnable> events = List.of(
                () -> statistics.accept(Samples.receipt()),
                () -> statistics.accept(with().ended(500, Ending.GATEWAY_ERROR, "internal_error")
                        .build()),
                statistics::handshakeAttempted,
                statistics::handshakeOpened,
                open::begun,
                open::ended,
                () -> statistics.accept(refused()),
                () -> statistics.accept(session().build()),
                () -> statistics.accept(with().ended(101, Ending.OK, "").build()),
                () -> statistics.accept(with().ended(499, Ending.CANCELLED, "client_closed_request")
                        .socket(new SocketReport(true, 1, 1, 1006, ClosedBy.CALLER, ""))
                        .build()),
                () -> statistics.accept(refusedHandshake(404, Ending.CALLER_ERROR, "")
                        .uncounted()
                        .build()));
        for (int step = 0; step < 2_000; step++) {
            events.get(random.nextInt(events.size())).run();
            assertThat(consistent().webSocketOpen()).isNotNegative();
        }
    }

    @Test
    void theyFitWhileManyLoopsCount() throws Exception {
        List<Thread> loops = new ArrayList<>();
        for (int t = 0; t < 4; t++) {
            Thread loop = new Thread(() -> {
                for (int i = 0; i < 20_000; i++) {
                    statistics.handshakeAttempted();
                    if (i % 4 == 0) {
                        statistics.accept(refused());
                        continue;
                    }
                    statistics.handshakeOpened();
                    open.begun();
                    statistics.accept(Samples.receipt());
                    open.ended();
                    statistics.accept(session().build());
                }
            });
            loop.start();
            loops.add(loop);
        }
        for (Thread loop : loops) {
            while (loop.isAlive()) {
                consistent();
            }
            loop.join();
        }
        assertThat(consistent())
                .isEqualTo(new Statistics.Totals(
                        140_000,
                        120_000,
                        20_000,
                        60_000,
                        80_000,
                        60_000,
                        0,
                        2_157_301_000L,
                        Samples.MILLIS / 1000 + 60));
    }
}
