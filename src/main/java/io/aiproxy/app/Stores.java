package io.aiproxy.app;

import io.aiproxy.sql.Database;
import io.aiproxy.store.AuditLog;
import io.aiproxy.store.ConfigStore;
import io.aiproxy.store.StoreException;
import io.aiproxy.store.file.FileAuditLog;
import io.aiproxy.store.file.FileStore;
import io.aiproxy.store.sql.SqlStore;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What keeps the configuration and what administrators have done.
 *
 * @param config the configuration and its versions
 * @param audit what administrators did
 * @param trouble what is the matter with it at the moment, for people; empty: nothing
 */
public record Stores(ConfigStore config, AuditLog audit, Supplier<Optional<String>> trouble) implements AutoCloseable {
    /**
     * Opens what the settings name: the database, or the files where they name none.
     *
     * @param environment looks environment variables up, for placeholders
     * @throws StoreException when the database's URL cannot be used; that a database is down is no reason
     */
    public static Stores open(Settings settings, Function<String, @Nullable String> environment) throws StoreException {
        return open(settings.database(), settings.configDir(), settings.dataDir(), environment);
    }

    /** As above, for those who have no settings of a gateway. */
    public static Stores open(
            Optional<Settings.Database> database,
            Path configDir,
            Path dataDir,
            Function<String, @Nullable String> environment)
            throws StoreException {
        if (database.isEmpty()) {
            return new Stores(
                    FileStore.open(configDir, dataDir, environment), new FileAuditLog(dataDir), Optional::empty);
        }
        Settings.Database of = database.get();
        SqlStore store =
                SqlStore.open(new Database(of.url(), of.user(), of.password()), configDir, dataDir, environment);
        return new Stores(store, store.auditLog(), store::trouble);
    }

    /** As {@link #open(Settings, Function)}; files are only read, and nothing is written beside them. */
    public static Stores toLookAt(Settings settings, Function<String, @Nullable String> environment)
            throws StoreException {
        return settings.database().isPresent()
                ? open(settings, environment)
                : new Stores(
                        FileStore.readOnly(settings.configDir(), environment),
                        new FileAuditLog(settings.dataDir()),
                        Optional::empty);
    }

    @Override
    public void close() {
        audit.close();
        config.close();
    }
}
