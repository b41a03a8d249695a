package io.aiproxy.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.aiproxy.config.Snapshot;
import io.aiproxy.store.Author;
import io.aiproxy.store.Change;
import io.aiproxy.store.ConfigStore;
import io.aiproxy.store.Entries;
import io.aiproxy.store.Kind;
import io.aiproxy.store.State;
import io.aiproxy.store.StoreException;
import io.aiproxy.store.Version;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A store without anything behind it, which can be told to keep something else than it is given. */
final class MemoryStore implements ConfigStore {
    private final List<Version> versions = new ArrayList<>();
    private final String place;
    private Map<Kind, Map<String, JsonNode>> entries = new EnumMap<>(Kind.class);
    boolean forgetful;

    MemoryStore(String place) {
        this.place = place;
    }

    @Override
    public String place() {
        return place;
    }

    @Override
    public Snapshot load() throws StoreException {
        throw new StoreException(StoreException.Why.UNAVAILABLE, "a migration loads nothing");
    }

    @Override
    public State state() {
        return new State(versions.size(), "" + versions.size(), new Entries(entries));
    }

    @Override
    public Version apply(String tag, List<Change> changes, Author author, String note) throws StoreException {
        if (!tag.equals(state().tag())) {
            throw new StoreException(StoreException.Why.CONFLICT, "changed");
        }
        for (Change change : forgetful ? changes.subList(1, changes.size()) : changes) {
            Map<String, JsonNode> of = entries.computeIfAbsent(change.kind(), kind -> new LinkedHashMap<>());
            change.body().ifPresentOrElse(body -> of.put(change.id(), body), () -> of.remove(change.id()));
        }
        Version version = new Version(versions.size() + 1L, Instant.EPOCH, author, note);
        versions.add(version);
        return version;
    }

    @Override
    public List<Version> versions(long before, int limit) {
        return versions;
    }

    @Override
    public Entries at(long version) throws StoreException {
        throw new StoreException(StoreException.Why.NOT_FOUND, "not kept");
    }

    @Override
    public AutoCloseable watch(Runnable onChange) {
        return () -> {};
    }

    @Override
    public void close() {}
}
