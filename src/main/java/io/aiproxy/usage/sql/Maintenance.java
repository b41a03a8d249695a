package io.aiproxy.usage.sql;

import io.aiproxy.usage.BooksException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneId;
import java.util.OptionalLong;
import java.util.concurrent.locks.Lock;
import org.jspecify.annotations.Nullable;

/** What is done to the books in steps, each a transaction of its own, between which others write. */
final class Maintenance {
    /** Rows that are deleted at once: some milliseconds. */
    private static final int STEP = 5_000;

    /** Results of work can be fetched for a month, and what was journaled then may come later: milliseconds of 62 days. */
    private static final long TOLD_LONGER = 62 * 24 * Times.HOUR;

    private final Connections connections;
    private final Statements sql;
    private final Lock writing;

    /** @param writing held by whoever writes; fair, so that nobody waits for more than a step */
    Maintenance(Connections connections, Statements sql, Lock writing) {
        this.connections = connections;
        this.sql = sql;
        this.writing = writing;
    }

    private <T> T step(Connections.Work<T> work) throws BooksException {
        writing.lock();
        try {
            return connections.change(work);
        } finally {
            writing.unlock();
        }
    }

    /** Deletes records and sums by minute from before. */
    void purge(long records, long minutes) throws BooksException {
        step(connection -> {
            State.kept(connection, records, Times.floor(minutes, Times.MINUTE));
            return true;
        });
        delete("aiproxy_usage_record", "started", records);
        delete("aiproxy_usage_told", "started", records - TOLD_LONGER);
        delete(Level.MINUTE.table(), "bucket", Times.floor(minutes, Times.MINUTE));
    }

    private void delete(String table, String column, long before) throws BooksException {
        boolean more = true;
        while (more) {
            more = step(connection -> deleteSome(connection, table, column, before));
        }
    }

    private static boolean deleteSome(Connection connection, String table, String column, long before)
            throws SQLException {
        @Nullable Long until = null;
        try (PreparedStatement select = connection.prepareStatement("SELECT " + column + " FROM " + table + " WHERE "
                + column + " < ? ORDER BY " + column + " LIMIT 1 OFFSET " + STEP)) {
            new Binder(select).number(before);
            try (ResultSet rows = select.executeQuery()) {
                if (rows.next()) {
                    until = rows.getLong(1);
                }
            }
        }
        try (PreparedStatement delete =
                connection.prepareStatement("DELETE FROM " + table + " WHERE " + column + " < ?")) {
            new Binder(delete).number(until == null ? before : until + 1);
            delete.executeUpdate();
        }
        return until != null;
    }

    /**
     * Makes sums again from records.
     *
     * @param range whole quarters
     * @return how many records
     */
    long rebuild(Range range) throws BooksException {
        long count = 0;
        long first = range.to();
        OptionalLong at = step(connection -> next(connection, range));
        while (at.isPresent()) {
            Range quarter = new Range(at.getAsLong(), at.getAsLong() + Times.QUARTER);
            first = Math.min(first, quarter.from());
            count += step(connection -> {
                State state = State.read(connection, sql.alone());
                requireRecords(state, quarter.from());
                return new Resum(connection, sql).fromRecords(quarter, state);
            });
            Range rest = new Range(quarter.to(), range.to());
            at = step(connection -> next(connection, rest));
        }
        State state = step(connection -> State.read(connection, ""));
        if (state.summed() && first < range.to()) {
            coarse(
                    new Range(
                            first,
                            Math.min(range.to(), step(Maintenance::extent).to() + 1)),
                    state.zone());
        }
        return count;
    }

    /** Only where records of all of it are kept. */
    static void requireRecords(State state, long from) throws BooksException {
        if (from < state.recordsFrom()) {
            throw new BooksException("records are kept from "
                    + Instant.ofEpochMilli(Times.ceil(state.recordsFrom(), Times.QUARTER))
                    + " on: sums of an earlier time cannot be made of them");
        }
    }

    /** The first quarter in which there is anything. */
    private static OptionalLong next(Connection connection, Range range) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement("SELECT"
                + " (SELECT MIN(started) FROM aiproxy_usage_record WHERE started >= ? AND started < ?),"
                + " (SELECT MIN(bucket) FROM aiproxy_usage_quarter WHERE bucket >= ? AND bucket < ?),"
                + " (SELECT MIN(bucket) FROM aiproxy_usage_minute WHERE bucket >= ? AND bucket < ?)")) {
            Binder binder = new Binder(select);
            for (int i = 0; i < 3; i++) {
                binder.number(range.from()).number(range.to());
            }
            try (ResultSet rows = select.executeQuery()) {
                rows.next();
                OptionalLong first = OptionalLong.empty();
                for (int i = 1; i <= 3; i++) {
                    long at = Times.floor(rows.getLong(i), Times.QUARTER);
                    if (!rows.wasNull() && at < first.orElse(Long.MAX_VALUE)) {
                        first = OptionalLong.of(at);
                    }
                }
                return first;
            }
        }
    }

    /** Makes all sums by day and month of a zone that is a new one. */
    void resum() throws BooksException {
        State state = step(connection -> State.read(connection, ""));
        if (state.summed()) {
            return;
        }
        Range all = step(Maintenance::extent);
        if (!all.isEmpty()) {
            coarse(all, state.zone());
        }
        step(connection -> {
            Resum.unchanged(State.read(connection, sql.alone()), state.zone());
            State.zone(connection, state.zone(), true);
            return true;
        });
    }

    /** From when to when there are any sums, empty if there are none. */
    static Range extent(Connection connection) throws SQLException {
        long from = Long.MAX_VALUE;
        long to = Long.MIN_VALUE;
        for (Level level : new Level[] {Level.QUARTER, Level.DAY, Level.MONTH}) {
            try (PreparedStatement select = connection.prepareStatement("SELECT (SELECT MIN(bucket) FROM "
                            + level.table() + "), (SELECT MAX(bucket) FROM " + level.table() + ")");
                    ResultSet rows = select.executeQuery()) {
                rows.next();
                long first = rows.getLong(1);
                if (!rows.wasNull()) {
                    from = Math.min(from, first);
                    to = Math.max(to, rows.getLong(2) + Times.QUARTER);
                }
            }
        }
        return from < to ? new Range(from, to) : new Range(0, 0);
    }

    private void coarse(Range range, String zone) throws BooksException {
        Times times = new Times(ZoneId.of(zone));
        for (long at = times.day(range.from()); at < range.to(); at = times.nextDay(at)) {
            again(Level.DAY, new Range(at, times.nextDay(at)), Level.QUARTER, zone);
        }
        for (long at = times.month(range.from()); at < range.to(); at = times.nextMonth(at)) {
            again(Level.MONTH, new Range(at, times.nextMonth(at)), Level.DAY, zone);
        }
    }

    private void again(Level level, Range bucket, Level finer, String zone) throws BooksException {
        step(connection -> {
            Resum.unchanged(State.read(connection, sql.alone()), zone);
            new Resum(connection, sql).fromSums(level, bucket, finer);
            return true;
        });
    }
}
