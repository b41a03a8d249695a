package io.aiproxy.config;

import java.nio.file.Path;
import java.util.Collection;
import java.util.Set;

/**
 * What a {@link FileWatcher} looks at.
 *
 * @param files single files, which need not exist
 * @param directories directories, with everything below them; need not exist
 * @param suffix only files below the directories that end with it, e.g. {@code .camel.yaml}
 */
public record Watched(Set<Path> files, Set<Path> directories, String suffix) {

    /** Keeps copies. */
    public Watched {
        files = Set.copyOf(files);
        directories = Set.copyOf(directories);
    }

    /** These files and no directory. */
    public static Watched files(Collection<Path> files) {
        return new Watched(Set.copyOf(files), Set.of(), "");
    }

    boolean covers(Path path) {
        return files.contains(path) || directories.stream().anyMatch(path::startsWith);
    }
}
