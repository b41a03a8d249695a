package io.aiproxy.usage.report;

import io.aiproxy.core.Usage;
import io.aiproxy.usage.Books;
import io.aiproxy.usage.BooksException;
import io.aiproxy.usage.Dimension;
import io.aiproxy.usage.Granularity;
import io.aiproxy.usage.RecordQuery;
import io.aiproxy.usage.StatisticsQuery;
import io.aiproxy.usage.StatisticsRow;
import io.aiproxy.usage.UsageRecord;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Books in memory that add up what was put into them, by brute force. */
public final class LedgerBooks implements Books {
    private final List<UsageRecord> records = new ArrayList<>();
    private volatile String broken = "";

    /** Adds calls. */
    public LedgerBooks with(UsageRecord... more) {
        records.addAll(Arrays.asList(more));
        return this;
    }

    /** From now on nothing works, for this reason; empty: all works again. */
    public void fail(String why) {
        broken = why;
    }

    private record Place(long time, List<String> values) implements Comparable<Place> {
        @Override
        public int compareTo(Place other) {
            int byTime = Long.compare(time, other.time);
            for (int i = 0; byTime == 0 && i < values.size(); i++) {
                byTime = values.get(i).compareTo(other.values.get(i));
            }
            return byTime;
        }
    }

    @Override
    public void tryOut(UsageRecord record) throws BooksException {
        check();
    }

    @Override
    public List<StatisticsRow> statistics(StatisticsQuery query) throws BooksException {
        check();
        Map<Place, List<UsageRecord>> places = new TreeMap<>();
        chosen(query.from(), query.to(), query.filters()).forEach(call -> places(call, query)
                .forEach(place ->
                        places.computeIfAbsent(place, p -> new ArrayList<>()).add(call)));
        List<StatisticsRow> rows = new ArrayList<>();
        places.forEach((place, calls) -> rows.add(new StatisticsRow(
                place.time,
                place.values,
                sums(calls),
                query.latencies() ? quantiles(calls) : Optional.empty(),
                Optional.empty())));
        return rows;
    }

    private Stream<UsageRecord> chosen(Instant from, Instant to, Map<Dimension, Set<String>> filters) {
        return records.stream()
                .filter(call -> call.startedMillis() >= from.toEpochMilli() && call.startedMillis() < to.toEpochMilli())
                .filter(call -> filters.entrySet().stream()
                        .allMatch(of -> values(call, of.getKey()).stream().anyMatch(of.getValue()::contains)));
    }

    private static List<Place> places(UsageRecord call, StatisticsQuery query) {
        List<List<String>> all = List.of(List.of());
        for (Dimension dimension : query.by()) {
            List<List<String>> next = new ArrayList<>();
            for (List<String> before : all) {
                for (String value : values(call, dimension)) {
                    List<String> longer = new ArrayList<>(before);
                    longer.add(value);
                    next.add(longer);
                }
            }
            all = next;
        }
        long time = time(call, query);
        return all.stream().map(values -> new Place(time, values)).toList();
    }

    private static long time(UsageRecord call, StatisticsQuery query) {
        ZonedDateTime time = Instant.ofEpochMilli(call.startedMillis()).atZone(query.zone());
        if (query.granularity() == Granularity.TOTAL) {
            return query.from().toEpochMilli();
        }
        ZonedDateTime begins =
                switch (query.granularity()) {
                    case MINUTE -> time.truncatedTo(ChronoUnit.MINUTES);
                    case HOUR -> time.truncatedTo(ChronoUnit.HOURS);
                    case MONTH -> time.toLocalDate().withDayOfMonth(1).atStartOfDay(query.zone());
                    default -> time.toLocalDate().atStartOfDay(query.zone());
                };
        return begins.toInstant().toEpochMilli();
    }

    private static List<String> values(UsageRecord call, Dimension dimension) {
        return switch (dimension) {
            case USER -> List.of(call.user());
            case KEY -> List.of(call.user() + "/" + call.key());
            case GROUP -> call.groups();
            case CHANNEL -> List.of(call.channel());
            case MODEL -> List.of(call.model());
            case DIALECT -> List.of(call.dialect());
            case OPERATION -> List.of(call.operation());
            case ENDING -> List.of(call.ending());
            case FAILURE -> List.of(call.failure());
            case CURRENCY -> List.of(call.currency());
        };
    }

    private static StatisticsRow.Sums sums(List<UsageRecord> calls) {
        long successful = calls.stream().filter(call -> call.status() < 400).count();
        Usage usage = calls.stream().map(UsageRecord::usage).reduce(Usage.NONE, Usage::plus);
        return new StatisticsRow.Sums(
                calls.size(),
                successful,
                calls.stream().mapToLong(UsageRecord::attempts).sum(),
                calls.stream().mapToLong(UsageRecord::bytesIn).sum(),
                calls.stream().mapToLong(UsageRecord::bytesOut).sum(),
                calls.stream().mapToLong(UsageRecord::durationMicros).sum(),
                usage,
                calls.stream()
                        .filter(call -> call.source() == io.aiproxy.core.UsageSource.ESTIMATED)
                        .count(),
                calls.stream()
                        .filter(call -> !call.priced() && !call.usage().equals(Usage.NONE))
                        .count(),
                calls.stream().mapToLong(UsageRecord::cost).sum());
    }

    private static Optional<StatisticsRow.Quantiles> quantiles(List<UsageRecord> calls) {
        long[] sorted =
                calls.stream().mapToLong(UsageRecord::durationMicros).sorted().toArray();
        if (sorted.length == 0) {
            return Optional.empty();
        }
        int last = sorted.length - 1;
        return Optional.of(new StatisticsRow.Quantiles(
                sorted.length,
                sorted[last / 2],
                sorted[last * 9 / 10],
                sorted[last * 95 / 100],
                sorted[last * 99 / 100],
                sorted[last]));
    }

    @Override
    public List<UsageRecord> records(RecordQuery query) throws BooksException {
        check();
        Comparator<UsageRecord> newest = Comparator.comparingLong(UsageRecord::startedMillis)
                .thenComparing(UsageRecord::id)
                .reversed();
        return chosen(query.from(), query.to(), query.filters())
                .sorted(newest)
                .filter(call -> query.before()
                        .map(mark -> call.startedMillis() < mark.startedMillis()
                                || call.startedMillis() == mark.startedMillis()
                                        && call.id().compareTo(mark.id()) < 0)
                        .orElse(true))
                .limit(query.limit())
                .toList();
    }

    @Override
    public void each(Instant from, Instant to, Consumer<UsageRecord> consumer) throws BooksException {
        check();
        chosen(from, to, Map.of())
                .sorted(Comparator.comparingLong(UsageRecord::startedMillis))
                .forEach(consumer);
    }

    private void check() throws BooksException {
        if (!broken.isEmpty()) {
            throw new BooksException(broken);
        }
    }

    @Override
    public Optional<Position> position(String journal) {
        return Optional.empty();
    }

    @Override
    public void add(List<UsageRecord> more, Position upTo) {
        records.addAll(more);
    }

    @Override
    public void purge(Instant before, Instant minutes) {
        records.removeIf(call -> call.startedMillis() < before.toEpochMilli());
    }

    @Override
    public long rebuild(Instant from, Instant to) {
        return chosen(from, to, Map.of()).count();
    }

    @Override
    public Optional<String> trouble() {
        return broken.isEmpty() ? Optional.empty() : Optional.of(broken);
    }

    @Override
    public String place() {
        return "memory";
    }

    @Override
    public void close() {
        records.clear();
    }
}
