package io.aiproxy.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/** Temporary directories that are gone with all that is in them: when that is asked for, or when the JVM ends. */
final class TempTree {
    private static final Set<Path> ALL = ConcurrentHashMap.newKeySet();
    private static final int TRIES = 20;

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> ALL.forEach(TempTree::remove), "temp-trees"));
    }

    private TempTree() {}

    /** A new directory. */
    static Path make(String prefix) throws IOException {
        Path directory = Files.createTempDirectory(prefix);
        ALL.add(directory);
        return directory;
    }

    /** Removes it now. */
    static void delete(Path directory) {
        remove(directory);
        ALL.remove(directory);
    }

    /** Several tries: a gateway that is just ending may still put a file into what is being emptied. */
    private static void remove(Path directory) {
        for (int i = 1; Files.exists(directory); i++) {
            try {
                for (Path file : bottomUp(directory)) {
                    Files.deleteIfExists(file);
                }
            } catch (DirectoryNotEmptyException | NoSuchFileException | UncheckedIOException e) {
                if (i == TRIES) {
                    throw new IllegalStateException("cannot remove " + directory, e);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private static List<Path> bottomUp(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.sorted(Comparator.reverseOrder()).toList();
        }
    }
}
