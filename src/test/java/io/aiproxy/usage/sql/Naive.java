package io.aiproxy.usage.sql;

import io.aiproxy.core.Usage;
import io.aiproxy.core.UsageSource;
import io.aiproxy.usage.Dimension;
import io.aiproxy.usage.Granularity;
import io.aiproxy.usage.StatisticsQuery;
import io.aiproxy.usage.StatisticsRow;
import io.aiproxy.usage.StatisticsRow.Quantiles;
import io.aiproxy.usage.StatisticsRow.Sums;
import io.aiproxy.usage.UsageRecord;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;

/** Statistics as they are meant, from all records, without a thought of speed. */
final class Naive {
    private Naive() {}

    static List<StatisticsRow> statistics(List<UsageRecord> all, StatisticsQuery query) {
        long from = query.from().getEpochSecond() / 60 * 60_000;
        long to = -Math.floorDiv(-query.to().toEpochMilli(), 60_000) * 60_000;
        Map<Long, Map<String, List<UsageRecord>>> pieces = new TreeMap<>();
        for (UsageRecord record : all) {
            if (record.startedMillis() >= from && record.startedMillis() < to) {
                long time = query.granularity() == Granularity.TOTAL ? from : begin(record.startedMillis(), query);
                for (List<String> values : rows(record, query)) {
                    pieces.computeIfAbsent(time, key -> new TreeMap<>())
                            .computeIfAbsent(String.join("\u0001", values), key -> new ArrayList<>())
                            .add(record);
                }
            }
        }
        List<StatisticsRow> rows = new ArrayList<>();
        pieces.forEach((time, values) -> values.forEach((joined, records) -> {
            List<String> split = query.by().isEmpty() ? List.of() : List.of(joined.split("\u0001", -1));
            rows.add(new StatisticsRow(
                    time,
                    split,
                    sums(records),
                    query.latencies() ? quantiles(records, UsageRecord::durationMicros) : Optional.empty(),
                    query.latencies() ? quantiles(records, UsageRecord::firstByteMicros) : Optional.empty()));
        }));
        return rows;
    }

    private static long begin(long at, StatisticsQuery query) {
        var time = Instant.ofEpochMilli(at).atZone(query.zone());
        LocalDate date = time.toLocalDate();
        return switch (query.granularity()) {
            case MINUTE -> at / 60_000 * 60_000;
            case HOUR -> hour(at, query.zone());
            case DAY -> date.atStartOfDay(query.zone()).toInstant().toEpochMilli();
            case MONTH ->
                date.withDayOfMonth(1).atStartOfDay(query.zone()).toInstant().toEpochMilli();
            case TOTAL -> throw new IllegalArgumentException();
        };
    }

    /** What is left of an hour in whose middle the clocks were changed is a piece of its own. */
    private static long hour(long at, ZoneId zone) {
        Instant moment = Instant.ofEpochMilli(at);
        long shift = zone.getRules().getOffset(moment).getTotalSeconds() * 1000L;
        long begin = Math.floorDiv(at + shift, 3_600_000) * 3_600_000 - shift;
        var changed = zone.getRules().previousTransition(moment.plusMillis(1));
        return changed == null ? begin : Math.max(begin, changed.toEpochSecond() * 1000);
    }

    private static List<List<String>> rows(UsageRecord record, StatisticsQuery query) {
        for (Map.Entry<Dimension, Set<String>> filter : query.filters().entrySet()) {
            if (values(record, filter.getKey()).stream().noneMatch(filter.getValue()::contains)) {
                return List.of();
            }
        }
        List<List<String>> rows = List.of(List.of());
        for (Dimension dimension : query.by()) {
            Set<String> wanted = query.filters().get(dimension);
            List<String> values = values(record, dimension).stream()
                    .filter(value -> wanted == null || wanted.contains(value))
                    .toList();
            rows = rows.stream()
                    .flatMap(row -> values.stream().map(value -> Stream.concat(row.stream(), Stream.of(value))
                            .toList()))
                    .toList();
        }
        return rows;
    }

    private static List<String> values(UsageRecord record, Dimension dimension) {
        return switch (dimension) {
            case USER -> List.of(record.user());
            case KEY -> List.of(record.user().isEmpty() ? "" : record.user() + "/" + record.key());
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

    private static Sums sums(List<UsageRecord> records) {
        return new Sums(
                records.size(),
                sum(
                        records,
                        r -> r.webSocket() || (r.status() < 400 && r.ending().equals("ok")) ? 1 : 0),
                sum(records, UsageRecord::attempts),
                sum(records, UsageRecord::bytesIn),
                sum(records, UsageRecord::bytesOut),
                sum(records, r -> Math.max(0, r.durationMicros())),
                records.stream().map(UsageRecord::usage).reduce(Usage.NONE, Usage::plus),
                sum(records, r -> r.source() == UsageSource.ESTIMATED ? 1 : 0),
                sum(records, r -> !r.priced() && !r.usage().equals(Usage.NONE) ? 1 : 0),
                sum(records, UsageRecord::cost));
    }

    private static long sum(List<UsageRecord> records, ToLongFunction<UsageRecord> of) {
        return records.stream().mapToLong(of).sum();
    }

    private static Optional<Quantiles> quantiles(List<UsageRecord> records, ToLongFunction<UsageRecord> of) {
        Histogram histogram = new Histogram(2);
        records.stream()
                .filter(record -> !record.webSocket() && of.applyAsLong(record) >= 0)
                .forEach(record -> histogram.recordValue(of.applyAsLong(record)));
        return histogram.getTotalCount() == 0
                ? Optional.empty()
                : Optional.of(new Quantiles(
                        histogram.getTotalCount(),
                        histogram.getValueAtPercentile(50),
                        histogram.getValueAtPercentile(90),
                        histogram.getValueAtPercentile(95),
                        histogram.getValueAtPercentile(99),
                        histogram.getMaxValue()));
    }
}
