package io.aiproxy.store.sql;

import io.aiproxy.store.StoreException;
import java.sql.SQLException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a driver throws, as one sentence for the administrator. Only the innermost message of the database is told, and its
 * first line: what libraries add around it quotes statements and what was bound to them.
 */
final class Troubles {
    private static final int LONGEST = 300;

    /** Serialization failure and deadlock (SQL:2016, class 40): somebody else was first. */
    private static final Set<String> MET = Set.of("40001", "40P01");

    private final Database database;

    Troubles(Database database) {
        this.database = database;
    }

    StoreException of(Exception e) {
        SQLException innermost = innermost(e);
        if (innermost != null && MET.contains(String.valueOf(innermost.getSQLState()))) {
            return new StoreException(
                    StoreException.Why.CONFLICT, "somebody else has changed the configuration just now; read it again");
        }
        String why = innermost == null ? e.getClass().getSimpleName() : firstLine(innermost);
        return new StoreException(
                StoreException.Why.UNAVAILABLE,
                "the database " + database.place() + " cannot be reached, or refuses: " + why);
    }

    private static @Nullable SQLException innermost(Throwable e) {
        SQLException found = null;
        for (Throwable at = e; at != null; at = at.getCause()) {
            if (at instanceof SQLException sql) {
                found = sql;
            }
        }
        return found;
    }

    private String firstLine(SQLException e) {
        String message = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
        String password = database.password().reveal();
        String clean = password.isEmpty() ? message : message.replace(password, "***");
        return clean.length() > LONGEST ? clean.substring(0, LONGEST) + "…" : clean;
    }
}
