package io.aiproxy.usage.sql;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.ObjLongConsumer;

/** Rows of sums of one writer. Each method works within the caller's transaction. */
final class SumRows {
    /** Sizes of lists of parameters: few, so that statements are compiled once and for all. */
    private static final int[] LISTS = {1, 8, 64, 256};

    private static final int FETCH = 1_000;

    private final Connection connection;
    private final Statements sql;
    private final int writer;

    SumRows(Connection connection, Statements sql, int writer) {
        this.connection = connection;
        this.sql = sql;
        this.writer = writer;
    }

    /** Adds sums to those that are there. The tallies hold the distributions of both afterwards. */
    void add(Level level, Map<Long, Map<Integer, Tally>> buckets) throws SQLException {
        for (Map.Entry<Long, Map<Integer, Tally>> bucket : buckets.entrySet()) {
            distributions(level, bucket.getKey(), bucket.getValue());
        }
        try (PreparedStatement add = connection.prepareStatement(sql.addSums(level))) {
            Binder row = new Binder(add);
            for (Map.Entry<Long, Map<Integer, Tally>> bucket : buckets.entrySet()) {
                for (Map.Entry<Integer, Tally> sums : bucket.getValue().entrySet()) {
                    row.number(bucket.getKey()).number(writer).number(sums.getKey());
                    bind(row, sums.getValue());
                    row.row();
                }
            }
            add.executeBatch();
        }
    }

    private static void bind(Binder row, Tally tally) throws SQLException {
        for (int i = 0; i < Measure.COUNT; i++) {
            Measure measure = Measure.at(i);
            if (measure.rare()) {
                row.rare(tally.of(measure));
            } else {
                row.number(tally.of(measure));
            }
        }
        row.bytes(tally.durations().bytes()).bytes(tally.firstBytes().bytes());
    }

    private void distributions(Level level, long bucket, Map<Integer, Tally> tallies) throws SQLException {
        List<Integer> dimensions = new ArrayList<>(tallies.keySet());
        for (int i = 0; i < dimensions.size(); ) {
            int size = list(dimensions.size() - i);
            List<Integer> some = dimensions.subList(i, Math.min(dimensions.size(), i + size));
            distributions(level, bucket, tallies, some);
            i += some.size();
        }
    }

    private static int list(int wanted) {
        for (int size : LISTS) {
            if (wanted <= size) {
                return size;
            }
        }
        return LISTS[LISTS.length - 1];
    }

    private void distributions(Level level, long bucket, Map<Integer, Tally> tallies, List<Integer> dimensions)
            throws SQLException {
        int size = list(dimensions.size());
        try (PreparedStatement select =
                connection.prepareStatement("SELECT dimension, durations, first_bytes FROM " + level.table()
                        + " WHERE bucket = ? AND writer = ? AND dimension IN (" + Statements.marks(size) + ")")) {
            Binder binder = new Binder(select).number(bucket).number(writer);
            for (int i = 0; i < size; i++) {
                binder.number(dimensions.get(Math.min(i, dimensions.size() - 1)));
            }
            try (ResultSet rows = select.executeQuery()) {
                Cells cells = new Cells(rows);
                while (cells.next()) {
                    Tally tally = tallies.get(cells.small());
                    if (tally != null) {
                        tally.durations().add(cells.bytes());
                        tally.firstBytes().add(cells.bytes());
                    }
                }
            }
        }
    }

    /** Deletes everybody's sums from {@code from} until before {@code to}. */
    static void delete(Connection connection, Level level, long from, long to) throws SQLException {
        try (PreparedStatement delete =
                connection.prepareStatement("DELETE FROM " + level.table() + " WHERE bucket >= ? AND bucket < ?")) {
            new Binder(delete).number(from).number(to);
            delete.executeUpdate();
        }
    }

    /** Everybody's sums from {@code from} until before {@code to}, all of a dimension together. */
    static void each(Connection connection, Level level, Range range, ObjLongConsumer<Tally> each) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement("SELECT dimension, "
                + Measure.each(Measure::column) + ", durations, first_bytes FROM " + level.table()
                + " WHERE bucket >= ? AND bucket < ?")) {
            new Binder(select).number(range.from()).number(range.to());
            select.setFetchSize(FETCH);
            try (ResultSet rows = select.executeQuery()) {
                Cells cells = new Cells(rows);
                while (cells.next()) {
                    int dimension = cells.small();
                    Tally tally = new Tally();
                    for (int i = 0; i < Measure.COUNT; i++) {
                        tally.add(Measure.at(i), cells.number());
                    }
                    tally.durations().add(cells.bytes());
                    tally.firstBytes().add(cells.bytes());
                    each.accept(tally, dimension);
                }
            }
        }
    }
}
