package io.aiproxy.app;

import io.aiproxy.store.AuditEvent;
import io.aiproxy.store.AuditLog;
import io.aiproxy.store.StoreException;
import io.aiproxy.telemetry.EventStream;
import io.aiproxy.telemetry.Telemetry;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** An audit log that also tells what is written into it as events. */
final class AuditEvents implements AuditLog {
    private final AuditLog log;
    private final Telemetry telemetry;

    AuditEvents(AuditLog log, Telemetry telemetry) {
        this.log = log;
        this.telemetry = telemetry;
    }

    @Override
    public void append(AuditEvent event) throws StoreException {
        log.append(event);
        telemetry.tell(EventStream.SECURITY, "admin." + event.outcome(), () -> data(event));
    }

    private static Map<String, Object> data(AuditEvent event) {
        Map<String, Object> data = new LinkedHashMap<>();
        data.put("by", event.author().name());
        data.put("from", event.author().from());
        data.put("action", event.action());
        data.put("target", event.target());
        data.put("outcome", event.outcome());
        return data;
    }

    @Override
    public List<AuditEvent> find(Query query) throws StoreException {
        return log.find(query);
    }

    @Override
    public void close() {
        log.close();
    }
}
