package io.aiproxy.app.statistics;

import io.aiproxy.core.Ending;
import io.aiproxy.telemetry.Statistics.Seed;
import io.aiproxy.telemetry.Statistics.Tally;
import io.aiproxy.usage.Books;
import io.aiproxy.usage.BooksException;
import io.aiproxy.usage.Dimension;
import io.aiproxy.usage.Granularity;
import io.aiproxy.usage.RecordQuery;
import io.aiproxy.usage.StatisticsQuery;
import io.aiproxy.usage.StatisticsRow;
import io.aiproxy.usage.UsageRecord;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * What was counted before this process. Sums know whole minutes; the calls of the minute in which the process started are
 * looked at one by one, because some of them may be its own.
 *
 * <p>A WebSocket's life is no response time. Sums hold the durations of both together, so that only kinds of calls of which
 * none was a WebSocket go into the mean.
 */
final class Earlier {
    /** Before there was anything like this. */
    private static final LocalDate BEGINNING = LocalDate.of(2000, 1, 1);

    private final Books books;
    private final ZoneId zone;
    private final Instant from;
    private final Instant minute;
    private final Instant started;

    private long calls;
    private long goodCalls;
    private long timedCalls;
    private long timedMicros;
    private long sockets;
    private long firstMillis;
    private long lastMillis;
    private final Map<String, Tally> channels = new HashMap<>();
    private final Map<String, Tally> users = new HashMap<>();

    Earlier(Books books, ZoneId zone, long startedMillis) {
        this.books = books;
        this.zone = zone;
        this.from = BEGINNING.atStartOfDay(zone).toInstant();
        this.started = Instant.ofEpochMilli(startedMillis);
        this.minute = started.truncatedTo(ChronoUnit.MINUTES);
        this.firstMillis = startedMillis;
    }

    Seed seed() throws BooksException {
        for (StatisticsRow row : sums(List.of(Dimension.DIALECT, Dimension.OPERATION), true)) {
            kind(row);
        }
        for (StatisticsRow row : sums(List.of(Dimension.CHANNEL), false)) {
            add(channels, row.values().get(0), tally(row));
        }
        for (StatisticsRow row : sums(List.of(Dimension.USER), false)) {
            add(users, row.values().get(0), tally(row));
        }
        books.each(minute, started, this::call);
        last();
        return new Seed(
                calls, goodCalls, timedCalls, timedMicros * 1000, sockets, lastMillis / 1000, since(), channels, users);
    }

    private List<StatisticsRow> sums(List<Dimension> by, boolean latencies) throws BooksException {
        return books.statistics(new StatisticsQuery(from, minute, zone, Granularity.TOTAL, by, Map.of(), latencies));
    }

    private void kind(StatisticsRow row) {
        long requests = row.sums().requests();
        long plain = row.duration().map(StatisticsRow.Quantiles::count).orElse(0L);
        long opened = requests - plain;
        calls += plain;
        sockets += opened;
        goodCalls += row.sums().successful() - opened;
        if (opened == 0) {
            timedCalls += plain;
            timedMicros += row.sums().durationMicros();
        }
    }

    private void call(UsageRecord record) {
        boolean good =
                record.webSocket() || (record.status() < 400 && record.ending().equals(Ending.OK.tag()));
        if (record.webSocket()) {
            sockets++;
        } else {
            calls++;
            goodCalls += good ? 1 : 0;
            timedCalls++;
            timedMicros += Math.max(0, record.durationMicros());
        }
        firstMillis = Math.min(firstMillis, record.startedMillis());
        Tally one = new Tally(1, good ? 1 : 0);
        add(channels, record.channel(), one);
        add(users, record.user(), one);
    }

    private static Tally tally(StatisticsRow row) {
        return new Tally(row.sums().requests(), row.sums().successful());
    }

    /** A call that was refused has no channel, one without a key no user. */
    private static void add(Map<String, Tally> tallies, String id, Tally more) {
        if (!id.isEmpty()) {
            tallies.merge(id, more, (a, b) -> new Tally(a.requests() + b.requests(), a.successful() + b.successful()));
        }
    }

    private void last() throws BooksException {
        for (UsageRecord record : books.records(new RecordQuery(from, started, Map.of(), Optional.empty(), 1))) {
            lastMillis = record.endedMillis();
        }
    }

    /** The day of the first call; where there is none, the process's start. */
    private long since() throws BooksException {
        Function<StatisticsRow, Instant> time = row -> Instant.ofEpochMilli(row.time());
        Optional<Instant> month = first(from, minute, Granularity.MONTH).map(time);
        if (month.isEmpty()) {
            return firstMillis;
        }
        Instant next = month.get().atZone(zone).plusMonths(1).toInstant();
        return first(month.get(), next.isBefore(minute) ? next : minute, Granularity.DAY)
                .map(StatisticsRow::time)
                .orElse(month.get().toEpochMilli());
    }

    private Optional<StatisticsRow> first(Instant begin, Instant end, Granularity granularity) throws BooksException {
        return books.statistics(new StatisticsQuery(begin, end, zone, granularity, List.of(), Map.of(), false)).stream()
                .findFirst();
    }
}
