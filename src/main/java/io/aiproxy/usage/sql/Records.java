package io.aiproxy.usage.sql;

import io.aiproxy.usage.RecordQuery;
import io.aiproxy.usage.UsageRecord;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads single records. Each method works within the caller's transaction. */
final class Records {
    private static final int PAGE = 1_000;

    /** Newest first. */
    List<UsageRecord> newest(Connection connection, RecordQuery query) throws SQLException {
        Filter filter = new Filter(Filter.Of.RECORDS, query.filters(), Filter.NO_GROUPS);
        List<UsageRecord> found = new ArrayList<>();
        for (Range range : ranges(connection, query)) {
            if (found.size() < query.limit()) {
                found.addAll(newest(connection, query, filter, new Wanted(range, query.limit() - found.size())));
            }
        }
        return found;
    }

    /** A part of what is asked for, and how many of it at most. */
    private record Wanted(Range range, int limit) {}

    private static List<UsageRecord> newest(Connection connection, RecordQuery query, Filter filter, Wanted wanted)
            throws SQLException {
        Optional<RecordQuery.Mark> before = query.before();
        String sql = RecordRows.SELECT + " WHERE r.started >= ? AND r.started < ?"
                + (before.isPresent() ? " AND r.started <= ? AND (r.started < ? OR r.id < ?)" : "")
                + filter.and() + " ORDER BY r.started DESC, r.id DESC LIMIT " + Math.max(0, wanted.limit());
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            Binder binder = new Binder(select)
                    .number(wanted.range().from())
                    .number(wanted.range().to());
            if (before.isPresent()) {
                long started = before.get().startedMillis();
                binder.number(started)
                        .number(started)
                        .text(Texts.id(before.get().id()));
            }
            filter.bind(binder);
            return read(select);
        }
    }

    private static List<UsageRecord> read(PreparedStatement select) throws SQLException {
        List<UsageRecord> records = new ArrayList<>();
        try (ResultSet rows = select.executeQuery()) {
            Cells cells = new Cells(rows);
            while (cells.next()) {
                records.add(RecordRows.read(cells));
            }
        }
        return records;
    }

    /**
     * Where to look, newest first. Records have no index besides time, because that would cost every call; instead sums tell
     * in which days there is anything that is asked for.
     */
    private static List<Range> ranges(Connection connection, RecordQuery query) throws SQLException {
        Filter filter = new Filter(Filter.Of.SUMS_OF_RECORDS, query.filters(), Filter.NO_GROUPS);
        long to = Times.millis(query.to());
        if (query.before().isPresent()) {
            to = Math.min(to, query.before().get().startedMillis() + 1);
        }
        State state = State.read(connection, "");
        Range all = new Range(Math.max(Times.millis(query.from()), state.recordsFrom()), to);
        if (filter.isEmpty() || !state.summed() || all.isEmpty()) {
            return all.isEmpty() ? List.of() : List.of(all);
        }
        Times times = new Times(ZoneId.of(state.zone()));
        List<Range> ranges = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement("SELECT DISTINCT r.bucket FROM aiproxy_usage_day r"
                + " JOIN aiproxy_usage_dimension d ON d.id = r.dimension WHERE r.bucket >= ? AND r.bucket < ?"
                + filter.and() + " ORDER BY r.bucket DESC")) {
            Binder binder = new Binder(select).number(times.day(all.from())).number(all.to());
            filter.bind(binder);
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    long day = rows.getLong(1);
                    ranges.add(new Range(Math.max(day, all.from()), Math.min(times.nextDay(day), all.to())));
                }
            }
        }
        return ranges;
    }

    /**
     * Where to go on in order of start.
     *
     * @param range what is left
     * @param after id of the last record that began with the first millisecond of it; empty: none
     */
    record Page(Range range, String after) {
        static Page first(Instant from, Instant to) {
            return new Page(new Range(Times.millis(from), Times.millis(to)), "");
        }

        /** The page behind this one, which held {@code read}; empty when that was all. */
        Optional<Page> next(List<UsageRecord> read) {
            if (read.size() < PAGE) {
                return Optional.empty();
            }
            UsageRecord last = read.get(read.size() - 1);
            return Optional.of(new Page(new Range(last.startedMillis(), range.to()), last.id()));
        }
    }

    /** The records of a page. */
    List<UsageRecord> page(Connection connection, Page page) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(RecordRows.SELECT
                + " WHERE r.started >= ? AND r.started < ? AND (r.started > ? OR r.id > ?)"
                + " ORDER BY r.started, r.id LIMIT " + PAGE)) {
            long from = page.range().from();
            new Binder(select)
                    .number(from)
                    .number(page.range().to())
                    .number(from)
                    .text(page.after());
            return read(select);
        }
    }
}
