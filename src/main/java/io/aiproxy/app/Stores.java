package io.aiproxy.app;

import io.aiproxy.store.ConfigStore;
import io.aiproxy.store.StoreException;
import io.aiproxy.store.sql.Database;
import io.aiproxy.store.sql.SqlStore;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Which store keeps the configuration. */
public final class Stores {
    private Stores() {}

    /**
     * Opens the store that the settings name; empty where they name no database, so that the files are the store.
     *
     * @param environment looks environment variables up, for placeholders
     * @throws StoreException when the database's URL cannot be used; that a database is down is no reason
     */
    public static Optional<ConfigStore> open(Settings settings, Function<String, @Nullable String> environment)
            throws StoreException {
        return open(settings.database(), settings.configDir(), settings.dataDir(), environment);
    }

    /** As above, for those who have no settings of a gateway. */
    public static Optional<ConfigStore> open(
            Optional<Settings.Database> database,
            Path configDir,
            Path dataDir,
            Function<String, @Nullable String> environment)
            throws StoreException {
        if (database.isEmpty()) {
            return Optional.empty();
        }
        Settings.Database of = database.get();
        return Optional.of(
                SqlStore.open(new Database(of.url(), of.user(), of.password()), configDir, dataDir, environment));
    }
}
