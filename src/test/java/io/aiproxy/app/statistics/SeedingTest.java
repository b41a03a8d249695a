package io.aiproxy.app.statistics;

import static io.aiproxy.testing.CallRecord.at;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.aiproxy.config.Snapshot;
import io.aiproxy.telemetry.Statistics;
import io.aiproxy.telemetry.StatsPage;
import io.aiproxy.testing.InMemoryBooks;
import io.aiproxy.usage.BooksException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The old status page goes on after a restart with what the books know. */
class SeedingTest {
    private static final long STARTED = Instant.parse("2026-05-20T12:00:30Z").toEpochMilli();
    private static final ZoneId ZONE = ZoneId.of("Asia/Shanghai");

    private final InMemoryBooks books = new InMemoryBooks();
    private final Statistics statistics = new Statistics();
    private final AtomicBoolean caughtUp = new AtomicBoolean();

    @AutoClose
    private final Seeding seeding = new Seeding(statistics, STARTED, Duration.ofMillis(1));

    @TempDir
    private Path directory;

    private Snapshot snapshot;

    @BeforeEach
    void configure() {
        snapshot = new Desk(directory).snapshot;
    }

    private JsonNode page() throws Exception {
        return new ObjectMapper().readTree(new StatsPage(statistics, "1.0", STARTED).json(snapshot, STARTED + 1000));
    }

    private void seeded() {
        seeding.start(books, () -> ZONE, caughtUp::get);
        caughtUp.set(true);
        await().until(() -> statistics.sinceMillis() != 0);
    }

    @Test
    void everything_before_the_start_counts_and_nothing_twice() throws Exception {
        books.with(
                at("a", "2026-03-03T08:00:00Z").took(1000).record(),
                at("b", "2026-05-20T11:00:00Z")
                        .took(3000)
                        .failed(502, "channel_error", "x")
                        .record(),
                at("c", "2026-05-20T11:00:00Z").socket(7_200_000).of("lisi").record(),
                at("d", "2026-05-20T12:00:10Z").took(2000).record(),
                at("own", "2026-05-20T12:00:30Z").record());
        seeded();
        JsonNode page = page();
        assertThat(page.path("total_requests").asInt()).isEqualTo(4);
        assertThat(page.path("successful_requests").asInt()).isEqualTo(3);
        assertThat(page.path("failed_requests").asInt()).isEqualTo(1);
        assertThat(page.at("/protocol_stats/http_requests").asInt()).isEqualTo(3);
        assertThat(page.at("/protocol_stats/websocket_connections").asInt()).isEqualTo(1);
        assertThat(page.at("/channel_stats/alpha/requests").asInt()).isEqualTo(4);
        assertThat(page.at("/user_stats/zhangsan/requests").asInt()).isEqualTo(3);
        assertThat(page.at("/user_stats/zhangsan/failed").asInt()).isEqualTo(1);
        assertThat(page.path("avg_response_time").asText())
                .as("a socket's life is no response time")
                .isEqualTo("2.000");
        assertThat(page.path("last_request_time").asLong())
                .isEqualTo(Instant.parse("2026-05-20T12:00:12Z").getEpochSecond());
        assertThat(page.path("counted_since").asLong())
                .isEqualTo(Instant.parse("2026-03-02T16:00:00Z").getEpochSecond());
    }

    @Test
    void kinds_of_which_some_were_sockets_stay_out_of_the_mean() throws Exception {
        books.with(
                at("a", "2026-05-20T11:00:00Z").took(4000).record(),
                at("b", "2026-05-20T11:00:00Z").socket(7_200_000).record(),
                at("c", "2026-05-20T11:00:00Z")
                        .socket(1)
                        .failed(403, "refused", "x")
                        .record());
        seeded();
        assertThat(page().path("avg_response_time").asText()).isEqualTo("4.000");
        assertThat(page().path("total_requests").asInt()).isEqualTo(3);
    }

    @Test
    void empty_books_change_nothing() throws Exception {
        seeded();
        assertThat(page().path("total_requests").asInt()).isZero();
        assertThat(page().path("counted_since").asLong()).isEqualTo(STARTED / 1000);
    }

    @Test
    void books_that_are_away_are_waited_for() throws Exception {
        books.with(at("a", "2026-05-20T11:00:00Z").record());
        books.fail(new BooksException("The database does not answer.", true, new IOException()));
        seeding.start(books, () -> ZONE, caughtUp::get);
        caughtUp.set(true);
        assertThat(page().path("counted_since").asLong()).isEqualTo(STARTED / 1000);
        books.fail(null);
        await().until(() -> statistics.sinceMillis() != 0);
        assertThat(page().path("total_requests").asInt()).isEqualTo(1);
    }

    @Test
    void nothing_is_counted_before_the_books_have_it_all() throws Exception {
        books.with(at("a", "2026-05-20T11:00:00Z").record());
        seeding.start(books, () -> ZONE, caughtUp::get);
        assertThat(page().path("total_requests").asInt()).isZero();
        books.with(at("b", "2026-05-20T11:30:00Z").record());
        caughtUp.set(true);
        await().until(() -> statistics.sinceMillis() != 0);
        assertThat(page().path("total_requests").asInt()).isEqualTo(2);
    }
}
