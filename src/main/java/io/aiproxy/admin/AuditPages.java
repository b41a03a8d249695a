package io.aiproxy.admin;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aiproxy.store.AuditEvent;
import io.aiproxy.store.AuditLog;
import io.aiproxy.store.StoreException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** {@code audit}: who did what, or was refused. */
final class AuditPages {
    private static final Instant BEGINNING = Instant.EPOCH;
    private static final Instant END = Instant.parse("9999-12-31T00:00:00Z");
    private static final int MOST = 10_000;
    private static final int STANDARD = 100;
    private static final Set<String> KNOWN =
            Set.of("from", "to", "author", "action", "target", "limit", "offset", "format");

    private final AuditLog audit;

    AuditPages(AuditLog audit) {
        this.audit = audit;
    }

    List<Operation> operations() {
        return List.of(new Operation("GET", "audit", Operation.Right.LOOK, "audit.read", this::find));
    }

    private AdminAnswer find(Ask ask) throws StoreException {
        Params params = ask.params();
        params.only(KNOWN);
        int limit = params.integer("limit", 1, MOST, STANDARD);
        int offset = params.integer("offset", 0, Integer.MAX_VALUE - MOST - 1, 0);
        List<AuditEvent> found = audit.find(new AuditLog.Query(
                params.instant("from", BEGINNING),
                params.instant("to", END),
                params.text("author").orElse(""),
                params.text("action").orElse(""),
                params.text("target").orElse(""),
                offset,
                limit + 1));
        List<AuditEvent> events = found.size() > limit ? found.subList(0, limit) : found;
        return switch (params.text("format").orElse("json")) {
            case "json" -> page(ask, events, found.size() > limit, limit, offset);
            case "ndjson" -> text("application/x-ndjson", ndjson(events));
            case "csv" -> text("text/csv; charset=utf-8", csv(events));
            default -> throw Refusal.malformed("format: expected json, ndjson or csv.");
        };
    }

    private static AdminAnswer page(Ask ask, List<AuditEvent> events, boolean more, int limit, int offset) {
        ObjectNode page = Json.object();
        ArrayNode items = page.putArray("items");
        events.forEach(event -> items.add(view(event)));
        page.put("limit", limit).put("offset", offset).put("more", more);
        return Answers.read(ask, page);
    }

    private static AdminAnswer text(String type, byte[] body) {
        return Answers.text(type, body, Etags.of(Etags.text(body)));
    }

    private static ObjectNode view(AuditEvent event) {
        ObjectNode view = Json.object()
                .put("at", event.at().toString())
                .put("author", event.author().name())
                .put("from", event.author().from())
                .put("action", event.action())
                .put("target", event.target())
                .put("outcome", event.outcome());
        event.before().ifPresent(before -> view.set("before", before));
        event.after().ifPresent(after -> view.set("after", after));
        return view;
    }

    private static byte[] ndjson(List<AuditEvent> events) {
        ByteArrayOutputStream lines = new ByteArrayOutputStream();
        events.forEach(event -> {
            lines.writeBytes(Json.write(view(event)));
            lines.write('\n');
        });
        return lines.toByteArray();
    }

    private static byte[] csv(List<AuditEvent> events) {
        List<List<String>> rows = new ArrayList<>();
        for (AuditEvent event : events) {
            rows.add(List.of(
                    event.at().toString(),
                    event.author().name(),
                    event.author().from(),
                    event.action(),
                    event.target(),
                    event.outcome(),
                    event.before().map(Object::toString).orElse(""),
                    event.after().map(Object::toString).orElse("")));
        }
        List<String> head = List.of("at", "author", "from", "action", "target", "outcome", "before", "after");
        return Csv.write(head, rows).getBytes(StandardCharsets.UTF_8);
    }
}
