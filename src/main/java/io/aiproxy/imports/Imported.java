package io.aiproxy.imports;

import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Another system's configuration as ours, not written yet. */
public final class Imported {
    private static final DateTimeFormatter STAMP = DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss", Locale.ROOT);

    private final List<Path> sources;
    private final Map<String, byte[]> files;
    private final Report report;

    Imported(List<Path> sources, Map<String, byte[]> files, Report report) {
        this.sources = List.copyOf(sources);
        this.files = files;
        this.report = report;
    }

    /** The files that were read. */
    public List<Path> sources() {
        return sources;
    }

    /** The names of the files to be written, relative to the configuration directory. */
    public Set<String> names() {
        return files.keySet();
    }

    /** What became of everything. */
    public Report report() {
        return report;
    }

    /** Which of the files are in the directory already, but with another content. */
    public List<String> differing(Path directory) throws ImportException {
        return new FileSet(directory, files).differing();
    }

    /**
     * Writes the files, all or none, readable by their owner only. The same ones twice: nothing is touched.
     *
     * @param directory made if it is missing
     * @param force whether files with another content are replaced; they are kept as {@code <file>.bak-<now>}
     * @return the names under which replaced files were kept
     * @throws ImportException when nothing was changed
     */
    public List<String> write(Path directory, boolean force, Instant now) throws ImportException {
        FileSet set = new FileSet(directory, files);
        List<String> differing = set.differing();
        if (!force && !differing.isEmpty()) {
            throw new ImportException(
                    String.join(", ", differing) + (differing.size() == 1 ? " exists" : " exist") + " in " + directory
                            + " with another content; nothing was written. Name another directory with --to, or add"
                            + " --force, which keeps the old ones as <file>.bak-<time>");
        }
        return set.write(STAMP.withZone(ZoneId.systemDefault()).format(now));
    }
}
