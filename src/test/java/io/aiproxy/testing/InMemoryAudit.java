package io.aiproxy.testing;

import io.aiproxy.store.AuditEvent;
import io.aiproxy.store.AuditLog;
import io.aiproxy.store.StoreException;
import java.util.ArrayList;
import java.util.List;

/** An audit log that forgets everything. */
public final class InMemoryAudit implements AuditLog {
    private final List<AuditEvent> events = new ArrayList<>();
    private volatile boolean broken;

    /** From now on, or no more, nothing can be written. */
    public void broken(boolean now) {
        broken = now;
    }

    /** Everything, oldest first. */
    public synchronized List<AuditEvent> all() {
        return List.copyOf(events);
    }

    @Override
    public synchronized void append(AuditEvent event) throws StoreException {
        if (broken) {
            throw new StoreException(StoreException.Why.UNAVAILABLE, "the disk is full");
        }
        events.add(event);
    }

    @Override
    public synchronized List<AuditEvent> find(Query query) {
        List<AuditEvent> found = new ArrayList<>();
        for (int i = events.size() - 1; i >= 0; i--) {
            if (fits(events.get(i), query)) {
                found.add(events.get(i));
            }
        }
        return found.stream().skip(query.offset()).limit(query.limit()).toList();
    }

    private static boolean fits(AuditEvent event, Query query) {
        String action = query.action();
        boolean acts = action.isEmpty()
                || event.action().equals(action)
                || (action.endsWith(".") && event.action().startsWith(action));
        return acts
                && !event.at().isBefore(query.from())
                && event.at().isBefore(query.to())
                && (query.author().isEmpty() || event.author().name().equals(query.author()))
                && (query.target().isEmpty() || event.target().equals(query.target()));
    }

    @Override
    public void close() {
        // nothing to let go
    }
}
