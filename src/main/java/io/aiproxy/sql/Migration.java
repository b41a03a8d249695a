package io.aiproxy.sql;

import io.aiproxy.sql.DatabaseException.Why;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.MigrationState;
import org.flywaydb.core.api.exception.FlywayValidateException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes somebody's tables in a database, or brings them up to date; what hinders it is told with what to do. */
final class Migration {
    private static final Logger LOG = LoggerFactory.getLogger(Migration.class);

    /** Instances that start together may meet while making the tables, which SQLite has no lock for. */
    private static final int ATTEMPTS = 5;

    /**
     * Flyway begins to write where it has read before, and SQLite refuses that at once while somebody else writes, without the
     * wait that {@code busy_timeout} asks for (sqlite.org/c3ref/busy_handler.html): so it is waited here, as long in all.
     */
    private static final Duration BUSY_PATIENCE = Duration.ofSeconds(10);

    private static final long BUSY_PAUSE_NANOS = Duration.ofMillis(20).toNanos();

    /** SQLITE_BUSY, whatever more its upper bits say. */
    private static final int BUSY = 5;

    private final Database database;
    private final Vendor vendor;
    private final Pool.Tables tables;

    Migration(Database database, Vendor vendor, Pool.Tables tables) {
        this.database = database;
        this.vendor = vendor;
        this.tables = tables;
    }

    /** Blocks until the tables are those of this version. */
    void make() throws DatabaseException {
        long began = System.nanoTime();
        for (int attempt = 1; ; attempt++) {
            try (Plain connections = new Plain(database, vendor)) {
                Flyway flyway = flyway(connections.source());
                try {
                    migrate(flyway);
                    return;
                } catch (FlywayException e) {
                    boolean busy = busy(e) && System.nanoTime() - began < BUSY_PATIENCE.toNanos();
                    // what does not fit the steps stays so
                    if (!busy && (attempt >= ATTEMPTS || e instanceof FlywayValidateException)) {
                        throw told(flyway, e);
                    }
                }
            }
            LockSupport.parkNanos(BUSY_PAUSE_NANOS);
        }
    }

    private Flyway flyway(DataSource connections) {
        return Flyway.configure(Migration.class.getClassLoader())
                .dataSource(connections)
                .locations(vendor.migrations(tables.migrations()))
                .table(tables.history())
                .baselineOnMigrate(true) // others may have tables there as well
                .baselineVersion("0")
                .validateOnMigrate(vendor != Vendor.MYSQL) // there V1 was mended so that it can be done twice
                .load();
    }

    private void migrate(Flyway flyway) throws DatabaseException {
        int made = flyway.migrate().migrationsExecuted;
        if (made > 0) {
            LOG.info("The tables in {} were made or brought up to date", database.place());
        }
        refuseNewer(flyway);
    }

    private boolean busy(FlywayException e) {
        for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
            if (vendor == Vendor.SQLITE && cause instanceof SQLException sql && (sql.getErrorCode() & 0xff) == BUSY) {
                return true;
            }
        }
        return false;
    }

    /** What a newer version has added may do no harm, but nobody knows what it has left half done. */
    private void refuseNewer(Flyway flyway) throws DatabaseException {
        for (MigrationInfo made : flyway.info().applied()) {
            boolean complete = made.getState() == MigrationState.FUTURE_SUCCESS;
            if ((complete && tables.refusesNewer()) || made.getState() == MigrationState.FUTURE_FAILED) {
                throw newer(made);
            }
        }
    }

    private DatabaseException newer(MigrationInfo made) {
        return new DatabaseException(
                Why.REFUSED,
                "the tables in " + database.place() + " were made by a newer version of the gateway (" + step(made)
                        + "); run that version, or put a backup from before in their place");
    }

    /** Flyway's own message has many lines, and names its commands, which nobody has here. */
    private DatabaseException told(Flyway flyway, FlywayException e) {
        Optional<DatabaseException> found;
        try {
            found = Stream.of(flyway.info().applied())
                    .flatMap(made -> trouble(made).stream())
                    .findFirst();
        } catch (FlywayException unreadable) { // the database itself is the trouble
            found = Optional.empty();
        }
        return found.orElseGet(() -> new Troubles(database).of(e));
    }

    private Optional<DatabaseException> trouble(MigrationInfo made) {
        if (made.getState() == MigrationState.FUTURE_FAILED) {
            return Optional.of(newer(made));
        }
        if (made.getState().isFailed()) {
            return Optional.of(new DatabaseException(
                    Why.REFUSED,
                    "the tables in " + database.place() + " are half made: a step (" + step(made)
                            + ") has failed before. Put a backup in their place, or finish or undo the step by hand, take"
                            + " its row out of " + tables.history() + ", and start again"));
        }
        if (made.isVersioned() && made.getAppliedChecksum() != null && !made.isChecksumMatching()) {
            return Optional.of(new DatabaseException(
                    Why.REFUSED,
                    "the tables in " + database.place() + " are not those of this version of the gateway: a step ("
                            + step(made) + ") was another one when they were made, says " + tables.history()
                            + ". Run the version that made them, or put a backup in their place"));
        }
        return Optional.empty();
    }

    private static String step(MigrationInfo made) {
        return made.getVersion() == null ? made.getDescription() : made.getVersion() + ", " + made.getDescription();
    }
}
