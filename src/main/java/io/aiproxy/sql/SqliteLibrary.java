package io.aiproxy.sql;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteJDBCLoader;

/**
 * SQLite's native library. The driver unpacks it where temporary files are and leaves it there until the JVM ends by
 * itself, which is never after a signal that was obeyed, nor after a kill. So it gets a directory of its own, which is
 * taken away when the library is loaded: from then on the process needs the file no more (but on Windows, where it stays
 * as long as it is in use).
 */
final class SqliteLibrary {
    private static final Logger LOG = LoggerFactory.getLogger(SqliteLibrary.class);

    /** The driver's own settings; who gives one of them has said where the library is to be. */
    private static final String UNPACKED_IN = "org.sqlite.tmpdir";

    private static final String READY_IN = "org.sqlite.lib.path";

    private static boolean loaded;

    private SqliteLibrary() {}

    /** Loads it, once. What goes wrong here the driver tells when it is asked for a connection. */
    static synchronized void load() {
        if (loaded || System.getProperty(UNPACKED_IN) != null || System.getProperty(READY_IN) != null) {
            return;
        }
        loaded = true;
        try {
            Path directory = Files.createTempDirectory("aiproxy-sqlite");
            System.setProperty(UNPACKED_IN, directory.toString());
            try {
                SQLiteJDBCLoader.initialize();
            } finally {
                System.clearProperty(UNPACKED_IN);
                remove(directory);
            }
        } catch (Exception e) {
            LOG.debug("SQLite's library was not loaded ahead: {}", e.toString());
        }
    }

    private static void remove(Path directory) {
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : Stream.concat(files, Stream.of(directory)).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            directory.toFile().deleteOnExit();
            LOG.debug("{} stays for now: {}", directory, e.toString());
        }
    }
}
