package io.aiproxy.store.file;

import io.aiproxy.config.ConfigException;
import io.aiproxy.config.ConfigReader;
import io.aiproxy.config.FileWatcher;
import io.aiproxy.config.Snapshot;
import io.aiproxy.config.Watched;
import io.aiproxy.core.Ticker;
import io.aiproxy.store.Author;
import io.aiproxy.store.Change;
import io.aiproxy.store.ConfigStore;
import io.aiproxy.store.Entries;
import io.aiproxy.store.State;
import io.aiproxy.store.StoreException;
import io.aiproxy.store.Version;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The configuration in users.yaml, channels.yaml, prices.yaml, system.yaml and admin.yaml. The files are the truth: who edits
 * one makes a version, and who changes something through the gateway finds it in the files, beside comments that are still there. Versions
 * are copies of the files in the data directory; without one that can be written nothing can be changed through the gateway,
 * and versions are numbered in memory.
 *
 * <p>A state's tag is a digest of the files' bytes, so that a changed comment is another state too. Between the last look at
 * the files and their replacement there are some microseconds in which another program's edit would be lost.
 */
public final class FileStore implements ConfigStore {
    private static final Logger LOG = LoggerFactory.getLogger(FileStore.class);
    private static final String WATCHER = "aiproxy-watch-config";
    private static final String LOCK = "config.lock";
    private static final String INTENT = "config-change.json";
    private static final String BACKUPS = "backups";

    private final Path directory;
    private final Optional<Path> dataDir;
    private final ConfigReader reader;
    private final Ticker ticker;
    private final Backups backups;
    private final FileChange change;
    private final ReadBefore before = new ReadBefore();
    private final List<AutoCloseable> watchers = new ArrayList<>();

    /** Where the numbers are when they cannot be kept. */
    private long lastNumber;

    private String lastTag = "";
    private boolean troubled;

    /** Whether anybody may change something through the gateway. */
    private boolean administered;

    /** Files that the configuration in force was read from, and those of one that was refused since. */
    private volatile List<Path> inForce = List.of();

    private volatile List<Path> refused = List.of();

    /** Has looked before the first load, so that nothing is missed until somebody watches. */
    private @Nullable FileWatcher early;

    private volatile Runnable onChange = () -> {};

    private FileStore(
            Path directory, Optional<Path> dataDir, Function<String, @Nullable String> environment, Ticker ticker) {
        this.directory = directory;
        this.dataDir = dataDir;
        this.reader = new ConfigReader(directory, environment);
        this.ticker = ticker;
        Path data = dataDir.orElse(directory);
        this.backups = new Backups(data.resolve(BACKUPS));
        this.change = new FileChange(directory, data.resolve(INTENT), backups);
    }

    /**
     * The store of a gateway. Touches nothing before it is used.
     *
     * @param directory where the files are; they need not exist yet
     * @param dataDir where versions are kept
     * @param environment looks environment variables up
     */
    public static FileStore open(Path directory, Path dataDir, Function<String, @Nullable String> environment) {
        return open(directory, dataDir, environment, Ticker.SYSTEM);
    }

    static FileStore open(Path directory, Path dataDir, Function<String, @Nullable String> environment, Ticker ticker) {
        return new FileStore(directory, Optional.of(dataDir), environment, ticker);
    }

    /** A store that writes nothing, anywhere: no version is kept, and no change is taken. */
    public static FileStore readOnly(Path directory, Function<String, @Nullable String> environment) {
        return new FileStore(directory, Optional.empty(), environment, Ticker.SYSTEM);
    }

    @Override
    public String place() {
        return directory.toString();
    }

    @Override
    public synchronized Snapshot load() throws ConfigException, StoreException {
        if (early == null) {
            early = new FileWatcher(WATCHER, this::watched, () -> onChange.run());
        }
        FileWatcher.Glance glance = early.glance();
        try (Held held = hold()) {
            Documents documents = this.before.in(directory);
            Optional<Version> known = known(documents.tag());
            long number = known.isPresent() ? known.get().number() : nextNumber();
            Snapshot snapshot = checked(documents, number);
            if (known.isEmpty()) {
                keep(new Version(number, now(), Author.FILE, ""), documents, held);
            }
            inForce = snapshot.files();
            refused = List.of();
            administered = !snapshot.adminTokens().isEmpty();
            early.seen(glance);
            return snapshot;
        } catch (ConfigException e) {
            refused = e.files();
            throw e;
        }
    }

    @Override
    @SuppressWarnings("try") // a lock is held, not used
    public synchronized State state() throws StoreException {
        try (Held held = hold()) {
            Documents documents = this.before.in(directory);
            return new State(newestNumber(), documents.tag(), documents.entries(before));
        }
    }

    @Override
    @SuppressWarnings("try") // a lock is held, not used
    public synchronized Version apply(String tag, List<Change> changes, Author author, String note)
            throws ConfigException, StoreException {
        if (dataDir.isEmpty()) {
            throw new StoreException(StoreException.Why.UNAVAILABLE, "This configuration is only looked at");
        }
        try (Held held = hold();
                StoreLock together = StoreLock.take(directory.resolve(".aiproxy.lock"), ticker)) {
            if (held.lock().isEmpty()) {
                throw new StoreException(
                        StoreException.Why.UNAVAILABLE,
                        "Nothing was changed: the data directory " + dataDir.get()
                                + " cannot be written, so the version before would be lost");
            }
            Documents before = this.before.in(directory);
            if (!before.tag().equals(tag)) {
                throw new StoreException(
                        StoreException.Why.CONFLICT, "The configuration has been changed since; read it again");
            }
            return apply(before, changes, author, note, held);
        } catch (IOException e) {
            throw new StoreException(
                    StoreException.Why.UNAVAILABLE,
                    "Nothing was changed: the configuration in " + directory + " cannot be written: " + Durable.why(e),
                    e);
        }
    }

    private Version apply(Documents before, List<Change> changes, Author author, String note, Held held)
            throws ConfigException, StoreException, IOException {
        Documents after = before.with(edited(before, changes));
        Optional<Version> known = known(before.tag());
        if (FileChange.changed(before, after).isEmpty()) {
            return known.isPresent() ? known.get() : handEdited(before, held);
        }
        if (known.isEmpty()) {
            try {
                handEdited(before, held);
            } catch (ConfigException mended) {
                LOG.info("What is replaced could not be loaded, and becomes no version");
            }
        }
        Version version = new Version(nextNumber(), now(), author, note);
        checked(after, version.number());
        change.make(before, after, version);
        remember(version.number(), after.tag());
        this.before.keep(after);
        backups.prune();
        return version;
    }

    /** What somebody did with an editor becomes a version of its own. */
    private Version handEdited(Documents documents, Held held) throws ConfigException {
        Version version = new Version(nextNumber(), now(), Author.FILE, "");
        checked(documents, version.number());
        keep(version, documents, held);
        return version;
    }

    private Map<String, String> edited(Documents documents, List<Change> changes) throws StoreException {
        Map<String, List<Change>> byName = new TreeMap<>();
        for (Change change : changes) {
            byName.computeIfAbsent(change.kind().document(), name -> new ArrayList<>())
                    .add(change);
        }
        Map<String, String> texts = new TreeMap<>();
        for (Map.Entry<String, List<Change>> own : byName.entrySet()) {
            String text = documents.text(own.getKey());
            YamlDocument edited = before.document(own.getKey(), text).with(own.getValue());
            if (!edited.text().equals(text)) {
                texts.put(own.getKey(), edited.text());
                before.keep(own.getKey(), edited);
            }
        }
        return texts;
    }

    private Snapshot checked(Documents documents, long number) throws ConfigException {
        return reader.load(documents.texts(), number, now());
    }

    private Instant now() {
        return Instant.ofEpochMilli(ticker.millis());
    }

    /** The version that has this tag, if it is the newest. */
    private Optional<Version> known(String tag) {
        Optional<Backups.Kept> newest = newest();
        if (newest.isPresent() && newest.get().version().number() >= lastNumber) {
            return newest.filter(kept -> kept.tag().equals(tag)).map(Backups.Kept::version);
        }
        return lastTag.equals(tag) ? Optional.of(new Version(lastNumber, now(), Author.FILE, "")) : Optional.empty();
    }

    private Optional<Backups.Kept> newest() {
        try {
            return dataDir.isEmpty() ? Optional.empty() : backups.newest();
        } catch (IOException unreadable) {
            return Optional.empty();
        }
    }

    private long newestNumber() {
        try {
            List<Long> numbers = dataDir.isEmpty() ? List.of() : backups.numbers();
            return Math.max(lastNumber, numbers.isEmpty() ? 0 : numbers.get(0));
        } catch (IOException unreadable) {
            return lastNumber;
        }
    }

    private long nextNumber() {
        return newestNumber() + 1;
    }

    private void remember(long number, String tag) {
        lastNumber = number;
        lastTag = tag;
    }

    private void keep(Version version, Documents documents, Held held) {
        remember(version.number(), documents.tag());
        if (held.lock().isEmpty()) {
            return;
        }
        try {
            backups.write(version, documents);
            backups.prune();
            troubled = false;
        } catch (IOException e) {
            trouble(e);
        }
    }

    private void trouble(IOException e) {
        if (!troubled) {
            troubled = true;
            LOG.warn(
                    "Versions of the configuration cannot be kept in {}: {}. They are numbered from memory, and nothing"
                            + " can be changed through the gateway",
                    dataDir.orElse(directory),
                    Durable.why(e));
        }
    }

    /** The data directory for one at a time; empty where it cannot be written. */
    private record Held(Optional<StoreLock> lock) implements AutoCloseable {
        @Override
        public void close() {
            lock.ifPresent(taken -> {
                try {
                    taken.close();
                } catch (IOException e) {
                    LOG.warn("A lock cannot be given back: {}", Durable.why(e));
                }
            });
        }
    }

    private Held hold() throws StoreException {
        if (dataDir.isEmpty()) {
            return new Held(Optional.empty());
        }
        StoreLock lock;
        try {
            Files.createDirectories(dataDir.get());
            lock = StoreLock.take(dataDir.get().resolve(LOCK), ticker);
        } catch (IOException e) {
            trouble(e);
            return new Held(Optional.empty());
        }
        Held held = new Held(Optional.of(lock));
        try {
            change.recover();
            return held;
        } catch (IOException e) {
            held.close();
            throw new StoreException(
                    StoreException.Why.UNAVAILABLE,
                    "An interrupted change of the configuration cannot be finished: " + Durable.why(e),
                    e);
        }
    }

    @Override
    public synchronized List<Version> versions(long before, int limit) throws StoreException {
        if (dataDir.isEmpty()) {
            return List.of();
        }
        try {
            return backups.numbers().stream()
                    .filter(number -> number < before)
                    .flatMap(number -> backups.about(number).stream())
                    .map(Backups.Kept::version)
                    .limit(limit)
                    .toList();
        } catch (IOException e) {
            throw new StoreException(StoreException.Why.UNAVAILABLE, "Versions cannot be read: " + Durable.why(e), e);
        }
    }

    @Override
    public synchronized Entries at(long version) throws StoreException {
        Optional<Documents> documents = dataDir.isEmpty() ? Optional.empty() : backups.documents(version);
        return documents
                .orElseThrow(() -> new StoreException(
                        StoreException.Why.NOT_FOUND, "Version " + version + " is not kept any more, or never was"))
                .entries(new ReadBefore());
    }

    /** The files, and the secret and certificate files that they named when they were last read. */
    private Watched watched() {
        Set<Path> files = new LinkedHashSet<>(inForce);
        files.addAll(refused);
        Documents.NAMES.forEach(name -> files.add(directory.resolve(name)));
        return Watched.files(files);
    }

    @Override
    public synchronized AutoCloseable watch(Runnable onChange) {
        FileWatcher watcher = early;
        if (watcher == null || watchers.contains(watcher)) {
            watcher = new FileWatcher(WATCHER, this::watched, onChange);
        } else {
            this.onChange = onChange;
        }
        watcher.start();
        watchers.add(watcher);
        if (administered) {
            before.readAhead();
        }
        return watcher;
    }

    @Override
    public void close() {
        List<AutoCloseable> closing;
        synchronized (this) {
            closing = List.copyOf(watchers);
            watchers.clear();
        }
        for (AutoCloseable watcher : closing) {
            try {
                watcher.close();
            } catch (Exception e) {
                LOG.warn("While stopping: {}", e.toString());
            }
        }
    }
}
