package io.aiproxy.usage.sql;

import io.aiproxy.usage.Books.Position;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLTransientException;
import java.util.Optional;

/** Who writes, and how far. Each method works within the caller's transaction. */
final class Writers {
    private Writers() {}

    /** The small number of a writer, who is made if he is new. */
    static int id(Connection connection, Statements sql, String journal) throws SQLException {
        Optional<Integer> there = find(connection, journal);
        if (there.isPresent()) {
            return there.get();
        }
        try (PreparedStatement insert =
                connection.prepareStatement(sql.insertNew("aiproxy_usage_writer", "journal", "segment", "place"))) {
            new Binder(insert).text(Texts.id(journal)).number(-1).number(-1);
            insert.executeUpdate();
        }
        return find(connection, journal)
                .orElseThrow(() -> new SQLTransientException("a writer that was just inserted is not there", "40001"));
    }

    private static Optional<Integer> find(Connection connection, String journal) throws SQLException {
        try (PreparedStatement select =
                connection.prepareStatement("SELECT id FROM aiproxy_usage_writer WHERE journal = ?")) {
            new Binder(select).text(Texts.id(journal));
            try (ResultSet rows = select.executeQuery()) {
                return rows.next() ? Optional.of(rows.getInt(1)) : Optional.empty();
            }
        }
    }

    /** Up to where his journal was read. */
    static Optional<Position> position(Connection connection, String journal) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(
                "SELECT segment, place FROM aiproxy_usage_writer WHERE journal = ? AND segment >= 0")) {
            new Binder(select).text(Texts.id(journal));
            try (ResultSet rows = select.executeQuery()) {
                return rows.next()
                        ? Optional.of(new Position(journal, rows.getLong(1), rows.getLong(2)))
                        : Optional.empty();
            }
        }
    }

    /** Notes up to where it was read. */
    static void position(Connection connection, int writer, Position upTo) throws SQLException {
        try (PreparedStatement update =
                connection.prepareStatement("UPDATE aiproxy_usage_writer SET segment = ?, place = ? WHERE id = ?")) {
            new Binder(update).number(upTo.segment()).number(upTo.offset()).number(writer);
            update.executeUpdate();
        }
    }
}
