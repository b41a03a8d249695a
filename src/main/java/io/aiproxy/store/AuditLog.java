package io.aiproxy.store;

import java.time.Instant;
import java.util.List;

/** What administrators did, append-only. Every method blocks. */
public interface AuditLog extends AutoCloseable {
    /** When this returns, the event outlives a power cut. */
    void append(AuditEvent event) throws StoreException;

    /** Events that fit, newest first. */
    List<AuditEvent> find(Query query) throws StoreException;

    @Override
    void close();

    /**
     * Which events.
     *
     * @param from at or after
     * @param to before
     * @param author only this one's; empty: everybody's
     * @param action only this one, or those that begin with it when it ends with {@code .}; empty: any
     * @param target only what concerns this; empty: anything
     * @param offset so many are left out at the beginning
     * @param limit at most so many
     */
    record Query(Instant from, Instant to, String author, String action, String target, int offset, int limit) {}
}
