package io.aiproxy.edge;

import io.aiproxy.channels.Affinity;
import io.aiproxy.config.SystemConfig;
import io.aiproxy.core.Ticker;
import io.aiproxy.dialects.DeferredUse;
import java.nio.file.Path;

/** What is known of what upstreams have made, in files that outlast a restart: where it lives, and what it has used. */
public final class Memories implements AutoCloseable {
    private final Affinity affinity;
    private final DeferredWork works;
    private final DeferredUse deferred;

    private Memories(Affinity affinity, DeferredWork works) {
        this.affinity = affinity;
        this.works = works;
        this.deferred = new DeferredUse(works);
    }

    /**
     * Loads what was remembered. To be called at start, not on an event loop.
     *
     * @param dataDir where the files are
     */
    public static Memories open(Path dataDir, SystemConfig.Affinity config) {
        return new Memories(Affinity.open(dataDir, config, Ticker.SYSTEM), DeferredWork.open(dataDir, Ticker.SYSTEM));
    }

    Affinity affinity() {
        return affinity;
    }

    DeferredUse deferred() {
        return deferred;
    }

    /** Writes what is still to be written; waits for that for some seconds at most. */
    @Override
    public void close() {
        works.close();
        affinity.close();
    }
}
