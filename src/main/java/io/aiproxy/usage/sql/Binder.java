package io.aiproxy.usage.sql;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import org.jspecify.annotations.Nullable;

/** Binds one parameter after the other. */
final class Binder {
    private final PreparedStatement statement;
    private int at;

    Binder(PreparedStatement statement) {
        this.statement = statement;
    }

    Binder text(@Nullable String value) throws SQLException {
        statement.setString(++at, value);
        return this;
    }

    Binder number(long value) throws SQLException {
        statement.setLong(++at, value);
        return this;
    }

    Binder flag(boolean value) throws SQLException {
        return number(value ? 1 : 0);
    }

    /** Zero is kept as nothing, which takes no room. */
    Binder rare(long value) throws SQLException {
        if (value == 0) {
            statement.setNull(++at, Types.BIGINT);
        } else {
            statement.setLong(++at, value);
        }
        return this;
    }

    /** No bytes are kept as nothing. */
    Binder bytes(byte[] value) throws SQLException {
        if (value.length == 0) {
            statement.setNull(++at, Types.BINARY);
        } else {
            statement.setBytes(++at, value);
        }
        return this;
    }

    /** All of it is one row of a batch; the next one begins. */
    void row() throws SQLException {
        statement.addBatch();
        at = 0;
    }

    /** Begins with the first parameter again. */
    Binder again() {
        at = 0;
        return this;
    }
}
