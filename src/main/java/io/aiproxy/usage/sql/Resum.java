package io.aiproxy.usage.sql;

import io.aiproxy.usage.BooksException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * Makes sums again, within the caller's transaction, which has the state alone: nobody adds in the meantime. They become those
 * of a writer of their own.
 */
final class Resum {
    private static final String WRITER = "sums made again";
    private static final int FETCH = 1_000;

    private final Connection connection;
    private final Statements sql;

    Resum(Connection connection, Statements sql) {
        this.connection = connection;
        this.sql = sql;
    }

    private SumRows rows() throws SQLException {
        return new SumRows(connection, sql, Writers.id(connection, sql, WRITER));
    }

    /**
     * Sums by minute and quarter from records.
     *
     * @param range whole quarters
     * @return how many records
     */
    long fromRecords(Range range, State state) throws SQLException {
        SumRows.delete(connection, Level.MINUTE, range.from(), range.to());
        SumRows.delete(connection, Level.QUARTER, range.from(), range.to());
        SumRows.delete(connection, Level.WHOLE, range.from(), range.to());
        Aggregate sums = new Aggregate();
        long count = aggregate(range, sums);
        SumRows rows = rows();
        for (Map.Entry<Level, Map<Long, Map<Integer, Tally>>> level :
                sums.fine().entrySet()) {
            if (level.getKey() == Level.MINUTE) {
                level.getValue().keySet().removeIf(minute -> minute < state.minutesFrom());
            }
            rows.add(level.getKey(), level.getValue());
        }
        return count;
    }

    private long aggregate(Range range, Aggregate to) throws SQLException {
        long count = 0;
        Map<Integer, String> currencies = new HashMap<>();
        try (PreparedStatement select = connection.prepareStatement("SELECT r.started, r.dimension, d.currency,"
                + " r.web_socket, r.duration, r.first_byte, " + Measure.each(Measure::ofRecord)
                + " FROM aiproxy_usage_record r JOIN aiproxy_usage_dimension d ON d.id = r.dimension"
                + " WHERE r.started >= ? AND r.started < ?")) {
            new Binder(select).number(range.from()).number(range.to());
            select.setFetchSize(FETCH);
            try (ResultSet rows = select.executeQuery()) {
                Cells cells = new Cells(rows);
                while (cells.next()) {
                    long started = cells.number();
                    int dimension = cells.small();
                    currencies.put(dimension, cells.text());
                    Tally tally = new Tally();
                    tally.latencies(cells.flag(), cells.number(), cells.number());
                    for (int i = 0; i < Measure.COUNT; i++) {
                        tally.add(Measure.at(i), cells.number());
                    }
                    to.add(started, dimension, tally);
                    count++;
                }
            }
        }
        wholes(currencies, to);
        return count;
    }

    /** Tells which dimension stands for all calls of the currency of each. */
    private void wholes(Map<Integer, String> currencies, Aggregate to) throws SQLException {
        Map<Facts, Claim> wanted = new HashMap<>();
        currencies.values().forEach(currency -> wanted.put(Facts.whole(currency), Claim.TOLD));
        Map<Facts, Dimensions.Place> places = new Dimensions(sql).resolve(connection, wanted);
        currencies.forEach((dimension, currency) -> to.whole(
                dimension,
                Objects.requireNonNull(places.get(Facts.whole(currency))).id()));
    }

    /** Sums of one bucket of {@code level} from those of {@code finer}. */
    void fromSums(Level level, Range bucket, Level finer) throws SQLException {
        SumRows.delete(connection, level, bucket.from(), bucket.to());
        Map<Integer, Tally> sums = new TreeMap<>();
        SumRows.each(connection, finer, bucket, (tally, dimension) -> sums.computeIfAbsent(
                        (int) dimension, of -> new Tally())
                .add(tally));
        if (!sums.isEmpty()) {
            rows().add(level, Map.of(bucket.from(), sums));
        }
    }

    /** That nobody has changed the zone while sums were being made of it. */
    static State unchanged(State now, String zone) throws BooksException {
        if (!now.zone().equals(zone)) {
            throw new BooksException("somebody else has changed the time zone of the books to " + now.zone()
                    + " in the meantime: configure the same one for all instances");
        }
        return now;
    }
}
