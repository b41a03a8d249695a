package io.aiproxy.sql;

import io.aiproxy.sql.DatabaseException.Why;
import java.sql.SQLException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTransientException;
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

    /**
     * Connection (08, of the standard), no resources, operator intervention (53, 57; PostgreSQL's manual, appendix A).
     * A connection that breaks may also have no state at all.
     */
    private static final Set<String> AWAY = Set.of("08", "53", "57");

    /** SQLITE_BUSY and SQLITE_LOCKED (sqlite.org/rescode.html). */
    private static final Set<Integer> BUSY = Set.of(5, 6);

    private final Database database;

    Troubles(Database database) {
        this.database = database;
    }

    DatabaseException of(Exception e) {
        SQLException innermost = innermost(e);
        String said = innermost == null ? e.getClass().getSimpleName() : firstLine(innermost);
        return new DatabaseException(
                why(e, innermost), "the database " + database.place() + " cannot be reached, or refuses: " + said);
    }

    private static Why why(Exception e, @Nullable SQLException innermost) {
        if (innermost == null) {
            return Why.REFUSED;
        }
        String state = String.valueOf(innermost.getSQLState());
        if (MET.contains(state)) {
            return Why.MET;
        }
        boolean away = (state.length() >= 2 && AWAY.contains(state.substring(0, 2)))
                || (innermost.getSQLState() == null && BUSY.contains(innermost.getErrorCode() & 0xff))
                || passing(e);
        return away ? Why.AWAY : Why.REFUSED;
    }

    private static boolean passing(Throwable e) {
        for (Throwable at = e; at != null; at = at.getCause()) {
            if (at instanceof SQLTransientException || at instanceof SQLRecoverableException) {
                return true;
            }
        }
        return false;
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
