package io.aiproxy.app;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A temporary directory that is gone afterwards, with all that is in it, even if the program is told to stop before. */
final class Scratch implements AutoCloseable {
    /** Whoever is stopped may still be putting files there while they are taken away. */
    private static final int ATTEMPTS = 100;

    private final Path directory;
    private final Thread atTheEnd;

    private Scratch(Path directory) {
        this.directory = directory;
        this.atTheEnd = new Thread(this::removed, "aiproxy-scratch");
    }

    /** Makes one. */
    static Scratch make(String prefix) throws IOException {
        Scratch scratch = new Scratch(Files.createTempDirectory(prefix));
        try {
            Runtime.getRuntime().addShutdownHook(scratch.atTheEnd);
        } catch (IllegalStateException stopping) {
            scratch.close();
            throw new IOException("stopped", stopping);
        }
        return scratch;
    }

    /** Where it is. */
    Path directory() {
        return directory;
    }

    @Override
    public void close() throws IOException {
        try {
            Runtime.getRuntime().removeShutdownHook(atTheEnd);
        } catch (IllegalStateException stopping) {
            return; // it is being removed
        }
        remove();
    }

    private void removed() {
        for (int i = 0; i < ATTEMPTS && Files.exists(directory); i++) {
            try {
                remove();
            } catch (IOException | UncheckedIOException meanwhile) {
                Thread.onSpinWait();
            }
        }
    }

    private void remove() throws IOException {
        List<Path> all;
        try (Stream<Path> files = Files.walk(directory)) {
            all = files.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path file : all) {
            Files.deleteIfExists(file);
        }
    }
}
