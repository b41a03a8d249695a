package io.aiproxy.sql;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.regex.Pattern;
import org.jdbi.v3.core.transaction.TransactionIsolationLevel;

/**
 * What differs from database to database. Statements are the same everywhere; the tables' types, the driver's properties and
 * how a transaction begins are not.
 */
public enum Vendor {
    /** One connection, because SQLite knows one writer. */
    SQLITE("sqlite", Pattern.compile("jdbc:sqlite:.*")),
    POSTGRESQL("postgresql", Pattern.compile("jdbc:postgresql:.*")),
    /** MariaDB and MySQL: the same driver speaks to both. */
    MYSQL("mysql", Pattern.compile("jdbc:(mariadb|mysql):.*"));

    /**
     * A transaction takes the write lock at its beginning, so that two processes wait for each other instead of failing in
     * the middle. {@code synchronous=FULL}: in WAL mode anything less may lose the latest commits in a power cut
     * (sqlite.org/pragma.html#pragma_synchronous). Milliseconds.
     */
    private static final Map<String, String> FOR_SQLITE = Map.of(
            "journal_mode", "WAL",
            "synchronous", "FULL",
            "busy_timeout", "10000",
            "transaction_mode", "IMMEDIATE");

    /** Details of errors would quote rows, and with them credentials. Seconds. */
    private static final Map<String, String> FOR_POSTGRESQL = Map.of(
            "connectTimeout", "3",
            "loginTimeout", "3",
            "socketTimeout", "30",
            "tcpKeepAlive", "true",
            "logServerErrorDetail", "false",
            "reWriteBatchedInserts", "true",
            "ApplicationName", "aiproxy");

    /** Milliseconds. */
    private static final Map<String, String> FOR_MYSQL =
            Map.of("connectTimeout", "3000", "socketTimeout", "30000", "tcpKeepAlive", "true");

    private final String folder;
    private final Pattern urls;

    Vendor(String folder, Pattern urls) {
        this.folder = folder;
        this.urls = urls;
    }

    /** Whose URL this is. */
    public static Optional<Vendor> of(String url) {
        return Arrays.stream(values())
                .filter(vendor -> vendor.urls.matcher(url).matches())
                .findFirst();
    }

    /** The URL as its driver wants it: MariaDB's driver answers to its own name only. */
    public String driverUrl(String url) {
        return this == MYSQL ? "jdbc:mariadb:" + url.substring(url.indexOf(':', "jdbc:".length()) + 1) : url;
    }

    /** For the driver; what the URL says goes before. */
    public Map<String, String> properties() {
        return switch (this) {
            case SQLITE -> FOR_SQLITE;
            case POSTGRESQL -> FOR_POSTGRESQL;
            case MYSQL -> FOR_MYSQL;
        };
    }

    /** A connection that no pool knows. */
    public Connection connect(Database database) throws SQLException {
        Properties all = new Properties();
        properties().forEach(all::setProperty);
        if (!database.user().isEmpty()) {
            all.setProperty("user", database.user());
        }
        if (!database.password().reveal().isEmpty()) {
            all.setProperty("password", database.password().reveal());
        }
        prepare();
        return DriverManager.getConnection(driverUrl(database.url()), all);
    }

    /** To be called before the first connection. */
    void prepare() {
        if (this == SQLITE) {
            SqliteLibrary.load();
        }
    }

    /** Where the tables are described, below {@code root}. */
    String migrations(String root) {
        return "classpath:" + root + "/" + folder;
    }

    /** How many connections the configuration keeps at most. */
    public int connections() {
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
