package io.aiproxy.usage.report;

import io.aiproxy.usage.Books;
import io.aiproxy.usage.BooksException;
import io.aiproxy.usage.Dimension;
import io.aiproxy.usage.Granularity;
import io.aiproxy.usage.StatisticsQuery;
import io.aiproxy.usage.StatisticsRow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** The books as a report reads them: of one time, with one set of filters, and money apart by currency. */
final class Ledger {
    private static final Duration BY_HOUR = Duration.ofHours(49);
    private static final Duration BY_DAY = Duration.ofDays(100);

    private final Books books;
    private final StatisticsQuery query;

    Ledger(Books books, StatisticsQuery query) {
        this.books = books;
        this.query = query;
    }

    /** A row's place: what it may not share with another. */
    private record Place(long time, List<String> values) {}

    /** Pieces of time that make a readable row of columns: hours, days or months. */
    static Granularity pieces(StatisticsQuery query) {
        Duration length = Duration.between(query.from(), query.to());
        if (length.compareTo(BY_HOUR) <= 0) {
            return Granularity.HOUR;
        }
        return length.compareTo(BY_DAY) <= 0 ? Granularity.DAY : Granularity.MONTH;
    }

    /** Exactly what was asked for. */
    List<Entry> asked() throws BooksException {
        return entries(query.granularity(), query.by(), query.latencies());
    }

    /** Everything in one row. */
    Entry total() throws BooksException {
        List<Entry> all = entries(Granularity.TOTAL, List.of(), true);
        return all.isEmpty() ? Entry.empty(query.from().toEpochMilli(), List.of()) : all.get(0);
    }

    /** One row for each piece of time in which something happened. */
    List<Entry> over(Granularity pieces) throws BooksException {
        return entries(pieces, List.of(), false);
    }

    /** One row for each value, the dearest first, then those with the most tokens and requests. */
    List<Entry> of(Dimension dimension, List<String> currencies) throws BooksException {
        List<Entry> entries = new ArrayList<>(entries(Granularity.TOTAL, List.of(dimension), false));
        Comparator<Entry> order = Comparator.comparingLong(entry -> 0);
        for (String currency : currencies) {
            order = order.thenComparing(Comparator.<Entry>comparingLong(entry -> entry.cost(currency))
                    .reversed());
        }
        entries.sort(order.thenComparing(Comparator.comparingLong(Entry::tokens).reversed())
                .thenComparing(
                        Comparator.<Entry>comparingLong(entry -> entry.sums().requests())
                                .reversed())
                .thenComparing(entry -> entry.values().get(0)));
        return entries;
    }

    /** The currencies of these rows, the one that counts most first: it has a cost in most of them. */
    static List<String> currencies(List<Entry> entries) {
        SortedMap<String, Integer> rows = new TreeMap<>();
        entries.forEach(entry -> entry.costs().keySet().forEach(currency -> rows.merge(currency, 1, Integer::sum)));
        SortedSet<String> names =
                new TreeSet<>(Comparator.<String>comparingInt(currency -> rows.getOrDefault(currency, 0))
                        .reversed()
                        .thenComparing(Comparator.naturalOrder()));
        names.addAll(rows.keySet());
        return List.copyOf(names);
    }

    private List<Entry> entries(Granularity granularity, List<Dimension> by, boolean latencies) throws BooksException {
        boolean apart = by.contains(Dimension.CURRENCY);
        List<Dimension> asked = new ArrayList<>(by);
        if (!apart) {
            asked.add(Dimension.CURRENCY);
        }
        int currency = asked.indexOf(Dimension.CURRENCY);
        Map<Place, Entry> entries = new LinkedHashMap<>();
        for (StatisticsRow row : books.statistics(query(granularity, asked, latencies && apart))) {
            SortedMap<String, Long> costs = new TreeMap<>();
            if (!row.values().get(currency).isEmpty()) {
                costs.put(row.values().get(currency), row.sums().cost());
            }
            List<String> values = row.values().subList(0, by.size());
            Entry entry = new Entry(row.time(), values, row.sums(), costs, row.duration(), row.firstByte());
            entries.merge(new Place(row.time(), values), entry, Entry::plus);
        }
        if (latencies && !apart) {
            // percentiles cannot be added up: those of all currencies together are asked for by themselves
            for (StatisticsRow row : books.statistics(query(granularity, by, true))) {
                entries.computeIfPresent(
                        new Place(row.time(), row.values()),
                        (place, found) -> new Entry(
                                found.time(),
                                found.values(),
                                found.sums(),
                                found.costs(),
                                row.duration(),
                                row.firstByte()));
            }
        }
        return List.copyOf(entries.values());
    }

    private StatisticsQuery query(Granularity granularity, List<Dimension> by, boolean latencies) {
        return new StatisticsQuery(
                query.from(), query.to(), query.zone(), granularity, List.copyOf(by), query.filters(), latencies);
    }
}
