package io.aiproxy.store.sql;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.aiproxy.config.ConfigException;
import io.aiproxy.store.StoreException;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import java.util.function.Supplier;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.HandleCallback;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jdbi.v3.core.statement.StatementExceptions;
import org.jdbi.v3.core.statement.StatementExceptions.MessageRendering;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Connections to the database, with its tables made or brought up to date before anything is asked of it. */
final class Pool implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Pool.class);
    private static final String NAME = "aiproxy-database";
    private static final int PING_SECONDS = 2;

    /** Instances that start together may meet while making the tables, which SQLite has no lock for. */
    private static final int MIGRATION_ATTEMPTS = 5;

    private final Database database;
    private final Vendor vendor;
    private final Troubles troubles;
    private final Supplier<Optional<String>> whyNotNew;
    private final HikariDataSource connections;
    private final Jdbi jdbi;
    private boolean ready;

    /**
     * Connects to nothing yet.
     *
     * @param whyNotNew why a database file that is missing must not be made: asked then; empty where it may
     */
    Pool(Database database, Supplier<Optional<String>> whyNotNew) throws StoreException {
        this.database = database;
        this.whyNotNew = whyNotNew;
        this.vendor = Vendor.of(database.url())
                .orElseThrow(() -> new StoreException(
                        StoreException.Why.UNAVAILABLE,
                        "the URL of the database begins with none of jdbc:sqlite:, jdbc:postgresql:, jdbc:mariadb:,"
                                + " jdbc:mysql:"));
        this.troubles = new Troubles(database);
        this.connections = connections(database, vendor);
        this.jdbi = Jdbi.create(this::living);
        // what is bound are bodies, and these hold credentials
        jdbi.getConfig(StatementExceptions.class).setMessageRendering(MessageRendering.NONE);
    }

    Vendor vendor() {
        return vendor;
    }

    private static HikariDataSource connections(Database database, Vendor vendor) throws StoreException {
        HikariConfig config = new HikariConfig();
        config.setPoolName(NAME);
        vendor.properties().forEach(config::addDataSourceProperty);
        if (!database.user().isEmpty()) {
            config.setUsername(database.user());
        }
        if (!database.password().reveal().isEmpty()) {
            config.setPassword(database.password().reveal());
        }
        config.setMaximumPoolSize(vendor.connections());
        config.setMinimumIdle(0); // nobody but the look-out tries to connect while the database is down
        config.setConnectionTimeout(vendor.patienceMillis());
        config.setValidationTimeout(PING_SECONDS * 1000L);
        config.setInitializationFailTimeout(-1); // a database that is down must not keep the gateway from starting
        try {
            config.setJdbcUrl(vendor.driverUrl(database.url()));
            return new HikariDataSource(config);
        } catch (RuntimeException e) { // without it as the cause: it quotes the URL, and a password may be in that
            throw new StoreException(
                    StoreException.Why.UNAVAILABLE,
                    "the URL of the database cannot be read; give e.g. jdbc:postgresql://HOST:5432/DATABASE");
        }
    }

    /** Everything that {@code work} reads is of one moment. */
    <T, X extends Exception> T read(HandleCallback<T, X> work) throws StoreException, X {
        makeReady();
        try {
            return jdbi.inTransaction(vendor.isolation(), work);
        } catch (JdbiException e) {
            throw troubles.of(e);
        }
    }

    /** A single statement: it is committed when this returns. */
    <T, X extends Exception> T ask(HandleCallback<T, X> work) throws StoreException, X {
        makeReady();
        try {
            return jdbi.withHandle(work);
        } catch (JdbiException e) {
            throw troubles.of(e);
        }
    }

    /** What is done in a transaction that locks before it reads. */
    interface Changing<T> {
        T with(Handle handle) throws ConfigException, StoreException;
    }

    /** Committed when this returns, rolled back when {@code work} throws. */
    <T> T change(Changing<T> work) throws ConfigException, StoreException {
        makeReady();
        try {
            return jdbi.<T, Exception>inTransaction(vendor.changing(), work::with);
        } catch (JdbiException e) {
            throw troubles.of(e);
        } catch (ConfigException | StoreException | RuntimeException e) {
            throw e;
        } catch (Exception e) { // work throws nothing else
            throw new IllegalStateException(e);
        }
    }

    /** One that answers: the pool hands out unasked what it has used within half a second, and the server may be a new one. */
    private Connection living() throws SQLException {
        for (int i = 0; i < vendor.connections(); i++) {
            Connection connection = connections.getConnection();
            if (connection.isValid(PING_SECONDS)) {
                return connection;
            }
            connections.evictConnection(connection);
        }
        return connections.getConnection();
    }

    private synchronized void makeReady() throws StoreException {
        if (ready) {
            return;
        }
        if (vendor == Vendor.SQLITE) {
            privateFile();
        }
        try (Connection first = vendor.connect(database)) { // fails at once where the pool would try again and again
            first.isValid(PING_SECONDS);
        } catch (SQLException e) {
            throw troubles.of(e);
        }
        migrate();
        ready = true;
    }

    private void migrate() throws StoreException {
        Flyway flyway = Flyway.configure(Pool.class.getClassLoader())
                .dataSource(connections)
                .locations(vendor.migrations())
                .table("aiproxy_schema_history")
                .baselineOnMigrate(true) // others may have tables there as well
                .baselineVersion("0")
                .load();
        for (int attempt = 1; ; attempt++) {
            try {
                int made = flyway.migrate().migrationsExecuted;
                if (made > 0) {
                    LOG.info("The tables in {} were made or brought up to date", database.place());
                }
                return;
            } catch (FlywayException e) {
                if (attempt == MIGRATION_ATTEMPTS) {
                    throw troubles.of(e);
                }
            }
        }
    }

    /** Credentials are in it: its owner's alone. SQLite gives the files that it puts beside it the same mode. */
    private void privateFile() throws StoreException {
        String name = database.place().substring("jdbc:sqlite:".length());
        try {
            Path file = Path.of(name).toAbsolutePath();
            if (!Files.exists(file)) {
                String refusal = whyNotNew.get().orElse(null);
                if (refusal != null) {
                    throw new StoreException(
                            StoreException.Why.UNAVAILABLE,
                            "the database file " + file + " does not exist: " + refusal);
                }
                PrivateFiles.directories(file.getParent());
                PrivateFiles.create(file);
            }
        } catch (FileAlreadyExistsException somebodyElseMadeIt) {
            return;
        } catch (IOException | InvalidPathException e) {
            throw new StoreException(
                    StoreException.Why.UNAVAILABLE,
                    "the database file " + name + " cannot be made: " + PrivateFiles.why(e),
                    e);
        }
    }

    @Override
    public void close() {
        connections.close();
    }
}
