package io.aiproxy.telemetry;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The finished files beside a log file: {@code access-2026-11-21T01-30-00.log} beside {@code access.log}, with the time
 * (UTC) at which it was finished, and {@code -2}, {@code -3} … behind it when several were finished in one second.
 * Files with other names are never touched.
 */
final class LogArchive {
    private static final Logger LOG = LoggerFactory.getLogger(AccessLog.class);
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH-mm-ss", Locale.ROOT).withZone(ZoneOffset.UTC);

    private final Path file;
    private final Path directory;
    private final String stem;
    private final String extension;
    private final Pattern names;

    /**
     * One finished file.
     *
     * @param path where it is
     * @param finishedMillis when it was finished, as its name says
     * @param number its place among those of the same second
     * @param size its bytes
     */
    private record Finished(Path path, long finishedMillis, int number, long size) {}

    LogArchive(Path file) {
        this.file = file.toAbsolutePath();
        Path parent = this.file.getParent();
        this.directory = parent == null ? this.file : parent;
        Path last = this.file.getFileName();
        String name = last == null ? "" : last.toString();
        int dot = name.lastIndexOf('.');
        this.stem = dot <= 0 ? name : name.substring(0, dot);
        this.extension = dot <= 0 ? "" : name.substring(dot);
        this.names = Pattern.compile(Pattern.quote(stem)
                + "-(\\d{4}-\\d\\d-\\d\\dT\\d\\d-\\d\\d-\\d\\d)(?:-(\\d{1,6}))?"
                + Pattern.quote(extension));
    }

    /** Moves the log file here. */
    void add(long nowMillis) throws IOException {
        String name = stem + "-" + TIME.format(Instant.ofEpochMilli(nowMillis));
        Path free = directory.resolve(name + extension);
        for (int number = 2; Files.exists(free); number++) {
            free = directory.resolve(name + "-" + number + extension);
        }
        Files.move(file, free);
    }

    /**
     * Deletes files finished before {@code oldestMillis}, then the oldest ones until the rest is at most {@code maxBytes}.
     * A file that cannot be deleted is warned of and left.
     */
    void clean(long oldestMillis, long maxBytes) throws IOException {
        List<Finished> newestFirst = finished();
        newestFirst.sort(Comparator.comparingLong(Finished::finishedMillis)
                .thenComparingInt(Finished::number)
                .reversed());
        long bytes = 0;
        for (Finished each : newestFirst) {
            bytes += each.size();
            if (each.finishedMillis() < oldestMillis || bytes > maxBytes) {
                delete(each.path());
            }
        }
    }

    private static void delete(Path path) {
        try {
            Files.deleteIfExists(path);
        } catch (IOException failed) {
            LOG.warn("Access log: cannot delete the old file {}: {}", path, failed.toString());
        }
    }

    private List<Finished> finished() throws IOException {
        List<Finished> found = new ArrayList<>();
        try (Stream<Path> entries = Files.list(directory)) {
            for (Path entry : (Iterable<Path>) entries::iterator) {
                Matcher name = names.matcher(String.valueOf(entry.getFileName()));
                if (name.matches() && Files.isRegularFile(entry)) {
                    consider(entry, name, found);
                }
            }
        }
        return found;
    }

    private static void consider(Path entry, Matcher name, List<Finished> found) throws IOException {
        try {
            long millis = LocalDateTime.parse(name.group(1), TIME)
                    .toInstant(ZoneOffset.UTC)
                    .toEpochMilli();
            String number = name.group(2);
            found.add(new Finished(entry, millis, number == null ? 1 : Integer.parseInt(number), Files.size(entry)));
        } catch (DateTimeParseException notOurs) {
            LOG.debug("Access log: {} has no time in its name", entry);
        }
    }
}
