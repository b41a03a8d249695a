package io.aiproxy.channels;

import io.aiproxy.config.SystemConfig;
import io.aiproxy.core.Ticker;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Memory of what was created where: files, batches, stored responses, tasks and the like live in one upstream account, so
 * requests that name them must go back there, after a restart too.
 */
public final class Affinity implements AutoCloseable {
    private static final String FILE = "affinity.tsv";

    private final Remembered ids;

    /** What {@code ids} remembers. */
    Affinity(Remembered ids) {
        this.ids = ids;
    }

    /**
     * Loads what was remembered. To be called at start, not on an event loop.
     *
     * @param dataDir where the file is
     * @param config bounds
     */
    public static Affinity open(Path dataDir, SystemConfig.Affinity config, Ticker ticker) {
        return new Affinity(Remembered.open(dataDir.resolve(FILE), config.maxIds(), config.keep(), ticker));
    }

    /** Where the thing with this id lives; empty when that is not known (any more). Called on event loops. */
    public Optional<Bound> find(String id) {
        return ids.find(id).map(words -> new Bound(words.first(), words.second()));
    }

    /** Remembers where the thing with this id lives. Called on event loops. */
    public void bind(String id, String channel, String credential) {
        ids.put(id, new Remembered.Words(channel, credential));
    }

    /** How many ids are remembered, for tests. */
    long size() {
        return ids.size();
    }

    /** Writes what is still to be written; waits for that for at most ten seconds. */
    @Override
    public void close() {
        ids.close();
    }
}
