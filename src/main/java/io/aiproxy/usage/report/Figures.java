package io.aiproxy.usage.report;

import io.aiproxy.usage.Books;
import io.aiproxy.usage.BooksException;
import io.aiproxy.usage.Dimension;
import io.aiproxy.usage.Granularity;
import io.aiproxy.usage.StatisticsQuery;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * What a report for people is made of.
 *
 * @param total everything
 * @param pieces how finely time is cut in {@code over}
 * @param over one row for each piece of time in which something happened
 * @param by one row for each value of users, channels and models, in this order
 * @param currencies those that occur, the one that counts most first
 * @param users how many users had calls
 */
record Figures(
        Entry total,
        Granularity pieces,
        List<Entry> over,
        Map<Dimension, List<Entry>> by,
        List<String> currencies,
        long users) {
    /** The dimensions that have a table of their own. */
    static final List<Dimension> SHOWN = List.of(Dimension.USER, Dimension.CHANNEL, Dimension.MODEL);

    /** Asks the books. */
    static Figures of(Books books, StatisticsQuery query) throws BooksException {
        Ledger ledger = new Ledger(books, query);
        Granularity pieces = Ledger.pieces(query);
        Entry total = ledger.total();
        List<Entry> over = ledger.over(pieces);
        List<String> currencies = Ledger.currencies(over);
        Map<Dimension, List<Entry>> by = new EnumMap<>(Dimension.class);
        for (Dimension dimension : SHOWN) {
            by.put(dimension, ledger.of(dimension, currencies));
        }
        long users = by.getOrDefault(Dimension.USER, List.of()).stream()
                .filter(entry -> !entry.values().get(0).isEmpty())
                .count();
        return new Figures(total, pieces, over, by, currencies, users);
    }

    /** What the table of times is called. */
    Label timeLabel() {
        return switch (pieces) {
            case HOUR -> Label.BY_HOUR;
            case MONTH -> Label.BY_MONTH;
            default -> Label.BY_DAY;
        };
    }

    /** What the table of a dimension is called. */
    static Label label(Dimension dimension) {
        return switch (dimension) {
            case USER -> Label.BY_USER;
            case CHANNEL -> Label.BY_CHANNEL;
            case MODEL -> Label.BY_MODEL;
            default -> Label.DETAILS;
        };
    }
}
