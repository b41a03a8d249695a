package io.aiproxy.app;

import io.aiproxy.core.Secret;
import io.aiproxy.sql.Database;
import io.aiproxy.sql.Vendor;
import io.aiproxy.usage.BooksException;
import io.aiproxy.usage.sql.SqlBooks;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.Optional;

/**
 * Where usage is booked: beside the configuration, where that is in a database server, which all instances then share;
 * otherwise in a SQLite file of its own in the data directory.
 */
public final class UsageBooks {
    private static final String FILE = "usage.db";

    private UsageBooks() {}

    /**
     * Opens the books of a gateway with these settings; connects to nothing yet.
     *
     * @param zone in which days and months begin: {@link io.aiproxy.config.BooksConfig#zone}
     */
    public static SqlBooks open(Settings settings, ZoneId zone) throws BooksException {
        return SqlBooks.open(place(settings), zone);
    }

    /** Which database that is. */
    public static Database place(Settings settings) {
        return server(settings)
                .map(of -> new Database(of.url(), of.user(), of.password()))
                .orElseGet(() -> new Database(
                        "jdbc:sqlite:" + settings.dataDir().resolve(FILE).toAbsolutePath(), "", Secret.of("")));
    }

    /** The file of the books; empty where they are in a server. */
    public static Optional<Path> file(Settings settings) {
        return server(settings).isPresent()
                ? Optional.empty()
                : Optional.of(settings.dataDir().resolve(FILE));
    }

    private static Optional<Settings.Database> server(Settings settings) {
        return settings.database().filter(of -> Vendor.of(of.url())
                .filter(vendor -> vendor != Vendor.SQLITE)
                .isPresent());
    }
}
