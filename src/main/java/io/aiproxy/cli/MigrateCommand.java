package io.aiproxy.cli;

import io.aiproxy.app.Settings;
import io.aiproxy.cli.Values.BadValue;
import io.aiproxy.config.ConfigException;
import io.aiproxy.core.Secret;
import io.aiproxy.store.Author;
import io.aiproxy.store.ConfigStore;
import io.aiproxy.store.Entries;
import io.aiproxy.store.Kind;
import io.aiproxy.store.State;
import io.aiproxy.store.StoreException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code aiproxy migrate}: makes one store hold the same configuration as another, files or a database. */
@Command(
        name = "migrate",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        description = {
            "Copies the configuration from files into a database, from a database into files, or between databases.",
            "Tells what differs. A second run changes nothing. Never shows a secret."
        },
        footerHeading = "%n",
        footer = {
            "PLACE is a configuration directory, or jdbc:sqlite:FILE, jdbc:postgresql://HOST/DATABASE,"
                    + " jdbc:mariadb://HOST/DATABASE, jdbc:mysql://HOST/DATABASE. Passwords come from the environment:"
                    + " AIPROXY_FROM_PASSWORD and AIPROXY_TO_PASSWORD, or AIPROXY_DATABASE_PASSWORD for both.",
            "What is written is checked first as the gateway would: all of it is written, or nothing.",
            "",
            "Exit codes: 0 both hold the same now (or told, with --dry-run), 1 nothing was written, 2 the command line is"
                    + " wrong."
        })
final class MigrateCommand implements Callable<Integer> {
    private static final String DATABASE = "jdbc:";
    private static final String SQLITE = "jdbc:sqlite:";

    private final Shell shell;
    private final Opener opener;

    @Option(names = "--from", required = true, paramLabel = "PLACE", description = "Where the configuration is.")
    private String from = "";

    @Option(names = "--to", required = true, paramLabel = "PLACE", description = "Where it shall be.")
    private String to = "";

    @Option(
            names = "--from-user",
            paramLabel = "NAME",
            description = {"User of the database in --from.", "default: AIPROXY_DATABASE_USER"})
    private @Nullable String fromUser;

    @Option(
            names = "--to-user",
            paramLabel = "NAME",
            description = {"User of the database in --to.", "default: AIPROXY_DATABASE_USER"})
    private @Nullable String toUser;

    @Option(
            names = "--config",
            paramLabel = "DIR",
            description = {
                "What files named in the configuration (keys, certificates) are relative to.",
                "default: the directory in --from or --to, else ./config"
            })
    private @Nullable String config;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = {"Where the gateway writes.", "default: data beside the configuration directory"})
    private @Nullable String data;

    @Option(
            names = "--force",
            description = "Also when --to holds another configuration: that becomes an older version of it.")
    private boolean force;

    @Option(names = "--dry-run", description = "Only tell what differs; write nothing.")
    private boolean dryRun;

    /** Opens the store at a place: the database, or the files in the directory where there is none. */
    interface Opener {
        ConfigStore open(
                Optional<Settings.Database> database,
                Path configDir,
                Path dataDir,
                Function<String, @Nullable String> environment)
                throws StoreException;
    }

    MigrateCommand(Shell shell, Opener opener) {
        this.shell = shell;
        this.opener = opener;
    }

    @Override
    public Integer call() throws UserError {
        try (ConfigStore source = open("--from", from, fromUser, "AIPROXY_FROM_PASSWORD");
                ConfigStore target = open("--to", to, toUser, "AIPROXY_TO_PASSWORD")) {
            if (source.place().equals(target.place())) {
                throw new UserError("--from and --to are the same: " + source.place());
            }
            migrate(source, target);
            return 0;
        } catch (ConfigException e) {
            throw new UserError("nothing was written: " + howMany(e) + " would be wrong in --to:\n" + e.getMessage());
        } catch (StoreException e) {
            throw new UserError("nothing was written: " + e.getMessage());
        }
    }

    private static String howMany(ConfigException e) {
        int problems = e.problems().size();
        return problems + (problems == 1 ? " thing" : " things");
    }

    private void migrate(ConfigStore source, ConfigStore target) throws ConfigException, StoreException, UserError {
        PrintWriter out = shell.out();
        Entries wanted = source.state().entries();
        if (empty(wanted)) {
            throw new UserError("there is no configuration in " + source.place());
        }
        State there = target.state();
        Differences differences = Differences.between(there.entries(), wanted);
        if (differences.none()) {
            out.println(target.place() + " holds the same as " + source.place() + " already: " + counts(wanted));
            out.println("Nothing was changed.");
            return;
        }
        boolean refused = !empty(there.entries()) && !force;
        out.println("What becomes of " + target.place() + " (+ new, ~ changed, - removed):");
        differences.lines().forEach(line -> out.println("  " + line));
        if (dryRun) {
            out.println("Nothing was written (--dry-run)."
                    + (refused ? " It holds another configuration: this needs --force." : ""));
            return;
        }
        if (refused) {
            throw new UserError(target.place() + " holds another configuration. To make it like " + source.place()
                    + " give --force; what is there stays as version " + there.version());
        }
        long made = target.apply(there.tag(), differences.changes(), Author.CLI, "migrate from " + source.place())
                .number();
        verify(target, wanted);
        out.println("Written to " + target.place() + " as version " + made + ": " + counts(wanted));
        if (!database(from)) {
            out.println("Comments in the files are no part of this: they stay where they are.");
        }
    }

    /** What was written is read again: a store that keeps something else than it was given must not pass unnoticed. */
    private static void verify(ConfigStore target, Entries wanted) throws StoreException, UserError {
        Differences left = Differences.between(target.state().entries(), wanted);
        if (!left.none()) {
            throw new UserError(target.place() + " was changed, but holds something else than it was given (or somebody"
                    + " has changed it since):\n  " + String.join("\n  ", left.lines()));
        }
    }

    private static boolean empty(Entries entries) {
        return entries.byKind().values().stream().allMatch(Map::isEmpty);
    }

    private static String counts(Entries entries) {
        return Arrays.stream(Kind.values())
                .filter(kind -> !entries.of(kind).isEmpty())
                .map(kind -> count(entries.of(kind).size(), kind))
                .collect(Collectors.joining(", "));
    }

    private static String count(int number, Kind kind) {
        return switch (kind) {
            case SYSTEM -> number + (number == 1 ? " system setting" : " system settings");
            case MODEL_ALIAS -> number + (number == 1 ? " model alias" : " model aliases");
            default -> number + " " + Differences.word(kind) + (number == 1 ? "" : "s");
        };
    }

    private static boolean database(String place) {
        return place.startsWith(DATABASE);
    }

    private ConfigStore open(String flag, String place, @Nullable String user, String passwordVariable)
            throws StoreException, UserError {
        Function<String, @Nullable String> environment = shell.environment()::get;
        Path configDir = configDir(flag, place);
        Path dataDir = data == null ? configDir.resolveSibling("data") : path("--data", data);
        Optional<Settings.Database> database = Optional.empty();
        if (database(place)) {
            String url = url(flag, place);
            if (flag.equals("--from") && url.startsWith(SQLITE)) {
                mustExist(Path.of(url.substring(SQLITE.length())));
            }
            String name = user == null ? variable(Setting.DATABASE_USER.variable()) : user;
            String own = variable(passwordVariable);
            String password = own.isEmpty() ? variable(Setting.DATABASE_PASSWORD.variable()) : own;
            database = Optional.of(new Settings.Database(url, name, Secret.of(password)));
        }
        return opener.open(database, configDir, dataDir, environment);
    }

    /** A directory that is named is its own; a database's files are relative to the other's, or to {@code --config}. */
    private Path configDir(String flag, String place) throws UserError {
        if (!database(place)) {
            return path(flag, place);
        }
        if (config != null) {
            return path("--config", config);
        }
        String other = flag.equals("--from") ? to : from;
        return database(other) ? shell.workingDir().resolve("config") : path(flag, other);
    }

    private static void mustExist(Path file) throws UserError {
        if (!Files.exists(file)) {
            throw new UserError("--from: " + file + " does not exist");
        }
    }

    private String variable(String name) {
        return shell.environment().getOrDefault(name, "");
    }

    private Path path(String flag, String value) throws UserError {
        try {
            return Values.path(given(flag, value));
        } catch (BadValue e) {
            throw new UserError(flag + ": " + e.getMessage());
        }
    }

    private String url(String flag, String value) throws UserError {
        try {
            return Values.jdbcUrl(given(flag, value));
        } catch (BadValue e) {
            throw new UserError(flag + ": " + e.getMessage());
        }
    }

    private Given given(String flag, String value) {
        return new Given(value, flag, shell.workingDir(), true);
    }
}
