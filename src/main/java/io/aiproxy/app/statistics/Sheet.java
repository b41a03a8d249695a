package io.aiproxy.app.statistics;

import io.aiproxy.admin.UsageDesk.Declined;
import io.aiproxy.usage.Books;
import io.aiproxy.usage.BooksException;
import io.aiproxy.usage.Dimension;
import io.aiproxy.usage.Granularity;
import io.aiproxy.usage.StatisticsQuery;
import io.aiproxy.usage.StatisticsRow;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * What is asked of the books.
 *
 * @param span of which time
 * @param by what the rows are grouped by
 * @param filters what counts
 * @param latencies whether percentiles are wanted
 */
record Sheet(Span span, List<Dimension> by, Map<Dimension, Set<String>> filters, boolean latencies) {
    /** Rows at most: an answer is made in memory. */
    static final int MOST_ROWS = 100_000;

    private static final int MOST_PIECES = 50_000;

    /** All rows, in order of time and then of their values. Money is kept apart by currency. */
    List<Row> rows(Books books) throws BooksException, Declined {
        check(books);
        boolean apart = !by.contains(Dimension.CURRENCY);
        List<Dimension> asked = new ArrayList<>(by);
        if (apart) {
            asked.add(Dimension.CURRENCY);
        }
        int currencyAt = asked.indexOf(Dimension.CURRENCY);
        Map<Row.Key, Row> rows = new LinkedHashMap<>();
        for (StatisticsRow found : books.statistics(query(asked, false))) {
            Row.Key key = new Row.Key(found.time(), found.values().subList(0, by.size()));
            rows.merge(key, Row.of(key, found, found.values().get(currencyAt)), Row::plus);
        }
        tooMany(rows.size());
        return latencies ? withLatencies(books, rows) : new ArrayList<>(rows.values());
    }

    private List<Row> withLatencies(Books books, Map<Row.Key, Row> rows) throws BooksException {
        Map<Row.Key, StatisticsRow> found = new HashMap<>();
        for (StatisticsRow row : books.statistics(query(by, true))) {
            found.put(new Row.Key(row.time(), row.values()), row);
        }
        return new ArrayList<>(
                rows.values().stream().map(row -> row.with(found)).toList());
    }

    private StatisticsQuery query(List<Dimension> dimensions, boolean percentiles) {
        return new StatisticsQuery(
                span.from(), span.to(), span.zone(), span.granularity(), dimensions, filters, percentiles);
    }

    /** Looks how many rows there would be before the books make them. */
    void check(Books books) throws BooksException, Declined {
        long pieces = span.pieces();
        if (pieces > MOST_PIECES) {
            throw new Declined(
                    Declined.Why.TOO_MUCH,
                    "granularity: between start_time and end_time there are " + pieces + " pieces of a "
                            + span.granularity().name().toLowerCase(Locale.ROOT) + ", and at most " + MOST_PIECES
                            + " are answered. Ask for a coarser granularity or a shorter time.");
        }
        if (span.granularity() != Granularity.TOTAL && !by.isEmpty()) {
            tooMany(pieces * groups(books));
        }
    }

    private int groups(Books books) throws BooksException {
        StatisticsQuery whole =
                new StatisticsQuery(span.from(), span.to(), span.zone(), Granularity.TOTAL, by, filters, false);
        return books.statistics(whole).size();
    }

    private static void tooMany(long rows) throws Declined {
        if (rows > MOST_ROWS) {
            throw new Declined(
                    Declined.Why.TOO_MUCH,
                    "There might be " + rows + " rows, and at most " + MOST_ROWS + " are answered. Ask for a coarser"
                            + " granularity, a shorter time (start_time, end_time), fewer dimensions (by), only the largest"
                            + " (top), or filter by user, channel or model.");
        }
    }

    /** The same with other filters. */
    Sheet filtered(Map<Dimension, Set<String>> others) {
        return new Sheet(span, by, others, latencies);
    }

    /** The same of all time together. */
    Sheet whole() {
        return new Sheet(span.whole(), by, filters, latencies);
    }

    /** Everything in one row. */
    Sheet total() {
        return new Sheet(span.whole(), List.of(), filters, latencies);
    }
}
