package io.aiproxy.channels;

import io.aiproxy.config.*;
import io.aiproxy.core.*;
import java.util.*;

/** temp */
public final class Affinity implements AutoCloseable {
    private final Map<String, Bound> m = new java.util.concurrent.ConcurrentHashMap<>();
    /** temp */
    public Affinity(SystemConfig.Affinity a, java.nio.file.Path dataDir, Ticker t) {}
    /** temp */
    public Optional<Bound> find(String id) {
        return Optional.ofNullable(m.get(id));
    }
    /** temp */
    public void bind(String id, String channel, String credential) {
        m.put(id, new Bound(channel, credential));
    }

    @Override
    public void close() {}
}
