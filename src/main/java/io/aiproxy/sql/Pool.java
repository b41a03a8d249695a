package io.aiproxy.sql;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.HikariPoolMXBean;
import io.aiproxy.sql.DatabaseException.Why;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jdbi.v3.core.HandleCallback;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jdbi.v3.core.statement.StatementExceptions;
import org.jdbi.v3.core.statement.StatementExceptions.MessageRendering;
import org.jdbi.v3.core.transaction.TransactionIsolationLevel;
import org.jspecify.annotations.Nullable;

/** Connections to the database, with its tables made or brought up to date before anything is asked of it. */
public final class Pool implements AutoCloseable {
    private static final int PING_SECONDS = 2;

    private final Database database;
    private final Vendor vendor;
    private final Troubles troubles;
    private final Use use;
    private final HikariDataSource connections;
    /** Made when something is asked for the first time: it takes a moment, in which nothing else could start. */
    private @Nullable Jdbi ready;

    /**
     * What the connections are for.
     *
     * @param name of the pool, for logs
     * @param connections how many are kept at most
     * @param properties for the driver, going before those that every connection has
     * @param tables made or brought up to date before anything is asked; empty: somebody else does that
     * @param whyNotNew why a database file that is missing must not be made: asked then; empty where it may
     */
    public record Use(
            String name,
            int connections,
            Map<String, String> properties,
            Optional<Tables> tables,
            Supplier<Optional<String>> whyNotNew) {}

    /**
     * Whose tables.
     *
     * @param migrations where they are described: a folder of the class path with one folder for each vendor
     * @param history table that says what was done
     * @param refusesNewer whether tables that a newer version has made are none that this one can work with
     */
    public record Tables(String migrations, String history, boolean refusesNewer) {}

    /** Connects to nothing yet. */
    public Pool(Database database, Use use) throws DatabaseException {
        this.database = database;
        this.use = use;
        this.vendor = Vendor.of(database.url())
                .orElseThrow(() -> new DatabaseException(
                        Why.REFUSED,
                        "the URL of the database begins with none of jdbc:sqlite:, jdbc:postgresql:, jdbc:mariadb:,"
                                + " jdbc:mysql:"));
        this.troubles = new Troubles(database);
        this.connections = connections();
    }

    /** Which database it is. */
    public Vendor vendor() {
        return vendor;
    }

    private HikariDataSource connections() throws DatabaseException {
        vendor.prepare();
        HikariConfig config = new HikariConfig();
        config.setPoolName(use.name());
        vendor.properties().forEach(config::addDataSourceProperty);
        use.properties().forEach(config::addDataSourceProperty);
        if (!database.user().isEmpty()) {
            config.setUsername(database.user());
        }
        if (!database.password().reveal().isEmpty()) {
            config.setPassword(database.password().reveal());
        }
        config.setMaximumPoolSize(use.connections());
        config.setMinimumIdle(0); // nobody but the look-out tries to connect while the database is down
        config.setConnectionTimeout(vendor.patienceMillis());
        config.setValidationTimeout(PING_SECONDS * 1000L);
        config.setInitializationFailTimeout(-1); // a database that is down must not keep the gateway from starting
        try {
            config.setJdbcUrl(vendor.driverUrl(database.url()));
            return new HikariDataSource(config);
        } catch (RuntimeException e) { // without it as the cause: it quotes the URL, and a password may be in that
            throw new DatabaseException(
                    Why.REFUSED,
                    "the URL of the database cannot be read; give e.g. jdbc:postgresql://HOST:5432/DATABASE");
        }
    }

    /** Everything that {@code work} reads is of one moment. */
    public <T, X extends Exception> T read(HandleCallback<T, X> work) throws DatabaseException, X {
        return within(vendor.isolation(), work);
    }

    /** Work that locks before it reads. Committed when this returns, rolled back when {@code work} throws. */
    public <T, X extends Exception> T change(HandleCallback<T, X> work) throws DatabaseException, X {
        return within(vendor.changing(), work);
    }

    private <T, X extends Exception> T within(TransactionIsolationLevel level, HandleCallback<T, X> work)
            throws DatabaseException, X {
        Jdbi jdbi = ready();
        try {
            return jdbi.inTransaction(level, work);
        } catch (JdbiException e) {
            throw troubles.of(e);
        }
    }

    /** A single statement: it is committed when this returns. */
    public <T, X extends Exception> T ask(HandleCallback<T, X> work) throws DatabaseException, X {
        Jdbi jdbi = ready();
        try {
            return jdbi.withHandle(work);
        } catch (JdbiException e) {
            throw troubles.of(e);
        }
    }

    /** What a driver has thrown, as a sentence. */
    public DatabaseException told(SQLException e) {
        return troubles.of(e);
    }

    /** One that answers: the pool hands out unasked what it has used within half a second, and the server may be a new one. */
    private Connection living() throws SQLException {
        for (int i = 0; i < use.connections(); i++) {
            if (vendor != Vendor.SQLITE && needsNew()) {
                reach();
            }
            Connection connection = connections.getConnection();
            if (connection.isValid(PING_SECONDS)) {
                return connection;
            }
            connections.evictConnection(connection);
        }
        return connections.getConnection();
    }

    private boolean needsNew() {
        HikariPoolMXBean now = connections.getHikariPoolMXBean();
        return now.getIdleConnections() == 0 && now.getTotalConnections() < use.connections();
    }

    /** A server that is down refuses at once; the pool would try for seconds. */
    private void reach() throws SQLException {
        vendor.connect(database).close();
    }

    private synchronized Jdbi ready() throws DatabaseException {
        Jdbi before = ready;
        if (before != null) {
            return before;
        }
        if (vendor == Vendor.SQLITE) {
            privateFile();
        }
        try {
            reach();
        } catch (SQLException e) {
            throw troubles.of(e);
        }
        if (use.tables().isPresent()) {
            new Migration(database, vendor, use.tables().get()).make();
        }
        Jdbi jdbi = Jdbi.create(this::living);
        // what is bound are bodies, and these hold credentials
        jdbi.getConfig(StatementExceptions.class).setMessageRendering(MessageRendering.NONE);
        ready = jdbi;
        return jdbi;
    }

    /** Credentials are in it: its owner's alone. SQLite gives the files that it puts beside it the same mode. */
    private void privateFile() throws DatabaseException {
        String name = database.place().substring("jdbc:sqlite:".length());
        try {
            Path file = Path.of(name).toAbsolutePath();
            if (!Files.exists(file)) {
                String refusal = use.whyNotNew().get().orElse(null);
                if (refusal != null) {
                    throw new DatabaseException(
                            Why.REFUSED, "the database file " + file + " does not exist: " + refusal);
                }
                PrivateFiles.directories(file.getParent());
                PrivateFiles.create(file);
            }
        } catch (FileAlreadyExistsException somebodyElseMadeIt) {
            return;
        } catch (IOException | InvalidPathException e) {
            throw new DatabaseException(
                    Why.REFUSED, "the database file " + name + " cannot be made: " + PrivateFiles.why(e), e);
        }
    }

    @Override
    public void close() {
        connections.close();
    }
}
