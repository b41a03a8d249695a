package io.aiproxy.cli;

import io.aiproxy.app.Settings;
import io.aiproxy.app.Stores;
import io.aiproxy.app.UsageBooks;
import io.aiproxy.cli.Values.BadValue;
import io.aiproxy.config.BooksConfig;
import io.aiproxy.config.ConfigException;
import io.aiproxy.config.Snapshot;
import io.aiproxy.core.Ticker;
import io.aiproxy.store.StoreException;
import io.aiproxy.usage.AccessLogRecords;
import io.aiproxy.usage.BooksException;
import io.aiproxy.usage.Pricing;
import io.aiproxy.usage.RecordJson;
import io.aiproxy.usage.UsageRecord;
import io.aiproxy.usage.sql.SqlBooks;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code aiproxy usage rebuild|import-access-log|import-records|purge}: mends the books. May be run beside a gateway that is at work. */
abstract class UsageCommand implements Callable<Integer> {
    /** Sums are made again for whole quarters of an hour. */
    private static final long QUARTER = 15 * 60_000;

    private final Shell shell;

    @Option(
            names = "--config",
            paramLabel = "DIR",
            description = {"Where users.yaml, channels.yaml and system.yaml are.", "default: ./config"})
    private @Nullable String config;

    private UsageCommand(Shell shell) {
        this.shell = shell;
    }

    /**
     * The word {@code usage} with everything below it.
     *
     * @param pricing what usage costs with a configuration
     */
    static CommandLine group(Shell shell, Function<Snapshot, Pricing> pricing) {
        return GroupCommand.create("The books of usage.")
                .addSubcommand(new Rebuild(shell))
                .addSubcommand(new ImportAccessLog(shell, pricing))
                .addSubcommand(new ImportRecords(shell))
                .addSubcommand(new ShowJournalCommand(shell))
                .addSubcommand(new Purge(shell));
    }

    /** Does it with open books. */
    abstract void run(SqlBooks books, Snapshot snapshot) throws UserError, BooksException, IOException;

    final Shell shell() {
        return shell;
    }

    @Override
    public final Integer call() throws UserError, SettingsException {
        Settings settings = BackupCommand.settings(shell, config);
        try (Stores stores = Stores.toLookAt(settings, shell.environment()::get)) {
            Snapshot snapshot = stores.config().load();
            try (SqlBooks books =
                    UsageBooks.open(settings, snapshot.system().usage().zone())) {
                run(books, snapshot);
                return 0;
            }
        } catch (ConfigException e) {
            throw new UserError("the configuration cannot be used:\n" + e.getMessage());
        } catch (StoreException | BooksException | IOException e) {
            throw new UserError(String.valueOf(e.getMessage()));
        } catch (UncheckedIOException e) {
            throw new UserError("the log cannot be read: " + e.getMessage());
        }
    }

    /** A day, which begins in the books' zone, or a moment. */
    static Instant time(String option, String given, ZoneId zone) throws UserError {
        try {
            return given.contains("T")
                    ? Instant.parse(given)
                    : LocalDate.parse(given).atStartOfDay(zone).toInstant();
        } catch (DateTimeException e) {
            throw new UserError(option + ": give a day such as 2026-10-01 or a time such as 2026-10-01T12:00:00Z");
        }
    }

    /** {@code rebuild}. */
    @Command(
            name = "rebuild",
            mixinStandardHelpOptions = true,
            versionProvider = Version.class,
            sortOptions = false,
            description = {
                "Makes sums of usage again from the records of single calls, as far as these are kept.",
                "Statistics stay right in the meantime."
            })
    private static final class Rebuild extends UsageCommand {
        @Option(names = "--from", paramLabel = "TIME", description = "default: as far back as records are kept")
        private @Nullable String from;

        @Option(names = "--to", paramLabel = "TIME", description = "default: now")
        private @Nullable String to;

        Rebuild(Shell shell) {
            super(shell);
        }

        @Override
        void run(SqlBooks books, Snapshot snapshot) throws UserError, BooksException {
            ZoneId zone = snapshot.system().usage().zone();
            Instant kept = books.recordsFrom();
            Instant begin = from == null
                    ? Instant.ofEpochMilli(-Math.floorDiv(-kept.toEpochMilli(), QUARTER) * QUARTER)
                    : time("--from", from, zone);
            Instant end = to == null ? Instant.ofEpochMilli(Ticker.SYSTEM.millis()) : time("--to", to, zone);
            shell().out().println("Sums were made again from " + books.rebuild(begin, end) + " records.");
        }
    }

    /** {@code purge}. */
    @Command(
            name = "purge",
            mixinStandardHelpOptions = true,
            versionProvider = Version.class,
            sortOptions = false,
            description = {
                "Deletes records of single calls and sums by minute that are older than the configuration says, or than it is"
                        + " told here. Sums by hour, day and month stay."
            })
    private static final class Purge extends UsageCommand {
        @Option(
                names = "--records-before",
                paramLabel = "TIME",
                description = "Records of calls that began before. default: as usage.keep says")
        private @Nullable String records;

        @Option(
                names = "--minutes-before",
                paramLabel = "TIME",
                description = "Sums by minute from before. default: as usage.keep_minutes says")
        private @Nullable String minutes;

        Purge(Shell shell) {
            super(shell);
        }

        @Override
        void run(SqlBooks books, Snapshot snapshot) throws UserError, BooksException {
            BooksConfig usage = snapshot.system().usage();
            Instant now = Instant.ofEpochMilli(Ticker.SYSTEM.millis());
            Instant recordsBefore =
                    records == null ? now.minus(usage.keep()) : time("--records-before", records, usage.zone());
            Instant minutesBefore =
                    minutes == null ? now.minus(usage.keepMinutes()) : time("--minutes-before", minutes, usage.zone());
            if (recordsBefore.isAfter(now) || minutesBefore.isAfter(now)) {
                throw new UserError("this time is still to come: what is not there yet cannot be deleted");
            }
            books.purge(recordsBefore, minutesBefore);
            shell().out()
                    .println("Deleted: records from before " + recordsBefore + ", sums by minute from before "
                            + minutesBefore + ".");
        }
    }

    /** Adds what is in files, line by line. */
    private abstract static class Import extends UsageCommand {
        private long unusable;

        Import(Shell shell) {
            super(shell);
        }

        /** The record in a line; empty if there is none. */
        abstract Optional<UsageRecord> record(String line);

        final void add(SqlBooks books, List<String> files) throws UserError, BooksException, IOException {
            for (String name : files) {
                Path file = path(name);
                unusable = 0;
                try (InputStream in = Files.newInputStream(file);
                        BufferedReader lines = new BufferedReader(new InputStreamReader(
                                name.endsWith(".gz") ? new GZIPInputStream(in) : in, StandardCharsets.UTF_8))) {
                    SqlBooks.Imported imported = books.addMissing(
                            lines.lines().flatMap(line -> used(line).stream()).iterator());
                    shell().out()
                            .println(file + ": " + imported.added() + " added, " + imported.present()
                                    + " were there already, " + imported.tooOld()
                                    + " from a time of which records were deleted, " + unusable
                                    + " lines were no records.");
                }
            }
        }

        private Optional<UsageRecord> used(String line) {
            Optional<UsageRecord> record = record(line);
            unusable += record.isPresent() || line.isBlank() ? 0 : 1;
            return record;
        }

        private Path path(String name) throws UserError {
            try {
                Path file = Values.path(new Given(name, "FILE", shell().workingDir(), true));
                if (!Files.isRegularFile(file)) {
                    throw new UserError(file + " does not exist");
                }
                return file;
            } catch (BadValue e) {
                throw new UserError("FILE: " + e.getMessage());
            }
        }
    }

    /** {@code import-records}. */
    @Command(
            name = "import-records",
            mixinStandardHelpOptions = true,
            versionProvider = Version.class,
            sortOptions = false,
            description = {
                "Adds records that are in files of JSON lines, such as data/refused-records.jsonl, and missing in the books.",
                "A second run adds nothing."
            })
    private static final class ImportRecords extends Import {
        @Parameters(paramLabel = "FILE", arity = "1..*", description = "Files of records; may be gzipped.")
        private List<String> files = List.of();

        ImportRecords(Shell shell) {
            super(shell);
        }

        @Override
        void run(SqlBooks books, Snapshot snapshot) throws UserError, BooksException, IOException {
            add(books, files);
        }

        @Override
        Optional<UsageRecord> record(String line) {
            try {
                return Optional.of(RecordJson.read(line.getBytes(StandardCharsets.UTF_8)));
            } catch (IOException noRecord) {
                return Optional.empty();
            }
        }
    }

    /** {@code import-access-log}. */
    @Command(
            name = "import-access-log",
            mixinStandardHelpOptions = true,
            versionProvider = Version.class,
            sortOptions = false,
            description = {
                "Adds calls that are in access logs (JSON format, also gzipped) and missing in the books.",
                "A second run adds nothing."
            },
            footerHeading = "%n",
            footer = {
                "Costs are those of the prices in force now. The log is written before anything is estimated: calls whose",
                "provider has not told its last word are added with what it has told, which may be nothing."
            })
    private static final class ImportAccessLog extends Import {
        private final Function<Snapshot, Pricing> pricing;

        @Parameters(paramLabel = "FILE", arity = "1..*", description = "Access logs.")
        private List<String> files = List.of();

        private @Nullable AccessLogRecords records;

        ImportAccessLog(Shell shell, Function<Snapshot, Pricing> pricing) {
            super(shell);
            this.pricing = pricing;
        }

        @Override
        void run(SqlBooks books, Snapshot snapshot) throws UserError, BooksException, IOException {
            records = new AccessLogRecords(pricing.apply(snapshot));
            add(books, files);
        }

        @Override
        Optional<UsageRecord> record(String line) {
            AccessLogRecords read = records;
            return read == null ? Optional.empty() : read.record(line);
        }
    }
}
