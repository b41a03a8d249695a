package io.aiproxy.app.backup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A directory of archives that are named after the time when they were made. Whatever else is there is left alone. */
public final class Archives {
    private static final Pattern NAME = Pattern.compile("aiproxy-backup-([0-9]{8}T[0-9]{9})Z\\.zip");
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmssSSS", Locale.ROOT).withZone(ZoneOffset.UTC);

    private final Path directory;

    /** @param directory need not exist */
    public Archives(Path directory) {
        this.directory = directory;
    }

    /** Where an archive of this moment belongs. */
    public Path at(Instant now) {
        return directory.resolve("aiproxy-backup-" + TIME.format(now) + "Z.zip");
    }

    /** When the newest was made. */
    public Optional<Instant> newest() throws IOException {
        return newestFirst().stream().findFirst().map(Archives::time);
    }

    /** Deletes all but the newest {@code keep}; tells how many. */
    public int prune(int keep) throws IOException {
        List<Path> old = newestFirst().stream().skip(keep).toList();
        for (Path file : old) {
            Files.deleteIfExists(file);
        }
        return old.size();
    }

    private List<Path> newestFirst() throws IOException {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(
                            file -> NAME.matcher(file.getFileName().toString()).matches() && Files.isRegularFile(file))
                    .filter(file -> dated(file).isPresent())
                    .sorted(Comparator.comparing(Archives::time).reversed())
                    .toList();
        }
    }

    private static Instant time(Path file) {
        return dated(file).orElse(Instant.EPOCH);
    }

    /** Empty for digits that are no time. */
    private static Optional<Instant> dated(Path file) {
        var matcher = NAME.matcher(file.getFileName().toString());
        try {
            return matcher.matches() ? Optional.of(TIME.parse(matcher.group(1), Instant::from)) : Optional.empty();
        } catch (java.time.DateTimeException e) {
            return Optional.empty();
        }
    }
}
