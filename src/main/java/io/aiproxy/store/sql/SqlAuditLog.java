package io.aiproxy.store.sql;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.aiproxy.store.AuditEvent;
import io.aiproxy.store.AuditLog;
import io.aiproxy.store.Author;
import io.aiproxy.store.StoreException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What administrators did, in the database; all instances write into the same table. Times are kept in milliseconds. */
public final class SqlAuditLog implements AuditLog {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int LONGEST = 4096;

    private final Pool pool;

    SqlAuditLog(Pool pool) {
        this.pool = pool;
    }

    @Override
    public void append(AuditEvent event) throws StoreException {
        pool.ask(handle -> handle.execute(
                "INSERT INTO aiproxy_audit (made_at, author, author_from, action, target, outcome, body_before, body_after)"
                        + " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                event.at().toEpochMilli(),
                fit(event.author().name()),
                fit(event.author().from()),
                fit(event.action()),
                fit(event.target()),
                fit(event.outcome()),
                text(event.before()),
                text(event.after())));
    }

    @Override
    public List<AuditEvent> find(Query query) throws StoreException {
        Map<String, Object> bound = new LinkedHashMap<>();
        String where = where(query, bound);
        return pool.ask(handle -> handle.createQuery(
                        "SELECT made_at, author, author_from, action, target, outcome, body_before, body_after"
                                + " FROM aiproxy_audit WHERE " + where
                                + " ORDER BY made_at DESC, id DESC LIMIT :limit OFFSET :offset")
                .bindMap(bound)
                .map((row, context) -> event(row))
                .list());
    }

    private static String where(Query query, Map<String, Object> bound) {
        StringBuilder where = new StringBuilder("made_at >= :from AND made_at < :to");
        bound.put("from", millis(query.from()));
        bound.put("to", millis(query.to()));
        bound.put("limit", Math.max(0, query.limit()));
        bound.put("offset", Math.max(0, query.offset()));
        if (!query.author().isEmpty()) {
            where.append(" AND author = :author");
            bound.put("author", query.author());
        }
        if (query.action().endsWith(".")) { // no LIKE: % and _ may stand in what is asked for
            where.append(" AND SUBSTR(action, 1, :length) = :action");
            bound.put("length", query.action().codePointCount(0, query.action().length()));
            bound.put("action", query.action());
        } else if (!query.action().isEmpty()) {
            where.append(" AND action = :action");
            bound.put("action", query.action());
        }
        if (!query.target().isEmpty()) {
            where.append(" AND target = :target");
            bound.put("target", query.target());
        }
        return where.toString();
    }

    /** {@link Instant#MIN} and its like mean "from the beginning", and are more than a long can hold. */
    private static long millis(Instant at) {
        try {
            return at.toEpochMilli();
        } catch (ArithmeticException e) {
            return at.getEpochSecond() < 0 ? Long.MIN_VALUE : Long.MAX_VALUE;
        }
    }

    private static AuditEvent event(ResultSet row) throws SQLException {
        return new AuditEvent(
                Instant.ofEpochMilli(row.getLong(1)),
                new Author(row.getString(2), row.getString(3)),
                row.getString(4),
                row.getString(5),
                row.getString(6),
                json(row.getString(7)),
                json(row.getString(8)));
    }

    /** PostgreSQL keeps no NUL, MySQL's columns hold 64 KiB; what somebody asked for may be anything. */
    private static String fit(String text) {
        String whole = text.replace('\0', '\uFFFD');
        return whole.length() > LONGEST ? whole.substring(0, LONGEST) : whole;
    }

    private static @Nullable String text(Optional<JsonNode> body) {
        return body.map(JsonNode::toString).orElse(null);
    }

    private static Optional<JsonNode> json(@Nullable String text) throws SQLException {
        try {
            return text == null ? Optional.empty() : Optional.of(JSON.readTree(text));
        } catch (JsonProcessingException e) {
            throw new SQLException("a row of aiproxy_audit holds no JSON: somebody has changed it by hand");
        }
    }

    /** Does nothing: the connections are the store's. */
    @Override
    public void close() {}
}
