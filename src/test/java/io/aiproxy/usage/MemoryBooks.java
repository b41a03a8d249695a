package io.aiproxy.usage;

import io.aiproxy.core.Usage;
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
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/** Books in memory, which fail when told. Sums are made of the records each time, so there are none to rebuild. Any thread. */
public class MemoryBooks implements Books {
    private static final Comparator<RecordQuery.Mark> ORDER =
            Comparator.comparingLong(RecordQuery.Mark::startedMillis).thenComparing(RecordQuery.Mark::id);

    private final TreeMap<RecordQuery.Mark, UsageRecord> records = new TreeMap<>(ORDER);
    private final Map<String, Position> positions = new HashMap<>();
    private Failure failure = Failure.NONE;
    private Predicate<UsageRecord> refused = record -> false;
    private int refusals;
    private int adds;
    private int purges;

    /** How they fail. */
    public enum Failure {
        NONE,
        /** Nothing can be read or written. */
        DOWN,
        /** What is added is there, but nobody can say so. */
        LOST_ANSWER
    }

    /** From now on they fail like this. */
    public synchronized void fail(Failure how) {
        failure = how;
    }

    /** From now on nothing is added together with a record of this kind. */
    public synchronized void refuse(Predicate<UsageRecord> what) {
        refused = what;
    }

    /** How many times something was refused. */
    public synchronized int refusals() {
        return refusals;
    }

    /** How many times something was added. */
    public synchronized int adds() {
        return adds;
    }

    /** How many times something was to be deleted. */
    public synchronized int purges() {
        return purges;
    }

    /** All of them. */
    public synchronized List<UsageRecord> all() {
        return List.copyOf(records.values());
    }

    private void check() throws BooksException {
        if (failure == Failure.DOWN) {
            throw down();
        }
    }

    private static BooksException down() {
        return new BooksException("the database is down; start it", true, new IllegalStateException("down"));
    }

    @Override
    public synchronized Optional<Position> position(String journal) throws BooksException {
        check();
        return Optional.ofNullable(positions.get(journal));
    }

    @Override
    public synchronized void add(List<UsageRecord> added, Position upTo) throws BooksException {
        check();
        refuse(added);
        for (UsageRecord record : added) {
            records.putIfAbsent(mark(record), record);
        }
        positions.put(upTo.journal(), upTo);
        adds++;
        if (failure == Failure.LOST_ANSWER) {
            failure = Failure.NONE;
            throw down();
        }
    }

    @Override
    public synchronized void tryOut(UsageRecord record) throws BooksException {
        check();
        refuse(List.of(record));
    }

    private void refuse(List<UsageRecord> added) throws BooksException {
        refusals++;
        if (added.stream().anyMatch(refused)) {
            throw new BooksException("a value is too long", false, new IllegalStateException("refused"));
        }
        refusals--;
    }

    private static RecordQuery.Mark mark(UsageRecord record) {
        return new RecordQuery.Mark(record.startedMillis(), record.id());
    }

    private List<UsageRecord> between(Instant from, Instant to, Map<Dimension, Set<String>> filters) {
        Predicate<UsageRecord> wanted = record -> filters.entrySet().stream()
                .allMatch(filter -> values(record, filter.getKey()).stream().anyMatch(filter.getValue()::contains));
        return records.values().stream()
                .filter(record -> record.startedMillis() >= from.toEpochMilli())
                .filter(record -> record.startedMillis() < to.toEpochMilli())
                .filter(wanted)
                .toList();
    }

    private static List<String> values(UsageRecord of, Dimension dimension) {
        return switch (dimension) {
            case USER -> List.of(of.user());
            case KEY -> List.of(of.user() + "/" + of.key());
            case GROUP -> of.groups();
            case CHANNEL -> List.of(of.channel());
            case MODEL -> List.of(of.model());
            case DIALECT -> List.of(of.dialect());
            case OPERATION -> List.of(of.operation());
            case ENDING -> List.of(of.ending());
            case FAILURE -> List.of(of.failure());
            case CURRENCY -> List.of(of.currency());
        };
    }

    @Override
    public synchronized List<StatisticsRow> statistics(StatisticsQuery query) throws BooksException {
        check();
        Instant from = query.from().truncatedTo(ChronoUnit.MINUTES);
        Instant cut = query.to().truncatedTo(ChronoUnit.MINUTES);
        Instant to = cut.equals(query.to()) ? cut : cut.plus(1, ChronoUnit.MINUTES);
        Map<Long, Map<String, Map.Entry<List<String>, List<UsageRecord>>>> rows = new TreeMap<>();
        for (UsageRecord record : between(from, to, query.filters())) {
            long time = time(query, from, record);
            for (List<String> values : combinations(record, query.by())) {
                rows.computeIfAbsent(time, t -> new TreeMap<>())
                        .computeIfAbsent(String.join("\u0000", values), v -> Map.entry(values, new ArrayList<>()))
                        .getValue()
                        .add(record);
            }
        }
        return rows.entrySet().stream()
                .flatMap(at -> at.getValue().values().stream().map(row -> row(at.getKey(), row, query.latencies())))
                .toList();
    }

    private static long time(StatisticsQuery query, Instant from, UsageRecord record) {
        ZonedDateTime at = Instant.ofEpochMilli(record.startedMillis()).atZone(query.zone());
        return switch (query.granularity()) {
            case TOTAL -> from.toEpochMilli();
            case MINUTE -> at.truncatedTo(ChronoUnit.MINUTES).toInstant().toEpochMilli();
            case HOUR -> at.truncatedTo(ChronoUnit.HOURS).toInstant().toEpochMilli();
            case DAY -> at.truncatedTo(ChronoUnit.DAYS).toInstant().toEpochMilli();
            case MONTH ->
                at.truncatedTo(ChronoUnit.DAYS).withDayOfMonth(1).toInstant().toEpochMilli();
        };
    }

    private static List<List<String>> combinations(UsageRecord record, List<Dimension> by) {
        List<List<String>> all = List.of(List.of());
        for (Dimension dimension : by) {
            List<String> values = values(record, dimension);
            all = all.stream()
                    .flatMap(head -> values.stream().map(value -> {
                        List<String> longer = new ArrayList<>(head);
                        longer.add(value);
                        return List.copyOf(longer);
                    }))
                    .collect(Collectors.toList());
        }
        return all;
    }

    private static StatisticsRow row(long time, Map.Entry<List<String>, List<UsageRecord>> of, boolean latencies) {
        List<UsageRecord> calls = of.getValue();
        Optional<StatisticsRow.Quantiles> none = Optional.empty();
        return new StatisticsRow(
                time,
                of.getKey(),
                sums(calls),
                latencies
                        ? quantiles(
                                calls.stream().filter(call -> !call.webSocket()).mapToLong(UsageRecord::durationMicros))
                        : none,
                latencies
                        ? quantiles(calls.stream()
                                .filter(call -> !call.webSocket())
                                .mapToLong(UsageRecord::firstByteMicros))
                        : none);
    }

    private static StatisticsRow.Sums sums(List<UsageRecord> calls) {
        return new StatisticsRow.Sums(
                calls.size(),
                calls.stream().filter(MemoryBooks::successful).count(),
                calls.stream().mapToLong(UsageRecord::attempts).sum(),
                calls.stream().mapToLong(UsageRecord::bytesIn).sum(),
                calls.stream().mapToLong(UsageRecord::bytesOut).sum(),
                calls.stream().mapToLong(UsageRecord::durationMicros).sum(),
                calls.stream().map(UsageRecord::usage).reduce(Usage.NONE, Usage::plus),
                calls.stream()
                        .filter(call -> call.source().tag().equals("estimated"))
                        .count(),
                calls.stream()
                        .filter(call -> !call.priced() && !call.usage().equals(Usage.NONE))
                        .count(),
                calls.stream().mapToLong(UsageRecord::cost).sum());
    }

    private static boolean successful(UsageRecord call) {
        return call.webSocket() || call.status() < 400 && call.ending().equals("ok");
    }

    private static Optional<StatisticsRow.Quantiles> quantiles(LongStream micros) {
        long[] sorted = micros.filter(value -> value >= 0).sorted().toArray();
        if (sorted.length == 0) {
            return Optional.empty();
        }
        return Optional.of(new StatisticsRow.Quantiles(
                sorted.length, at(sorted, 50), at(sorted, 90), at(sorted, 95), at(sorted, 99), at(sorted, 100)));
    }

    private static long at(long[] sorted, int percent) {
        return sorted[Math.max(0, (sorted.length * percent + 99) / 100 - 1)];
    }

    @Override
    public synchronized List<UsageRecord> records(RecordQuery query) throws BooksException {
        check();
        RecordQuery.@Nullable Mark before = query.before().orElse(null);
        return between(query.from(), query.to(), query.filters()).stream()
                .sorted((a, b) -> ORDER.compare(mark(b), mark(a)))
                .filter(record -> before == null || ORDER.compare(mark(record), before) < 0)
                .limit(query.limit())
                .toList();
    }

    @Override
    public synchronized void each(Instant from, Instant to, Consumer<UsageRecord> consumer) throws BooksException {
        check();
        between(from, to, Map.of()).forEach(consumer);
    }

    @Override
    public synchronized void purge(Instant before, Instant minutes) throws BooksException {
        purges++;
        check();
        records.keySet().removeIf(mark -> mark.startedMillis() < before.toEpochMilli());
    }

    @Override
    public synchronized long rebuild(Instant from, Instant to) throws BooksException {
        check();
        return between(from, to, Map.of()).size();
    }

    @Override
    public synchronized Optional<String> trouble() {
        return failure == Failure.DOWN ? Optional.of("the database is down") : Optional.empty();
    }

    @Override
    public String place() {
        return "memory";
    }

    @Override
    public void close() {}
}
