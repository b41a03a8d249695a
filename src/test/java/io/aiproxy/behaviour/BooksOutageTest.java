package io.aiproxy.behaviour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.aiproxy.app.UsageParts;
import io.aiproxy.core.Secret;
import io.aiproxy.core.Usage;
import io.aiproxy.sql.Database;
import io.aiproxy.testing.DatabaseServer;
import io.aiproxy.testing.FakeUpstream;
import io.aiproxy.testing.GatewayRig;
import io.aiproxy.testing.MariaDbServer;
import io.aiproxy.testing.NeedsGateway;
import io.aiproxy.testing.PostgresServer;
import io.aiproxy.testing.RawClient;
import io.aiproxy.testing.Reply;
import io.aiproxy.testing.RigConfig;
import io.aiproxy.usage.Granularity;
import io.aiproxy.usage.StatisticsQuery;
import io.aiproxy.usage.StatisticsRow;
import io.aiproxy.usage.UsageRecord;
import io.aiproxy.usage.sql.SqlBooks;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The books' database is stopped in the middle of its work, and again: no caller notices, and no call is missing or double. */
@NeedsGateway
@Timeout(300)
class BooksOutageTest {
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final int CALLERS = 4;
    private static final int OUTAGES = 2;

    /** Where the books are. */
    private enum Kept {
        POSTGRES,
        MARIADB;

        DatabaseServer start(Path directory) throws Exception {
            return this == POSTGRES ? PostgresServer.start(directory) : MariaDbServer.start(directory);
        }
    }

    @AutoClose
    private final FakeUpstream upstream = FakeUpstream.start();

    @TempDir
    private Path directory;

    /** An answer that a caller has read to its end. */
    private record Answered(String id, long input, long output) {}

    private final ConcurrentLinkedQueue<Answered> answered = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<String> failures = new ConcurrentLinkedQueue<>();
    private volatile boolean stopping;

    private void call(GatewayRig rig) {
        while (!stopping) {
            try (RawClient client = rig.client()) {
                for (int i = 0; i < 50 && !stopping; i++) {
                    client.post(Calls.CHAT, Calls.BODY, GatewayRig.AUTH);
                    Calls.Result result = Calls.read(client);
                    JsonNode usage = result.json().path("usage");
                    if (result.status() == 200 && usage.has("prompt_tokens")) {
                        answered.add(new Answered(
                                result.header("x-aiproxy-request-id"),
                                usage.path("prompt_tokens").asLong(),
                                usage.path("completion_tokens").asLong()));
                    } else {
                        failures.add(result.head().text() + result.text());
                    }
                }
            } catch (IOException | RuntimeException e) {
                failures.add(e.toString());
            }
        }
    }

    private void awaitMore(int calls) {
        int goal = answered.size() + calls;
        await("calls to go on").atMost(PATIENCE).until(() -> !failures.isEmpty() || answered.size() >= goal);
    }

    private static boolean troubled(GatewayRig rig) throws IOException {
        return Calls.get(rig, "/ready").json().at("/usage/trouble").isTextual();
    }

    private static double meter(GatewayRig rig, String name) throws IOException {
        return Calls.get(rig, "/metrics")
                .text()
                .lines()
                .filter(line -> line.startsWith(name + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
                .findFirst()
                .orElseThrow();
    }

    private GatewayRig rig(Database database) {
        upstream.onAny().answer(request -> {
            int number = request.number();
            return Reply.json(
                    "{\"model\":\"gpt-4o\",\"choices\":[],\"usage\":{\"prompt_tokens\":%d,\"completion_tokens\":%d}}"
                            .formatted(number % 9973 + 1, number % 131 + 1));
        });
        GatewayRig rig = GatewayRig.prepare(
                RigConfig.empty().channel("alpha", upstream).user("zhangsan", GatewayRig.KEY, "alpha"),
                settings -> settings);
        rig.boot(GatewayRig.booked(parts -> new UsageParts(
                (settings, snapshot) -> SqlBooks.open(database, ZoneOffset.UTC), parts.estimator(), parts.pricing())));
        return rig;
    }

    @ParameterizedTest
    @EnumSource
    void every_call_is_booked_once(Kept kept) throws Exception {
        try (DatabaseServer server = kept.start(directory)) {
            Database database = new Database(server.freshDatabase(), server.user(), Secret.of(server.password()));
            try (GatewayRig rig = rig(database)) {
                ExecutorService callers = Executors.newFixedThreadPool(CALLERS);
                for (int i = 0; i < CALLERS; i++) {
                    callers.execute(() -> call(rig));
                }
                awaitMore(300);
                for (int outage = 0; outage < OUTAGES; outage++) {
                    server.stop();
                    await("trouble to be seen").atMost(PATIENCE).until(() -> troubled(rig));
                    awaitMore(500);
                    assertThat(meter(rig, "aiproxy_journal_lag_records")).isGreaterThanOrEqualTo(400);
                    server.start();
                    await("trouble to be over").atMost(PATIENCE).until(() -> !troubled(rig));
                    awaitMore(300);
                }
                stopping = true;
                callers.shutdown();
                assertThat(callers.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
                assertThat(failures).isEmpty();
                await("everything to be booked")
                        .atMost(PATIENCE)
                        .until(() -> meter(rig, "aiproxy_journal_booked_total") == answered.size());
                assertThat(meter(rig, "aiproxy_journal_lost_total")).isZero();
            }
            try (SqlBooks books = SqlBooks.open(database, ZoneOffset.UTC)) {
                compare(books);
            }
        }
    }

    /** Calls, sums of calls, and sums that are made anew say what the callers say. */
    private void compare(SqlBooks books) throws Exception {
        List<UsageRecord> all = new ArrayList<>();
        books.each(Instant.MIN, Instant.MAX, all::add);
        assertThat(all.stream().map(UsageRecord::id))
                .containsExactlyInAnyOrderElementsOf(
                        answered.stream().map(Answered::id).toList());
        Usage used = all.stream().map(UsageRecord::usage).reduce(Usage.NONE, Usage::plus);
        assertThat(used.inputTokens())
                .isEqualTo(answered.stream().mapToLong(Answered::input).sum());
        assertThat(used.outputTokens())
                .isEqualTo(answered.stream().mapToLong(Answered::output).sum());
        Instant from = Instant.ofEpochMilli(all.get(0).startedMillis());
        Instant to = Instant.ofEpochMilli(all.get(all.size() - 1).startedMillis() + 60_000);
        for (Granularity granularity : Granularity.values()) {
            StatisticsQuery query =
                    new StatisticsQuery(from, to, ZoneOffset.UTC, granularity, List.of(), Map.of(), false);
            List<StatisticsRow> rows = books.statistics(query);
            assertThat(rows.stream().mapToLong(row -> row.sums().requests()).sum())
                    .as("%s", granularity)
                    .isEqualTo(all.size());
            assertThat(rows.stream().map(row -> row.sums().usage()).reduce(Usage.NONE, Usage::plus))
                    .as("%s", granularity)
                    .isEqualTo(used);
            assertThat(books.rebuild(Instant.EPOCH, to.plus(Duration.ofDays(40))))
                    .isEqualTo(all.size());
            assertThat(books.statistics(query)).as("%s, made anew", granularity).isEqualTo(rows);
        }
    }
}
