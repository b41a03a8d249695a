package io.aiproxy.cli;

import io.aiproxy.app.Settings;
import io.aiproxy.cli.Values.BadValue;
import io.aiproxy.config.ReportConfig;
import io.aiproxy.config.Snapshot;
import io.aiproxy.core.Ticker;
import io.aiproxy.usage.Books;
import io.aiproxy.usage.BooksException;
import io.aiproxy.usage.Dimension;
import io.aiproxy.usage.Granularity;
import io.aiproxy.usage.StatisticsQuery;
import io.aiproxy.usage.report.Language;
import io.aiproxy.usage.report.ReportNames;
import io.aiproxy.usage.report.ReportQuery;
import io.aiproxy.usage.report.ReportWriter;
import io.aiproxy.usage.report.ReportWriters;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code aiproxy report}: a report of any days, from the books. */
@Command(
        name = "report",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        description = {
            "Writes a report of usage and costs from the books.",
            "It may be run beside a gateway that is at work; what happened in the last second may be missing."
        },
        footerHeading = "%n",
        footer = {
            "Environment variables and application.properties count as for the start.",
            "",
            "Exit codes: 0 the report is there, 1 it is not, 2 the command line is wrong."
        })
final class ReportCommand implements Callable<Integer> {
    private final Shell shell;
    private final BooksOpener opener;

    @Option(names = "--from", paramLabel = "DAY", description = "The first day. default: the first of the last month")
    private @Nullable String from;

    @Option(names = "--to", paramLabel = "DAY", description = "The last day. default: the last of the month of --from")
    private @Nullable String to;

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            defaultValue = "pdf",
            description = "pdf, xlsx or csv. default: pdf")
    private ReportConfig.Format format = ReportConfig.Format.PDF;

    @Option(
            names = "--out",
            paramLabel = "FILE|DIR",
            description = {
                "The file, or a directory for it; one that is there is replaced.",
                "default: the working directory"
            })
    private @Nullable String out;

    @Option(names = "--lang", paramLabel = "LANG", description = "en or zh. default: report.lang in system.yaml")
    private @Nullable String lang;

    @Option(names = "--title", paramLabel = "TEXT", description = "What stands above it.")
    private String title = "";

    @Option(names = "--user", paramLabel = "ID", description = "Only this user; may be repeated.")
    private List<String> users = List.of();

    @Option(names = "--group", paramLabel = "ID", description = "Only users of this group; may be repeated.")
    private List<String> groups = List.of();

    @Option(names = "--channel", paramLabel = "ID", description = "Only this channel; may be repeated.")
    private List<String> channels = List.of();

    @Option(names = "--model", paramLabel = "NAME", description = "Only this model; may be repeated.")
    private List<String> models = List.of();

    @Option(
            names = "--records",
            paramLabel = "N",
            defaultValue = "0",
            description = "xlsx: a sheet with so many of the newest single calls. default: 0")
    private int records;

    @Option(
            names = "--font",
            paramLabel = "FILE",
            description = "pdf: the font for Chinese. default: report.font, or one that is found")
    private @Nullable String font;

    @Option(names = "--excel", description = "csv: begin with a byte order mark, which Excel needs for Chinese.")
    private boolean excel;

    @Mixin
    private BooksOfGateway gateway = new BooksOfGateway();

    ReportCommand(Shell shell, BooksOpener opener) {
        this.shell = shell;
        this.opener = opener;
    }

    @Override
    public Integer call() throws UserError, SettingsException {
        if (records < 0 || records > ReportQuery.MOST_RECORDS) {
            throw new UserError("--records: give a number from 0 to " + ReportQuery.MOST_RECORDS);
        }
        Path file = gateway.with(shell, opener, this::write);
        shell.out().println(file);
        return 0;
    }

    private Path write(Books books, Settings settings, Snapshot snapshot) throws UserError, BooksException {
        ReportQuery query = query(snapshot);
        ReportWriter writer = writer(settings, snapshot);
        Path target = target(writer.fileName(query));
        Path part = target.resolveSibling("." + target.getFileName() + ".part");
        try {
            try (OutputStream stream = new BufferedOutputStream(Files.newOutputStream(part), 1 << 16)) {
                writer.write(query, books, stream);
            }
            Files.move(part, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            return target;
        } catch (IOException e) {
            throw new UserError(target + " cannot be written: " + e.getMessage());
        } finally {
            part.toFile().delete();
        }
    }

    private ReportWriter writer(Settings settings, Snapshot snapshot) throws UserError {
        if (font != null) {
            return ReportWriters.of(format, path("--font", font));
        }
        return snapshot.system()
                .report()
                .font()
                .map(named -> ReportWriters.of(format, settings.dataDir().resolve(named)))
                .orElseGet(() -> ReportWriters.of(format));
    }

    private ReportQuery query(Snapshot snapshot) throws UserError {
        ZoneId named = gateway.zone();
        ZoneId zone = named == null ? snapshot.system().usage().zone() : named;
        Instant now = Instant.ofEpochMilli(Ticker.SYSTEM.millis());
        LocalDate first = from == null
                ? now.atZone(zone).toLocalDate().withDayOfMonth(1).minusMonths(1)
                : BooksOfGateway.day("--from", from);
        LocalDate last = to == null ? first.withDayOfMonth(first.lengthOfMonth()) : BooksOfGateway.day("--to", to);
        if (last.isBefore(first)) {
            throw new UserError("--to: " + last + " is before the first day, " + first);
        }
        StatisticsQuery statistics = new StatisticsQuery(
                first.atStartOfDay(zone).toInstant(),
                last.plusDays(1).atStartOfDay(zone).toInstant(),
                zone,
                format == ReportConfig.Format.CSV ? Granularity.DAY : Granularity.TOTAL,
                format == ReportConfig.Format.CSV
                        ? List.of(Dimension.USER, Dimension.CHANNEL, Dimension.MODEL)
                        : List.of(),
                filters(),
                false);
        String asked = lang == null ? snapshot.system().report().lang().name() : lang;
        Language language = Language.of(asked).orElseThrow(() -> new UserError("--lang: give en or zh"));
        ReportQuery query = ReportQuery.of(statistics, now)
                .in(language)
                .titled(title)
                .withRecords(records)
                .named(ReportNames.of(snapshot));
        return excel ? query.forExcel() : query;
    }

    private Map<Dimension, Set<String>> filters() {
        Map<Dimension, Set<String>> filters = new EnumMap<>(Dimension.class);
        filter(filters, Dimension.USER, users);
        filter(filters, Dimension.GROUP, groups);
        filter(filters, Dimension.CHANNEL, channels);
        filter(filters, Dimension.MODEL, models);
        return filters;
    }

    private static void filter(Map<Dimension, Set<String>> filters, Dimension by, List<String> values) {
        if (!values.isEmpty()) {
            filters.put(by, Set.copyOf(values));
        }
    }

    private Path target(String name) throws UserError {
        if (out == null) {
            return shell.workingDir().resolve(name);
        }
        Path path = path("--out", out);
        Path file = Files.isDirectory(path) || out.endsWith("/") || out.endsWith("\\") ? path.resolve(name) : path;
        if (!Files.isDirectory(Objects.requireNonNull(file.getParent()))) {
            throw new UserError("--out: " + file.getParent() + " is no directory; create it");
        }
        return file;
    }

    private Path path(String option, String text) throws UserError {
        try {
            return Values.path(new Given(text, option, shell.workingDir(), true));
        } catch (BadValue e) {
            throw new UserError(option + ": " + e.getMessage());
        }
    }
}
