package io.aiproxy.testing;

import com.fasterxml.jackson.databind.JsonNode;
import io.aiproxy.config.ConfigException;
import io.aiproxy.config.ConfigLoader;
import io.aiproxy.config.Snapshot;
import io.aiproxy.store.Author;
import io.aiproxy.store.Change;
import io.aiproxy.store.ConfigStore;
import io.aiproxy.store.Entries;
import io.aiproxy.store.JsonDocuments;
import io.aiproxy.store.Kind;
import io.aiproxy.store.State;
import io.aiproxy.store.StoreException;
import io.aiproxy.store.Version;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/** A store that forgets everything, but checks as strictly as any: what could not be loaded is never taken. */
public final class InMemoryStore implements ConfigStore {
    private final Path directory;
    private final List<Version> versions = new ArrayList<>();
    private final Map<Long, Entries> history = new LinkedHashMap<>();
    private final List<Runnable> watchers = new CopyOnWriteArrayList<>();
    private volatile Runnable beforeApply = () -> {};
    private volatile boolean broken;

    /**
     * @param directory what paths in the configuration are relative to
     * @param first version 1
     */
    public InMemoryStore(Path directory, Entries first) throws ConfigException {
        this.directory = directory;
        load(first, 1);
        add(first, Author.FILE, "");
    }

    private Snapshot load(Entries entries, long version) throws ConfigException {
        return ConfigLoader.load(
                directory, JsonDocuments.of(entries), name -> null, version, Instant.ofEpochSecond(version));
    }

    private Version add(Entries entries, Author author, String note) {
        Version version = new Version(versions.size() + 1, Instant.ofEpochSecond(versions.size() + 1), author, note);
        versions.add(version);
        history.put(version.number(), entries);
        return version;
    }

    /** Runs before a change is looked at, once: somebody else comes first. */
    public void beforeNextApply(Runnable once) {
        beforeApply = once;
    }

    /** From now on, or no more, nothing can be reached. */
    public void broken(boolean now) {
        broken = now;
    }

    private void check() throws StoreException {
        if (broken) {
            throw new StoreException(StoreException.Why.UNAVAILABLE, "the memory is gone");
        }
    }

    @Override
    public String place() {
        return "memory";
    }

    @Override
    public synchronized Snapshot load() throws ConfigException, StoreException {
        State now = state();
        return load(now.entries(), now.version());
    }

    @Override
    public synchronized State state() throws StoreException {
        check();
        long version = versions.size();
        return new State(version, "tag-" + version, history.get(version));
    }

    @Override
    public Version apply(String tag, List<Change> changes, Author author, String note)
            throws ConfigException, StoreException {
        Runnable first = beforeApply;
        beforeApply = () -> {};
        first.run();
        Version version = changed(tag, changes, author, note);
        watchers.forEach(Runnable::run);
        return version;
    }

    private synchronized Version changed(String tag, List<Change> changes, Author author, String note)
            throws ConfigException, StoreException {
        State now = state();
        if (!now.tag().equals(tag)) {
            throw new StoreException(StoreException.Why.CONFLICT, "somebody else was here");
        }
        Map<Kind, Map<String, JsonNode>> all = new EnumMap<>(Kind.class);
        now.entries().byKind().forEach((kind, of) -> all.put(kind, new LinkedHashMap<>(of)));
        for (Change change : changes) {
            if (change.body().isPresent()) {
                all.get(change.kind()).put(change.id(), change.body().get().deepCopy());
            } else {
                all.get(change.kind()).remove(change.id());
            }
        }
        Entries next = new Entries(all);
        if (next.equals(now.entries())) {
            return versions.get(versions.size() - 1);
        }
        load(next, now.version() + 1);
        return add(next, author, note);
    }

    @Override
    public synchronized List<Version> versions(long before, int limit) throws StoreException {
        check();
        List<Version> newest = new ArrayList<>(versions);
        Collections.reverse(newest);
        return newest.stream()
                .filter(version -> version.number() < before)
                .limit(limit)
                .toList();
    }

    @Override
    public synchronized Entries at(long version) throws StoreException {
        check();
        Entries entries = history.get(version);
        if (entries == null) {
            throw new StoreException(StoreException.Why.NOT_FOUND, "there is no version " + version);
        }
        return entries;
    }

    @Override
    public AutoCloseable watch(Runnable onChange) {
        watchers.add(onChange);
        return () -> watchers.remove(onChange);
    }

    @Override
    public void close() {
        watchers.clear();
    }
}
