package io.aiproxy.cli;

import io.aiproxy.app.Settings;
import io.aiproxy.app.Stores;
import io.aiproxy.config.ConfigException;
import io.aiproxy.config.Snapshot;
import io.aiproxy.store.StoreException;
import io.aiproxy.usage.Books;
import io.aiproxy.usage.BooksException;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.ZoneId;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What commands that read the books have in common: which gateway's, and in which time zone. */
final class BooksOfGateway {
    @Option(
            names = "--config",
            paramLabel = "DIR",
            description = {"Where users.yaml, channels.yaml and system.yaml are.", "default: ./config"})
    private @Nullable String config;

    @Option(
            names = "--time-zone",
            paramLabel = "ZONE",
            description = "The zone in which days begin, e.g. Asia/Shanghai.")
    private @Nullable String zone;

    /** Does something with open books. */
    interface Task<T> {
        T run(Books books, Settings settings, Snapshot snapshot) throws UserError, BooksException;
    }

    /** Opens the books of the gateway that the settings describe. */
    <T> T with(Shell shell, BooksOpener opener, Task<T> task) throws UserError, SettingsException {
        Settings settings = BackupCommand.settings(shell, config);
        if (BackupCommand.missing(settings)) {
            throw new UserError(
                    "there is no database " + settings.database().orElseThrow().url());
        }
        try (Stores stores = Stores.toLookAt(settings, shell.environment()::get)) {
            Snapshot snapshot = stores.config().load();
            try (Books books = opener.open(settings, snapshot)) {
                return task.run(books, settings, snapshot);
            }
        } catch (ConfigException e) {
            throw new UserError("the configuration in " + settings.configDir() + " cannot be used:\n" + e.getMessage());
        } catch (StoreException | BooksException e) {
            throw new UserError(String.valueOf(e.getMessage()));
        }
    }

    /** The zone that was named. */
    @Nullable
    ZoneId zone() throws UserError {
        if (zone == null) {
            return null;
        }
        try {
            return ZoneId.of(zone);
        } catch (DateTimeException e) {
            throw new UserError("--time-zone: \"" + zone + "\" is none; give one such as Asia/Shanghai or UTC");
        }
    }

    /** A day that was named by an option. */
    static LocalDate day(String option, String text) throws UserError {
        try {
            return LocalDate.parse(text);
        } catch (DateTimeException e) {
            throw new UserError(option + ": \"" + text + "\" is no day; give one such as 2026-11-30");
        }
    }
}
