package io.aiproxy.store.sql;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.jdbi.v3.core.transaction.TransactionIsolationLevel;

/**
 * What differs from database to database. Statements are the same everywhere; the tables' types, the driver's properties and
 * how a transaction begins are not.
 */
enum Vendor {
    /**
     * One connection, because SQLite knows one writer; a transaction takes the write lock at its beginning, so that two
     * processes wait for each other instead of failing in the middle. {@code synchronous=FULL}: in WAL mode anything less
     * may lose the latest commits in a power cut (sqlite.org/pragma.html#pragma_synchronous).
     */
    SQLITE(
            "sqlite",
            List.of("jdbc:sqlite:"),
            Map.of(
                    "journal_mode", "WAL",
                    "synchronous", "FULL",
                    "busy_timeout", "10000",
                    "transaction_mode", "IMMEDIATE")),

    /** Details of errors would quote rows, and with them credentials. Times are in seconds. */
    POSTGRESQL(
            "postgresql",
            List.of("jdbc:postgresql:"),
            Map.of(
                    "connectTimeout", "3",
                    "loginTimeout", "3",
                    "socketTimeout", "30",
                    "tcpKeepAlive", "true",
                    "logServerErrorDetail", "false",
                    "reWriteBatchedInserts", "true",
                    "ApplicationName", "aiproxy")),

    /** MariaDB and MySQL: the same driver speaks to both. Times are in milliseconds. */
    MYSQL(
            "mysql",
            List.of("jdbc:mariadb:", "jdbc:mysql:"),
            Map.of("connectTimeout", "3000", "socketTimeout", "30000", "tcpKeepAlive", "true"));

    private final String folder;
    private final List<String> schemes;
    private final Map<String, String> properties;

    Vendor(String folder, List<String> schemes, Map<String, String> properties) {
        this.folder = folder;
        this.schemes = schemes;
        this.properties = properties;
    }

    /** Whose URL this is. */
    static Optional<Vendor> of(String url) {
        return Arrays.stream(values())
                .filter(vendor -> vendor.schemes.stream().anyMatch(url::startsWith))
                .findFirst();
    }

    /** The URL as its driver wants it: MariaDB's driver answers to its own name only. */
    String driverUrl(String url) {
        return this == MYSQL ? "jdbc:mariadb:" + url.substring(url.indexOf(':', "jdbc:".length()) + 1) : url;
    }

    /** For the driver; what the URL says goes before. */
    Map<String, String> properties() {
        return properties;
    }

    /** A connection that no pool knows. */
    Connection connect(Database database) throws SQLException {
        Properties all = new Properties();
        properties.forEach(all::setProperty);
        if (!database.user().isEmpty()) {
            all.setProperty("user", database.user());
        }
        if (!database.password().reveal().isEmpty()) {
            all.setProperty("password", database.password().reveal());
        }
        return DriverManager.getConnection(driverUrl(database.url()), all);
    }

    /** Where the tables are described. */
    String migrations() {
        return "classpath:db/migration/" + folder;
    }

    /** How many connections are kept at most. */
    int connections() {
        return this == SQLITE ? 1 : 4;
    }

    /** How long to wait for a connection. SQLite's only one may be busy with somebody's change. */
    long patienceMillis() {
        return this == SQLITE ? 20_000 : 3_000;
    }

    /** All reads of a transaction see the same moment. */
    TransactionIsolationLevel isolation() {
        return this == SQLITE ? TransactionIsolationLevel.SERIALIZABLE : TransactionIsolationLevel.REPEATABLE_READ;
    }

    /**
     * For a change, which locks before it reads. PostgreSQL must wait for the lock and then see what the one before did:
     * at a higher level it would refuse instead.
     */
    TransactionIsolationLevel changing() {
        return this == POSTGRESQL ? TransactionIsolationLevel.READ_COMMITTED : isolation();
    }
}
