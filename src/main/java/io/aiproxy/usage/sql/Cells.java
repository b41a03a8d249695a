package io.aiproxy.usage.sql;

import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** Reads one column of a row after the other. */
final class Cells {
    private final ResultSet rows;
    private int at;

    Cells(ResultSet rows) {
        this.rows = rows;
    }

    /** Goes to the next row; false: there is none. */
    boolean next() throws SQLException {
        at = 0;
        return rows.next();
    }

    /** Empty where there is nothing. */
    String text() throws SQLException {
        return text("");
    }

    /** {@code otherwise} where there is nothing. */
    String text(String otherwise) throws SQLException {
        @Nullable String value = rows.getString(++at);
        return value == null ? otherwise : value;
    }

    /** Zero where there is nothing. */
    long number() throws SQLException {
        return rows.getLong(++at);
    }

    int small() throws SQLException {
        return rows.getInt(++at);
    }

    boolean flag() throws SQLException {
        return rows.getInt(++at) != 0;
    }

    byte @Nullable [] bytes() throws SQLException {
        return rows.getBytes(++at);
    }
}
