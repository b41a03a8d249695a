package io.aiproxy.cli;

import io.aiproxy.app.Settings;
import io.aiproxy.app.Stores;
import io.aiproxy.app.backup.Archives;
import io.aiproxy.app.backup.Backup;
import io.aiproxy.app.backup.BackupException;
import io.aiproxy.cli.Values.BadValue;
import io.aiproxy.core.Ticker;
import io.aiproxy.store.StoreException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code aiproxy backup}: puts the configuration into one file. */
@Command(
        name = "backup",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        description = {
            "Puts the configuration, the key and certificate files that it names below its directory, limits' counts, the"
                    + " books of usage and the audit log into one archive. It may be run beside a gateway that is at work.",
            "The archive holds secrets and is readable by its owner alone."
        },
        footerHeading = "%n",
        footer = {
            "Environment variables and application.properties count as for the start.",
            "",
            "Exit codes: 0 the archive is there, 1 it is not, 2 the command line is wrong."
        })
final class BackupCommand implements Callable<Integer> {
    private static final String SQLITE = "jdbc:sqlite:";

    private final Shell shell;

    @Option(
            names = "--to",
            paramLabel = "FILE|DIR",
            description = {
                "The archive, or a directory where it is named aiproxy-backup-TIME.zip.",
                "default: the working directory"
            })
    private @Nullable String to;

    @Option(
            names = "--config",
            paramLabel = "DIR",
            description = {"Where users.yaml, channels.yaml and system.yaml are.", "default: ./config"})
    private @Nullable String config;

    BackupCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() throws UserError, SettingsException {
        Settings settings = settings(shell, config);
        requireSqlite(settings);
        Instant now = Instant.ofEpochMilli(Ticker.SYSTEM.millis());
        try (Stores stores = Stores.toLookAt(settings, shell.environment()::get)) {
            Backup.Made made = new Backup(settings, stores, shell.environment()::get).make(target(now), now);
            shell.out()
                    .println(made.file() + ": " + made.members() + " files of "
                            + stores.config().place());
            if (!made.good()) {
                shell.out()
                        .println("No gateway could start with this configuration; aiproxy check tells why, and aiproxy"
                                + " restore will not take it.");
            }
            return 0;
        } catch (BackupException | StoreException e) {
            throw new UserError(String.valueOf(e.getMessage()));
        }
    }

    /** The settings of a gateway that is started here. */
    static Settings settings(Shell shell, @Nullable String config) throws SettingsException {
        Map<Setting, String> flags = new EnumMap<>(Setting.class);
        if (config != null) {
            flags.put(Setting.CONFIG, config);
        }
        return SettingsResolver.resolve(new Sources(flags, shell.environment(), shell.workingDir()))
                .settings();
    }

    /** To open a SQLite database that is not there would make an empty one. */
    private static void requireSqlite(Settings settings) throws UserError {
        if (missing(settings)) {
            throw new UserError(
                    "there is no database " + settings.database().orElseThrow().url());
        }
    }

    /** Whether the settings name a SQLite database that is not there. */
    static boolean missing(Settings settings) {
        return settings.database()
                .map(Settings.Database::url)
                .filter(url -> url.startsWith(SQLITE) && !Files.exists(Path.of(url.substring(SQLITE.length()))))
                .isPresent();
    }

    private Path target(Instant now) throws UserError {
        Path working = shell.workingDir();
        if (to == null) {
            return new Archives(working).at(now);
        }
        boolean directory = to.endsWith("/") || to.endsWith("\\");
        try {
            Path path = Values.path(new Given(to, "--to", working, true));
            return directory || Files.isDirectory(path) ? new Archives(path).at(now) : path;
        } catch (BadValue e) {
            throw new UserError("--to: " + e.getMessage());
        }
    }
}
