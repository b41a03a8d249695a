package io.aiproxy.app.backup;

import io.aiproxy.config.ConfigException;
import io.aiproxy.config.ConfigLoader;
import io.aiproxy.store.Entries;
import io.aiproxy.store.StoreException;
import io.aiproxy.store.file.Durable;
import io.aiproxy.store.file.FileStore;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Puts an archive back. Its configuration is laid out beside the one that it is for, where paths lead to the same places, and
 * is read and judged there; that copy is gone when this is closed.
 */
public final class Restore implements AutoCloseable {
    private static final String PROPERTIES = "application.properties";

    private final Archive archive;
    private final Path configDir;
    private final Path dataDir;
    private final Path staging;
    private final Function<String, @Nullable String> environment;

    private Restore(
            Archive archive,
            Path configDir,
            Path dataDir,
            Path staging,
            Function<String, @Nullable String> environment) {
        this.archive = archive;
        this.configDir = configDir;
        this.dataDir = dataDir;
        this.staging = staging;
        this.environment = environment;
    }

    /**
     * A file of the archive other than the configuration's documents.
     *
     * @param name for people: below the configuration or the data directory
     * @param there what is there now
     */
    public record Item(String name, There there) {
        /** Whether it is the gateway's own data, which is never replaced. */
        public boolean data() {
            return name.startsWith(Members.DATA);
        }
    }

    /** What is at the place of a file. */
    public enum There {
        NOTHING,
        THE_SAME,
        ANOTHER
    }

    /**
     * Lays the configuration out.
     *
     * @param configDir where it shall be, or what its paths are relative to when it shall be in a database
     */
    public static Restore of(
            Archive archive, Path configDir, Path dataDir, Function<String, @Nullable String> environment)
            throws BackupException {
        Path staging = null;
        try {
            staging = staging(configDir);
            Restore restore = new Restore(archive, configDir, dataDir, staging, environment);
            restore.layOut();
            return restore;
        } catch (IOException e) {
            delete(staging);
            throw new BackupException("the archive cannot be laid out: " + Durable.why(e), e);
        }
    }

    private static Path staging(Path configDir) throws IOException {
        Path parent = configDir.toAbsolutePath().normalize().getParent();
        if (parent != null && Files.isWritable(parent)) {
            return Files.createTempDirectory(parent, ".aiproxy-restore-");
        }
        return Files.createTempDirectory("aiproxy-restore-");
    }

    private void layOut() throws IOException {
        for (String name : archive.names()) {
            if (name.startsWith(Members.CONFIG)) {
                Path file = staging.resolve(name.substring(Members.CONFIG.length()));
                Durable.directory(Objects.requireNonNull(file.getParent()));
                Durable.write(file, archive.bytes(name));
            }
        }
    }

    /** Reads the archive's configuration as a gateway would that is started with it. */
    public void check(Instant now) throws ConfigException, BackupException {
        try {
            Map<String, byte[]> documents = new LinkedHashMap<>();
            for (String name : documents()) {
                documents.put(name, Files.readAllBytes(staging.resolve(name)));
            }
            ConfigLoader.load(staging, Texts.of(documents), environment, 1, now);
        } catch (IOException e) {
            throw new BackupException("the archive cannot be read: " + Durable.why(e), e);
        }
    }

    /** What is in the archive's documents. */
    public Entries entries() throws StoreException {
        try (FileStore store = FileStore.readOnly(staging, environment)) {
            return store.state().entries();
        }
    }

    /** Whether the configuration directory holds no document, so that the archive's can be put there as they are. */
    public boolean fresh() {
        return Members.DOCUMENTS.stream().noneMatch(name -> Files.exists(configDir.resolve(name)));
    }

    /** The archive's application.properties, if there is one and it is laid out. */
    public Optional<Path> properties() {
        return Optional.of(staging.resolve(PROPERTIES)).filter(Files::isRegularFile);
    }

    /**
     * The files besides the documents, and what is at their places.
     *
     * @throws BackupException when the way to a place leads elsewhere
     */
    public List<Item> items() throws BackupException {
        List<Item> items = new ArrayList<>();
        for (String name : archive.names()) {
            if (!isDocument(name)) {
                items.add(new Item(name, there(name)));
            }
        }
        return items;
    }

    private There there(String name) throws BackupException {
        Path file = place(name);
        try {
            if (!Files.exists(file)) {
                return There.NOTHING;
            }
            if (!Files.isRegularFile(file)) {
                throw new BackupException(file + " is in the way: it is no file");
            }
            return Members.largest(name) >= Files.size(file) && same(name, file) ? There.THE_SAME : There.ANOTHER;
        } catch (IOException e) {
            throw new BackupException(file + " cannot be read: " + Durable.why(e), e);
        }
    }

    private boolean same(String name, Path file) throws IOException {
        if (name.startsWith(Members.CONFIG)) {
            return Files.mismatch(staging.resolve(name.substring(Members.CONFIG.length())), file) < 0;
        }
        Path copy = staging.resolve(".data");
        try {
            write(name, copy);
            return Files.mismatch(copy, file) < 0;
        } finally {
            Files.deleteIfExists(copy);
        }
    }

    /** Where a member belongs; a symbolic link on the way there must not lead out. */
    private Path place(String name) throws BackupException {
        Path root = name.startsWith(Members.DATA) ? dataDir : configDir;
        Path file = root.resolve(name.substring(name.indexOf('/') + 1));
        Path above = file.getParent();
        while (above != null && !Files.exists(above)) {
            above = above.getParent();
        }
        try {
            boolean inside =
                    above == null || !Files.exists(root) || above.toRealPath().startsWith(root.toRealPath());
            if (!inside) {
                throw new BackupException(file + " leads out of " + root + " by a symbolic link; nothing is put there");
            }
        } catch (IOException e) {
            throw new BackupException(file + " cannot be looked at: " + Durable.why(e), e);
        }
        return file;
    }

    /** Puts one file to its place, for its owner alone where it is new. */
    public void put(Item item) throws BackupException {
        Path file = place(item.name());
        try {
            put(item.name(), file);
        } catch (IOException e) {
            throw new BackupException(file + " cannot be written: " + Durable.why(e), e);
        }
    }

    private void put(String name, Path file) throws IOException {
        Path parent = Objects.requireNonNull(file.toAbsolutePath().getParent());
        Durable.directory(parent);
        if (name.equals(Members.DATA + Members.BOOKS)) { // what is left of a database that is gone is not this one's
            Files.deleteIfExists(parent.resolve(Members.BOOKS + "-wal"));
            Files.deleteIfExists(parent.resolve(Members.BOOKS + "-shm"));
        }
        Path part = parent.resolve("." + file.getFileName() + ".part");
        try {
            write(name, part);
            Durable.move(part, file);
            Durable.sync(parent);
        } finally {
            Files.deleteIfExists(part);
        }
    }

    private void write(String name, Path file) throws IOException {
        Durable.write(file, new byte[0]);
        try (OutputStream out = Files.newOutputStream(file, StandardOpenOption.WRITE, StandardOpenOption.SYNC)) {
            archive.copy(name, out);
        }
    }

    /** Puts the documents, byte for byte, where none is: all of them or none. */
    public void putDocuments() throws BackupException {
        List<Path> put = new ArrayList<>();
        try {
            for (String name : documents()) {
                Path file = place(Members.CONFIG + name);
                put.add(file);
                put(Members.CONFIG + name, file);
            }
        } catch (IOException | BackupException e) {
            put.forEach(Restore::undo);
            throw new BackupException("the documents cannot be written to " + configDir + ": " + e.getMessage(), e);
        }
    }

    private static void undo(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException ignored) {
            // the reason is told for the one that could not be written
        }
    }

    private List<String> documents() {
        Set<String> names = Set.copyOf(archive.names());
        return Members.DOCUMENTS.stream()
                .filter(name -> names.contains(Members.CONFIG + name))
                .sorted(Comparator.naturalOrder()) // users last: with them a configuration begins to be one
                .toList();
    }

    private static boolean isDocument(String name) {
        return name.startsWith(Members.CONFIG) && Members.DOCUMENTS.contains(name.substring(Members.CONFIG.length()));
    }

    @Override
    public void close() {
        delete(staging);
    }

    private static void delete(@Nullable Path directory) {
        if (directory == null) {
            return;
        }
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            org.slf4j.LoggerFactory.getLogger(Restore.class)
                    .warn("{} holds a copy of the configuration and cannot be removed: {}", directory, Durable.why(e));
        }
    }
}
