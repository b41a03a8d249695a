package io.aiproxy.cli;

import io.aiproxy.app.Settings;
import io.aiproxy.app.Stores;
import io.aiproxy.app.backup.Archive;
import io.aiproxy.app.backup.Archives;
import io.aiproxy.app.backup.Backup;
import io.aiproxy.app.backup.BackupException;
import io.aiproxy.app.backup.Restore;
import io.aiproxy.app.backup.Restore.Item;
import io.aiproxy.app.backup.Restore.There;
import io.aiproxy.cli.Values.BadValue;
import io.aiproxy.config.ConfigException;
import io.aiproxy.core.Ticker;
import io.aiproxy.store.Author;
import io.aiproxy.store.Entries;
import io.aiproxy.store.State;
import io.aiproxy.store.StoreException;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code aiproxy restore}: makes a configuration what it was when an archive was made. */
@Command(
        name = "restore",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        description = {
            "Puts back what aiproxy backup has put into FILE: into the files in the configuration directory, or into the"
                    + " database that the settings name.",
            "Tells what differs. A second run changes nothing. Never shows a secret."
        },
        footerHeading = "%n",
        footer = {
            "The whole archive and its configuration are checked first: all of it is good, or nothing is written.",
            "Environment variables and application.properties count as for the start.",
            "",
            "Exit codes: 0 restored (or told, with --dry-run), 1 not restored, 2 the command line is wrong."
        })
final class RestoreCommand implements Callable<Integer> {
    private final Shell shell;

    @Parameters(paramLabel = "FILE", description = "An archive that aiproxy backup has made.")
    private String file = "";

    @Option(
            names = "--config",
            paramLabel = "DIR",
            description = {"Where users.yaml, channels.yaml and system.yaml shall be.", "default: ./config"})
    private @Nullable String config;

    @Option(names = "--dry-run", description = "Only tell what differs; write nothing.")
    private boolean dryRun;

    @Option(
            names = "--force",
            description = "Also when another configuration is there: that becomes an older version, and an archive.")
    private boolean force;

    RestoreCommand(Shell shell) {
        this.shell = shell;
    }

    /**
     * What has to be done.
     *
     * @param there what the target holds now
     * @param wanted what it shall hold
     * @param differences between them
     * @param files that are missing or, below the configuration directory, others
     * @param documents whether the documents are put there byte for byte
     */
    private record Plan(State there, Entries wanted, Differences differences, List<Item> files, boolean documents) {
        boolean none() {
            return differences.none() && files.isEmpty() && !documents;
        }

        boolean replaces() {
            return (!empty(there.entries()) && !differences.none())
                    || files.stream().anyMatch(item -> item.there() == There.ANOTHER);
        }
    }

    @Override
    public Integer call() throws UserError, SettingsException {
        Settings settings;
        Path from;
        try {
            from = Values.path(new Given(file, "FILE", shell.workingDir(), true));
            settings = BackupCommand.settings(shell, config);
        } catch (BadValue e) {
            throw new UserError("FILE: " + e.getMessage());
        }
        try (Archive archive = Archive.open(from);
                Restore restore =
                        Restore.of(archive, settings.configDir(), settings.dataDir(), shell.environment()::get)) {
            restore.check(now());
            shell.out().println(from + ": " + archive.about());
            restore(restore, settings, from);
            return 0;
        } catch (ConfigException e) {
            throw new UserError("nothing was restored: the configuration could not be used:\n" + e.getMessage());
        } catch (StoreException | BackupException | IOException e) {
            throw new UserError("not restored: " + e.getMessage());
        }
    }

    private void restore(Restore restore, Settings settings, Path from)
            throws UserError, ConfigException, StoreException, BackupException, IOException {
        if (dryRun && BackupCommand.missing(settings)) {
            State nothing = new State(0, "", new Entries(Map.of()));
            tell(
                    plan(restore, settings, nothing),
                    settings,
                    settings.database().orElseThrow().url());
            shell.out().println("Nothing was written (--dry-run).");
            return;
        }
        try (Stores stores = dryRun
                ? Stores.toLookAt(settings, shell.environment()::get)
                : Stores.open(settings, shell.environment()::get)) {
            String place = stores.config().place();
            State there =
                    dryRun || settings.database().isPresent() ? stores.config().state() : look(settings);
            Plan plan = plan(restore, settings, there);
            if (plan.none()) {
                shell.out().println(place + " holds all of it already. Nothing was changed.");
                return;
            }
            tell(plan, settings, place);
            boolean refused = plan.replaces() && !force;
            if (dryRun) {
                shell.out()
                        .println("Nothing was written (--dry-run)."
                                + (refused ? " Something else is there: this needs --force." : ""));
                return;
            }
            if (refused) {
                throw new UserError("something else is in " + place + ". To make it what it was give --force; what is"
                        + " there stays as version " + there.version() + " and as an archive in "
                        + settings.dataDir().resolve("backups"));
            }
            write(restore, plan, settings, stores, from);
        }
    }

    /** Looks without leaving a lock: nothing must be written before it is known that something shall be. */
    private State look(Settings settings) throws StoreException {
        try (Stores stores = Stores.toLookAt(settings, shell.environment()::get)) {
            return stores.config().state();
        }
    }

    private Plan plan(Restore restore, Settings settings, State there)
            throws StoreException, BackupException, IOException {
        List<Item> files = new ArrayList<>();
        for (Item item : restore.items()) {
            boolean stays = item.there() == There.THE_SAME || (item.data() && item.there() == There.ANOTHER);
            if (!stays && leadsAway(item, restore, settings)) {
                shell.out()
                        .println(
                                "Its application.properties stays out: it names a database, and this goes into files.");
            } else if (!stays) {
                files.add(item);
            }
        }
        Entries wanted = restore.entries();
        boolean documents = settings.database().isEmpty() && restore.fresh();
        return new Plan(there, wanted, Differences.between(there.entries(), wanted), files, documents);
    }

    /** Whether this is an application.properties that names a database while files are restored: they would not be read. */
    private boolean leadsAway(Item item, Restore restore, Settings settings) throws IOException {
        Optional<Path> properties = restore.properties();
        if (settings.database().isPresent()
                || properties.isEmpty()
                || !item.name().equals("config/application.properties")) {
            return false;
        }
        Properties values = new Properties();
        try (InputStream in = Files.newInputStream(properties.get())) {
            values.load(in);
        } catch (IllegalArgumentException damaged) { // a \\u that is none
            return false;
        }
        return values.containsKey(Setting.DATABASE.property().orElseThrow());
    }

    private void tell(Plan plan, Settings settings, String place) {
        PrintWriter out = shell.out();
        out.println("What becomes of " + place + " (+ new, ~ changed, - removed):");
        plan.differences.lines().forEach(line -> out.println("  " + line));
        for (Item item : plan.files) {
            Path root = item.data() ? settings.dataDir() : settings.configDir();
            out.println("  " + (item.there() == There.NOTHING ? "+" : "~") + " file "
                    + root.resolve(item.name().substring(item.name().indexOf('/') + 1)));
        }
    }

    private void write(Restore restore, Plan plan, Settings settings, Stores stores, Path from)
            throws UserError, ConfigException, StoreException, BackupException {
        PrintWriter out = shell.out();
        if (plan.replaces()) {
            Instant now = now();
            Path kept = new Archives(settings.dataDir().resolve("backups")).at(now);
            new Backup(settings, stores, shell.environment()::get).make(kept, now);
            out.println("What was there is kept in " + kept);
        }
        for (Item item : plan.files) {
            restore.put(item);
        }
        if (plan.documents) {
            restore.putDocuments();
        } else if (!plan.differences.none()) {
            long made = stores.config()
                    .apply(
                            plan.there.tag(),
                            plan.differences.changes(),
                            Author.CLI,
                            "restored from " + from.getFileName())
                    .number();
            out.println("This is version " + made + ".");
        }
        Differences left = Differences.between(stores.config().state().entries(), plan.wanted);
        if (!left.none()) {
            throw new UserError(stores.config().place() + " was changed, but holds something else than it was given (or"
                    + " somebody has changed it since):\n  " + String.join("\n  ", left.lines()));
        }
        out.println("Restored to " + stores.config().place() + ".");
    }

    private static boolean empty(Entries entries) {
        return entries.byKind().values().stream().allMatch(Map::isEmpty);
    }

    private static Instant now() {
        return Instant.ofEpochMilli(Ticker.SYSTEM.millis());
    }
}
