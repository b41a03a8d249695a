package io.aiproxy.testing;

import io.aiproxy.core.Ending;
import io.aiproxy.core.Usage;
import io.aiproxy.core.UsageSource;
import io.aiproxy.usage.Books;
import io.aiproxy.usage.BooksException;
import io.aiproxy.usage.Dimension;
import io.aiproxy.usage.Granularity;
import io.aiproxy.usage.RecordQuery;
import io.aiproxy.usage.StatisticsQuery;
import io.aiproxy.usage.StatisticsRow;
import io.aiproxy.usage.StatisticsRow.Quantiles;
import io.aiproxy.usage.StatisticsRow.Sums;
import io.aiproxy.usage.UsageRecord;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Books that keep every record in memory and add up anew for every question: slow, and nothing can be wrong with its sums.
 * Percentiles are exact values of the records. Any thread.
 */
public final class InMemoryBooks implements Books {
    private static final Comparator<UsageRecord> OLDEST_FIRST =
            Comparator.comparingLong(UsageRecord::startedMillis).thenComparing(UsageRecord::id);

    private final TreeMap<UsageRecord, UsageRecord> records = new TreeMap<>(OLDEST_FIRST);
    private final Map<String, Position> positions = new HashMap<>();
    private @Nullable BooksException trouble;
    private int pages;

    /** Adds records that no journal knows of. */
    public synchronized InMemoryBooks with(UsageRecord... more) {
        for (UsageRecord record : more) {
            records.putIfAbsent(record, record);
        }
        return this;
    }

    /** Every question fails like this from now on; null: it works again. */
    public synchronized void fail(@Nullable BooksException how) {
        trouble = how;
    }

    /** How often records were asked for. */
    public synchronized int pages() {
        return pages;
    }

    private synchronized void check() throws BooksException {
        if (trouble != null) {
            throw trouble;
        }
    }

    @Override
    public synchronized Optional<Position> position(String journal) throws BooksException {
        check();
        return Optional.ofNullable(positions.get(journal));
    }

    @Override
    public synchronized void add(List<UsageRecord> more, Position upTo) throws BooksException {
        check();
        with(more.toArray(UsageRecord[]::new));
        positions.put(upTo.journal(), upTo);
    }

    @Override
    public synchronized void tryOut(UsageRecord record) throws BooksException {
        check();
    }

    @Override
    public synchronized List<StatisticsRow> statistics(StatisticsQuery query) throws BooksException {
        check();
        Instant from = query.from().truncatedTo(ChronoUnit.MINUTES);
        Instant down = query.to().truncatedTo(ChronoUnit.MINUTES);
        Instant to = down.equals(query.to()) ? down : down.plus(1, ChronoUnit.MINUTES);
        Map<Key, List<UsageRecord>> pieces = new TreeMap<>();
        for (UsageRecord record : records.values()) {
            Instant at = Instant.ofEpochMilli(record.startedMillis());
            if (at.isBefore(from) || !at.isBefore(to) || !counts(record, query.filters())) {
                continue;
            }
            long time = query.granularity() == Granularity.TOTAL ? from.toEpochMilli() : piece(at, query);
            for (List<String> values : values(record, query)) {
                pieces.computeIfAbsent(new Key(time, values), unused -> new ArrayList<>())
                        .add(record);
            }
        }
        return pieces.entrySet().stream()
                .map(piece -> row(piece.getKey(), piece.getValue(), query.latencies()))
                .toList();
    }

    private record Key(long time, List<String> values) implements Comparable<Key> {
        @Override
        public int compareTo(Key other) {
            int order = Long.compare(time, other.time);
            for (int i = 0; order == 0 && i < values.size(); i++) {
                order = values.get(i).compareTo(other.values.get(i));
            }
            return order;
        }
    }

    private static long piece(Instant at, StatisticsQuery query) {
        ZonedDateTime time = at.atZone(query.zone());
        ZonedDateTime begin =
                switch (query.granularity()) {
                    case TOTAL, MINUTE -> time.truncatedTo(ChronoUnit.MINUTES);
                    case HOUR -> time.truncatedTo(ChronoUnit.HOURS);
                    case DAY -> time.toLocalDate().atStartOfDay(query.zone());
                    case MONTH -> time.toLocalDate().withDayOfMonth(1).atStartOfDay(query.zone());
                };
        return begin.toInstant().toEpochMilli();
    }

    private static boolean counts(UsageRecord record, Map<Dimension, Set<String>> filters) {
        return filters.entrySet().stream()
                .allMatch(filter -> of(record, filter.getKey()).stream().anyMatch(filter.getValue()::contains));
    }

    /** Each combination of values that is asked for; there are several where a user is in several groups. */
    private static List<List<String>> values(UsageRecord record, StatisticsQuery query) {
        List<List<String>> all = List.of(List.of());
        for (Dimension dimension : query.by()) {
            Set<String> wanted = query.filters().get(dimension);
            List<List<String>> longer = new ArrayList<>();
            for (List<String> begun : all) {
                for (String value : of(record, dimension)) {
                    if (wanted != null && !wanted.contains(value)) {
                        continue;
                    }
                    List<String> values = new ArrayList<>(begun);
                    values.add(value);
                    longer.add(values);
                }
            }
            all = longer;
        }
        return all;
    }

    private static List<String> of(UsageRecord record, Dimension dimension) {
        return switch (dimension) {
            case USER -> List.of(record.user());
            case KEY -> List.of(record.user() + "/" + record.key());
            case GROUP -> record.groups().isEmpty() ? List.of("") : record.groups();
            case CHANNEL -> List.of(record.channel());
            case MODEL -> List.of(record.model());
            case DIALECT -> List.of(record.dialect());
            case OPERATION -> List.of(record.operation());
            case ENDING -> List.of(record.ending());
            case FAILURE -> List.of(record.failure());
            case CURRENCY -> List.of(record.currency());
        };
    }

    private static StatisticsRow row(Key key, List<UsageRecord> of, boolean latencies) {
        List<UsageRecord> calls =
                of.stream().filter(record -> latencies && !record.webSocket()).toList();
        return new StatisticsRow(
                key.time,
                key.values,
                sums(of),
                quantiles(calls, UsageRecord::durationMicros),
                quantiles(calls, UsageRecord::firstByteMicros));
    }

    private static Sums sums(List<UsageRecord> of) {
        return new Sums(
                of.size(),
                of.stream().filter(InMemoryBooks::successful).count(),
                sum(of, UsageRecord::attempts),
                sum(of, UsageRecord::bytesIn),
                sum(of, UsageRecord::bytesOut),
                sum(of, record -> Math.max(0, record.durationMicros())),
                of.stream().map(UsageRecord::usage).reduce(Usage.NONE, Usage::plus),
                of.stream()
                        .filter(record -> record.source() == UsageSource.ESTIMATED)
                        .count(),
                of.stream()
                        .filter(record -> !record.priced() && !record.usage().equals(Usage.NONE))
                        .count(),
                sum(of, UsageRecord::cost));
    }

    private static boolean successful(UsageRecord record) {
        return record.webSocket() || (record.status() < 400 && record.ending().equals(Ending.OK.tag()));
    }

    private static long sum(List<UsageRecord> of, ToLongFunction<UsageRecord> number) {
        return of.stream().mapToLong(number).sum();
    }

    private static Optional<Quantiles> quantiles(List<UsageRecord> of, ToLongFunction<UsageRecord> number) {
        long[] sorted = of.stream()
                .mapToLong(number)
                .filter(value -> value >= 0)
                .sorted()
                .toArray();
        return sorted.length == 0
                ? Optional.empty()
                : Optional.of(new Quantiles(
                        sorted.length,
                        at(sorted, 50),
                        at(sorted, 90),
                        at(sorted, 95),
                        at(sorted, 99),
                        sorted[sorted.length - 1]));
    }

    private static long at(long[] sorted, int percent) {
        return sorted[Math.max(0, (int) Math.ceil(sorted.length * percent / 100.0) - 1)];
    }

    @Override
    public synchronized List<UsageRecord> records(RecordQuery query) throws BooksException {
        check();
        pages++;
        return records.descendingMap().values().stream()
                .filter(record -> within(record, query.from(), query.to()))
                .filter(record -> counts(record, query.filters()))
                .filter(record ->
                        query.before().filter(mark -> !behind(record, mark)).isEmpty())
                .limit(query.limit())
                .toList();
    }

    private static boolean behind(UsageRecord record, RecordQuery.Mark mark) {
        return record.startedMillis() < mark.startedMillis()
                || (record.startedMillis() == mark.startedMillis()
                        && record.id().compareTo(mark.id()) < 0);
    }

    private static boolean within(UsageRecord record, Instant from, Instant to) {
        Instant at = Instant.ofEpochMilli(record.startedMillis());
        return !at.isBefore(from) && at.isBefore(to);
    }

    @Override
    public void each(Instant from, Instant to, Consumer<UsageRecord> consumer) throws BooksException {
        check();
        List<UsageRecord> all;
        synchronized (this) {
            all = records.values().stream()
                    .filter(record -> within(record, from, to))
                    .toList();
        }
        all.forEach(consumer);
    }

    @Override
    public synchronized void purge(Instant before, Instant minutes) throws BooksException {
        check();
        records.keySet().removeIf(record -> record.startedMillis() < before.toEpochMilli());
    }

    @Override
    public synchronized long rebuild(Instant from, Instant to) throws BooksException {
        check();
        return records.keySet().stream()
                .filter(record -> within(record, from, to))
                .count();
    }

    @Override
    public synchronized Optional<String> trouble() {
        return Optional.ofNullable(trouble).map(Throwable::getMessage);
    }

    @Override
    public String place() {
        return "memory";
    }

    @Override
    public void close() {
        // nothing is held
    }
}
