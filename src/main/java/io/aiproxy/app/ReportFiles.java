package io.aiproxy.app;

import io.aiproxy.config.ReportConfig;
import io.aiproxy.store.file.Durable;
import io.aiproxy.usage.BooksException;
import io.aiproxy.usage.report.ReportPeriod;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The directory of reports that are made by the clock. Which were made is written down besides, so that one that somebody
 * has taken away is not made again. Directories in it, such as one for reports that were sent, belong to it.
 */
final class ReportFiles {
    private static final Pattern NAME =
            Pattern.compile("aiproxy-report-(daily|weekly|monthly)-([0-9]{6,8})\\.(csv|xlsx|pdf)");
    private static final String MADE = ".made";
    private static final int DEPTH = 2;

    private final Path directory;

    /** @param directory need not exist */
    ReportFiles(Path directory) {
        this.directory = directory;
    }

    /** Writes a report. */
    interface Content {
        void write(OutputStream out) throws IOException, BooksException;
    }

    /** Whether the reports of this period were made once, in whichever formats were wanted then. */
    boolean made(ReportPeriod period) throws IOException {
        Path file = directory.resolve(MADE);
        return Files.exists(file)
                && Files.readString(file, StandardCharsets.UTF_8).lines().anyMatch(period.name()::equals);
    }

    /** Writes down that they were. Of each kind of period only the latest is kept in mind. */
    void remember(ReportPeriod period) throws IOException {
        Path file = directory.resolve(MADE);
        String kind = kind(period.name());
        Stream<String> known = Files.exists(file)
                ? Files.readString(file, StandardCharsets.UTF_8).lines()
                : Stream.empty();
        List<String> lines = Stream.concat(known.filter(line -> !kind(line).equals(kind)), Stream.of(period.name()))
                .toList();
        Path part = directory.resolve(MADE + ".part");
        Durable.write(part, (String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8));
        Durable.move(part, file);
        Durable.sync(directory);
    }

    private static String kind(String name) {
        int hyphen = name.indexOf('-');
        return hyphen < 0 ? name : name.substring(0, hyphen);
    }

    /**
     * Writes a report, all of it or nothing, unless it is there already: a start in between may have made some formats.
     *
     * @return the file, if it was written
     */
    Optional<Path> write(ReportPeriod period, ReportConfig.Format format, Content content)
            throws IOException, BooksException {
        String name = "aiproxy-report-" + period.name() + "." + ending(format);
        for (Path known : all(format)) {
            if (known.getFileName().toString().equals(name)) {
                return Optional.empty();
            }
        }
        Durable.directory(directory);
        Path part = directory.resolve("." + name + ".part");
        try {
            Durable.write(part, new byte[0]);
            try (OutputStream out = new BufferedOutputStream(
                    Files.newOutputStream(part, StandardOpenOption.WRITE, StandardOpenOption.SYNC), 1 << 16)) {
                content.write(out);
            }
            Path file = directory.resolve(name);
            Durable.move(part, file);
            Durable.sync(directory);
            return Optional.of(file);
        } finally {
            Files.deleteIfExists(part);
        }
    }

    /** Deletes all but the newest {@code keep} of a format; tells how many. */
    int prune(ReportConfig.Format format, int keep) throws IOException {
        List<Path> old = all(format).stream().skip(keep).toList();
        for (Path file : old) {
            Files.deleteIfExists(file);
        }
        return old.size();
    }

    /** Those of a format with our names, newest first by the time that they are about. */
    private List<Path> all(ReportConfig.Format format) throws IOException {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> files = Files.walk(directory, DEPTH)) {
            return files.filter(file -> matches(file, format) && Files.isRegularFile(file))
                    .sorted(Comparator.comparing(ReportFiles::time).reversed())
                    .toList();
        }
    }

    private static boolean matches(Path file, ReportConfig.Format format) {
        Matcher matcher = NAME.matcher(file.getFileName().toString());
        return matcher.matches() && matcher.group(3).equals(ending(format));
    }

    private static String time(Path file) {
        Matcher matcher = NAME.matcher(file.getFileName().toString());
        return matcher.matches() ? matcher.group(2) : "";
    }

    private static String ending(ReportConfig.Format format) {
        return format.name().toLowerCase(Locale.ROOT);
    }
}
