package io.aiproxy.usage.sql;

import io.aiproxy.sql.Database;
import io.aiproxy.sql.DatabaseException;
import io.aiproxy.sql.DatabaseException.Why;
import io.aiproxy.sql.Pool;
import io.aiproxy.sql.Vendor;
import io.aiproxy.usage.BooksException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;

/** The books' connections: some that read and some that write, so that a long question keeps nobody from adding. */
final class Connections implements AutoCloseable {
    private static final int ATTEMPTS = 5;
    private static final int READERS = 3;

    /** SQLITE_CONSTRAINT, and what the standard calls an integrity constraint violation: somebody else was first. */
    private static final int CONSTRAINT = 19;

    private static final String VIOLATION = "23";

    /** What is committed must outlive a power cut, as it does by default: the journal's files are deleted afterwards. */
    private static final Map<String, String> SQLITE_WRITER = Map.of("cache_size", "-65536", "temp_store", "MEMORY");

    /** A reader must not take the lock of writers. */
    private static final Map<String, String> SQLITE_READER =
            Map.of("cache_size", "-32768", "transaction_mode", "DEFERRED");

    /** Statistics may take long. Seconds. */
    private static final Map<String, String> POSTGRESQL = Map.of("socketTimeout", "120");

    /** Milliseconds; and several rows in one packet. */
    private static final Map<String, String> MYSQL = Map.of("socketTimeout", "120000", "useBulkStmts", "true");

    private final Vendor vendor;
    private final Pool writers;
    private final Pool readers;
    private volatile Optional<String> trouble = Optional.empty();

    /** What is done within one transaction. */
    interface Work<T> {
        T with(Connection connection) throws SQLException, BooksException;
    }

    /** Connects to nothing yet. */
    Connections(Database database) throws BooksException {
        try {
            vendor = Vendor.of(database.url()).orElse(Vendor.SQLITE); // the pool refuses others
            Pool.Tables tables = new Pool.Tables("db/usage", "aiproxy_usage_schema_history", true);
            writers = new Pool(
                    database,
                    new Pool.Use(
                            "aiproxy-usage-write",
                            vendor == Vendor.SQLITE ? 1 : 2,
                            properties(vendor, SQLITE_WRITER),
                            Optional.of(tables),
                            Optional::empty));
            readers = new Pool(
                    database,
                    new Pool.Use(
                            "aiproxy-usage-read",
                            READERS,
                            properties(vendor, SQLITE_READER),
                            Optional.empty(),
                            Optional::empty));
        } catch (DatabaseException e) {
            throw new BooksException(String.valueOf(e.getMessage()), false, e);
        }
    }

    private static Map<String, String> properties(Vendor vendor, Map<String, String> ofSqlite) {
        return switch (vendor) {
            case SQLITE -> ofSqlite;
            case POSTGRESQL -> POSTGRESQL;
            case MYSQL -> MYSQL;
        };
    }

    Vendor vendor() {
        return vendor;
    }

    /** What is wrong at the moment. Does not block. */
    Optional<String> trouble() {
        return trouble;
    }

    /** Everything that {@code work} reads is of one moment. The tables must have been made by {@link #change} before. */
    <T> T read(Work<T> work) throws BooksException {
        return told(() -> readers.<T, Exception>read(handle -> work.with(handle.getConnection())));
    }

    /** Committed when this returns, rolled back when {@code work} throws; may be done again where somebody else was first. */
    <T> T change(Work<T> work) throws BooksException {
        return told(() -> writers.<T, Exception>change(handle -> work.with(handle.getConnection())));
    }

    /** With everything that can go wrong. */
    private interface Attempt<T> {
        T make() throws Exception;
    }

    private <T> T told(Attempt<T> attempt) throws BooksException {
        for (int i = 1; ; i++) {
            DatabaseException refused;
            try {
                T result = attempt.make();
                trouble = Optional.empty();
                return result;
            } catch (BooksException | RuntimeException e) {
                throw e;
            } catch (DatabaseException e) {
                refused = e;
            } catch (SQLException e) {
                refused = violation(e) ? new DatabaseException(Why.MET, text(e), e) : writers.told(e);
            } catch (Exception e) { // nothing else is thrown
                throw new IllegalStateException(e);
            }
            if (refused.why() != Why.MET || i == ATTEMPTS) {
                String message = "usage cannot be booked or read: " + refused.getMessage() + advice(refused);
                trouble = Optional.of(message);
                throw new BooksException(message, refused.why() != Why.REFUSED, refused);
            }
        }
    }

    private String text(SQLException e) {
        return String.valueOf(writers.told(e).getMessage());
    }

    private static boolean violation(SQLException e) {
        String state = e.getSQLState();
        return state == null ? (e.getErrorCode() & 0xff) == CONSTRAINT : state.startsWith(VIOLATION);
    }

    private static String advice(DatabaseException e) {
        String said = String.valueOf(e.getMessage());
        if (said.contains("SQLITE_NOTADB") || said.contains("SQLITE_CORRUPT")) {
            return ". The file is damaged: put a backup in its place, or move it away and a new one is begun";
        }
        if (said.contains("SQLITE_READONLY") || said.contains("SQLITE_CANTOPEN")) {
            return ". Let the gateway's user write to this file and to its directory";
        }
        return said.contains("SQLITE_FULL") ? ". The disk is full: make room" : "";
    }

    @Override
    public void close() {
        readers.close();
        writers.close();
    }
}
