package io.aiproxy.usage.sql;

import io.aiproxy.usage.Dimension;
import io.aiproxy.usage.StatisticsQuery;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Asks for the parts of an answer and puts them together. For one answer. */
final class Question {
    private static final int FETCH = 2_000;
    private static final String GROUPS = "g";
    private static final Set<Dimension> CURRENCY = Set.of(Dimension.CURRENCY);

    private final Connection connection;
    private final List<Dimension> by;
    private final Filter filter;
    private final boolean fansOut;
    private final boolean ofAll;
    private final Map<Place, Tally> answer = new HashMap<>();

    /**
     * A row of the answer.
     *
     * @param time its piece of time
     * @param values of the dimensions
     */
    record Place(long time, List<String> values) {}

    Question(Connection connection, StatisticsQuery query) {
        this.connection = connection;
        this.by = query.by();
        this.fansOut = by.contains(Dimension.GROUP);
        this.ofAll =
                CURRENCY.containsAll(by) && CURRENCY.containsAll(query.filters().keySet());
        this.filter = new Filter(Filter.Of.SUMS, query.filters(), fansOut ? GROUPS : Filter.NO_GROUPS);
    }

    /** What all parts together have said. */
    Map<Place, Tally> answer() {
        return answer;
    }

    /**
     * Where a part is answered: from the few sums of all calls where all are asked about, unless there are calls that are not
     * among them. To count these takes a tenth of the time that it takes to add everything up.
     */
    Segment from(Segment planned) throws SQLException {
        if (!ofAll || planned.level() != Level.QUARTER) {
            return planned;
        }
        try (PreparedStatement select = connection.prepareStatement(
                "SELECT (" + requests(Level.QUARTER) + "), (" + requests(Level.WHOLE) + ")")) {
            Binder binder = new Binder(select);
            for (int i = 0; i < 2; i++) {
                binder.number(planned.range().from()).number(planned.range().to());
            }
            try (ResultSet rows = select.executeQuery()) {
                Cells cells = new Cells(rows);
                long all = cells.next() ? cells.number() : 0;
                return all > 0 && all == cells.number() ? planned.at(Level.WHOLE) : planned;
            }
        }
    }

    private static String requests(Level level) {
        return "SELECT SUM(requests) FROM " + level.table() + " WHERE bucket >= ? AND bucket < ?";
    }

    /** Adds the sums of a part. */
    void sums(Segment segment) throws SQLException {
        List<String> keys = keys(segment);
        String sums = Measure.each(
                measure -> "SUM(" + (segment.level() == null ? measure.ofRecord() : "r." + measure.column()) + ")");
        String sql = "SELECT " + list(keys, sums) + tables(segment) + filter.within()
                + (keys.isEmpty() ? "" : " GROUP BY " + String.join(", ", keys));
        ask(segment, sql, (cells, tally) -> {
            for (int i = 0; i < Measure.COUNT; i++) {
                tally.add(Measure.at(i), cells.number());
            }
        });
    }

    /** Adds the distributions of a part. */
    void latencies(Segment segment) throws SQLException {
        List<String> keys = keys(segment);
        if (segment.level() == null) {
            ask(
                    segment,
                    "SELECT " + list(keys, "r.web_socket, r.duration, r.first_byte") + tables(segment)
                            + filter.within(),
                    (cells, tally) -> tally.latencies(cells.flag(), cells.number(), cells.number()));
            return;
        }
        ask(
                segment,
                "SELECT " + list(keys, "r.durations, r.first_bytes") + tables(segment) + filter.within(),
                (cells, tally) -> {
                    tally.durations().add(cells.bytes());
                    tally.firstBytes().add(cells.bytes());
                });
    }

    /** Takes what stands behind the keys of a row. */
    private interface Taking {
        void take(Cells cells, Tally tally) throws SQLException;
    }

    private static String list(List<String> keys, String values) {
        return keys.isEmpty() ? values : String.join(", ", keys) + ", " + values;
    }

    private List<String> keys(Segment segment) {
        List<String> keys = new ArrayList<>();
        segment.time().ifPresent(keys::add);
        for (Dimension dimension : by) {
            keys.add(dimension == Dimension.GROUP ? GROUPS + ".name" : "d." + Filter.column(dimension));
        }
        return keys;
    }

    private String tables(Segment segment) {
        String dimensions = by.isEmpty() ? "" : " JOIN aiproxy_usage_dimension d ON d.id = r.dimension";
        String groups = fansOut ? " JOIN aiproxy_usage_group " + GROUPS + " ON " + GROUPS + ".dimension = d.id" : "";
        return " FROM " + segment.table() + " r" + dimensions + groups + " WHERE " + segment.at() + " >= ? AND "
                + segment.at() + " < ?";
    }

    private void ask(Segment segment, String sql, Taking taking) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            Binder binder = new Binder(select)
                    .number(segment.range().from())
                    .number(segment.range().to());
            filter.bind(binder);
            select.setFetchSize(FETCH);
            try (ResultSet rows = select.executeQuery()) {
                Cells cells = new Cells(rows);
                boolean timed = segment.time().isPresent();
                while (cells.next()) {
                    long time = timed ? cells.number() : segment.constant();
                    List<String> values = values(cells);
                    taking.take(cells, answer.computeIfAbsent(new Place(time, values), place -> new Tally()));
                }
            }
        }
    }

    private List<String> values(Cells cells) throws SQLException {
        String[] values = new String[by.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = cells.text();
        }
        return List.of(values);
    }
}
