package io.aiproxy.store.sql;

import io.aiproxy.config.ConfigException;
import io.aiproxy.sql.Database;
import io.aiproxy.sql.DatabaseException;
import io.aiproxy.sql.Vendor;
import io.aiproxy.store.StoreException;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.HandleCallback;

/** The store's connections, whose troubles are told in the store's words. */
final class Pool implements AutoCloseable {
    private static final io.aiproxy.sql.Pool.Tables TABLES =
            new io.aiproxy.sql.Pool.Tables("db/migration", "aiproxy_schema_history", false);

    private final io.aiproxy.sql.Pool connections;

    /**
     * Connects to nothing yet.
     *
     * @param whyNotNew why a database file that is missing must not be made: asked then; empty where it may
     */
    Pool(Database database, Supplier<Optional<String>> whyNotNew) throws StoreException {
        int most = Vendor.of(database.url()).map(Vendor::connections).orElse(1);
        try {
            connections = new io.aiproxy.sql.Pool(
                    database,
                    new io.aiproxy.sql.Pool.Use("aiproxy-database", most, Map.of(), Optional.of(TABLES), whyNotNew));
        } catch (DatabaseException e) {
            throw told(e);
        }
    }

    Vendor vendor() {
        return connections.vendor();
    }

    private static StoreException told(DatabaseException e) {
        return e.why() == DatabaseException.Why.MET
                ? new StoreException(
                        StoreException.Why.CONFLICT,
                        "somebody else has changed the configuration just now; read it again")
                : new StoreException(StoreException.Why.UNAVAILABLE, String.valueOf(e.getMessage()));
    }

    /** Everything that {@code work} reads is of one moment. */
    <T, X extends Exception> T read(HandleCallback<T, X> work) throws StoreException, X {
        try {
            return connections.read(work);
        } catch (DatabaseException e) {
            throw told(e);
        }
    }

    /** A single statement: it is committed when this returns. */
    <T, X extends Exception> T ask(HandleCallback<T, X> work) throws StoreException, X {
        try {
            return connections.ask(work);
        } catch (DatabaseException e) {
            throw told(e);
        }
    }

    /** What is done in a transaction that locks before it reads. */
    interface Changing<T> {
        T with(Handle handle) throws ConfigException, StoreException;
    }

    /** Committed when this returns, rolled back when {@code work} throws. */
    <T> T change(Changing<T> work) throws ConfigException, StoreException {
        try {
            return connections.<T, Exception>change(work::with);
        } catch (DatabaseException e) {
            throw told(e);
        } catch (ConfigException | StoreException | RuntimeException e) {
            throw e;
        } catch (Exception e) { // work throws nothing else
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        connections.close();
    }
}
