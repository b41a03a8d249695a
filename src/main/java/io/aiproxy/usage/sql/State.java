package io.aiproxy.usage.sql;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * The one row that tells what is kept.
 *
 * @param zone in which days and months of sums begin; empty before anybody has said
 * @param summed whether all sums by day and month are there
 * @param recordsFrom records that began before were deleted
 * @param minutesFrom sums by minute from before were deleted
 */
record State(String zone, boolean summed, long recordsFrom, long minutesFrom) {
    private static final String SELECT =
            "SELECT zone, summed, records_from, minutes_from FROM aiproxy_usage_state WHERE only_row = 1";

    /** Reads it; {@code locking} is what stands behind the statement. */
    static State read(Connection connection, String locking) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(SELECT + locking);
                ResultSet rows = statement.executeQuery()) {
            Cells cells = new Cells(rows);
            if (!cells.next()) {
                throw new SQLException("the table aiproxy_usage_state is empty: somebody has changed it by hand");
            }
            return new State(cells.text(), cells.flag(), cells.number(), cells.number());
        }
    }

    /** Notes in which zone days and months begin from now on, and whether all sums of it are there. */
    static void zone(Connection connection, String zone, boolean summed) throws SQLException {
        try (PreparedStatement update =
                connection.prepareStatement("UPDATE aiproxy_usage_state SET zone = ?, summed = ? WHERE only_row = 1")) {
            new Binder(update).text(zone).flag(summed);
            update.executeUpdate();
        }
    }

    /** Notes that what is older was deleted, or is about to be. Never goes back. */
    static void kept(Connection connection, long recordsFrom, long minutesFrom) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement("UPDATE aiproxy_usage_state SET"
                + " records_from = CASE WHEN records_from < ? THEN ? ELSE records_from END,"
                + " minutes_from = CASE WHEN minutes_from < ? THEN ? ELSE minutes_from END WHERE only_row = 1")) {
            new Binder(update)
                    .number(recordsFrom)
                    .number(recordsFrom)
                    .number(minutesFrom)
                    .number(minutesFrom);
            update.executeUpdate();
        }
    }
}
