package io.aiproxy.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aiproxy.config.ConfigException;
import io.aiproxy.config.Snapshot;
import io.aiproxy.core.Ticker;
import io.aiproxy.store.AuditEvent;
import io.aiproxy.store.AuditLog;
import io.aiproxy.store.Change;
import io.aiproxy.store.ConfigStore;
import io.aiproxy.store.Entries;
import io.aiproxy.store.State;
import io.aiproxy.store.StoreException;
import io.aiproxy.store.Version;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Changes the configuration: first the attempt goes into the audit log, and only if that is safe the change into the store.
 * A change that another one came before is made once more, unless both are about the same entry.
 */
final class Writer {
    private static final Logger LOG = LoggerFactory.getLogger(Writer.class);
    private static final String ATTEMPTED = "attempted";
    private static final String DONE = "done";

    private final ConfigStore store;
    private final AuditLog audit;
    private final Hooks hooks;
    private final Supplier<Snapshot> snapshot;
    private final Ticker ticker;

    Writer(ConfigStore store, AuditLog audit, Hooks hooks, Supplier<Snapshot> snapshot, Ticker ticker) {
        this.store = store;
        this.audit = audit;
        this.hooks = hooks;
        this.snapshot = snapshot;
        this.ticker = ticker;
    }

    /** What shall be changed; asked again when another change came before. */
    @FunctionalInterface
    interface Draft<T> {
        /** The changes for this state. */
        Drafted<T> of(State now) throws StoreException;
    }

    /** Changes, and what to tell of them once they are made. */
    record Drafted<T>(List<Change> changes, T result) {
        static <T> Drafted<T> of(Change change, T result) {
            return new Drafted<>(List.of(change), result);
        }
    }

    /**
     * Makes the changes that are any. When this returns they are in the store and in force; where only the former is so,
     * {@code ask} knows why.
     */
    <T> T write(Ask ask, String note, Draft<T> draft) throws ConfigException, StoreException {
        State now = store.state();
        Drafted<T> drafted = draft.of(now);
        List<Change> changes = different(drafted.changes(), now.entries());
        if (changes.isEmpty()) {
            if (snapshot.get().version() < now.version()) { // an earlier change that is only kept was made again
                hooks.reload(now.version()).ifPresent(ask::keptOnly);
            }
            return drafted.result();
        }
        AuditEvent attempt = event(ask, changes, now.entries());
        audit(attempt);
        Optional<Version> made = applied(ask, note, now, changes);
        Made<T> done =
                made.isPresent() ? new Made<>(made.get(), drafted.result()) : again(ask, note, draft, now, changes);
        closing(attempt);
        hooks.reload(done.version().number()).ifPresent(ask::keptOnly);
        return done.result();
    }

    /** A version, and what to tell of it. */
    private record Made<T>(Version version, T result) {}

    /** The version that was made; empty where another change came before. */
    private Optional<Version> applied(Ask ask, String note, State now, List<Change> changes)
            throws ConfigException, StoreException {
        try {
            return Optional.of(store.apply(now.tag(), changes, ask.who().author(), note));
        } catch (StoreException e) {
            if (e.why() == StoreException.Why.CONFLICT) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private <T> Made<T> again(Ask ask, String note, Draft<T> draft, State before, List<Change> changes)
            throws ConfigException, StoreException {
        State now = store.state();
        for (Change change : changes) {
            if (!entry(change, before.entries()).equals(entry(change, now.entries()))) {
                throw conflict();
            }
        }
        Drafted<T> drafted = draft.of(now);
        Version made = applied(ask, note, now, different(drafted.changes(), now.entries()))
                .orElseThrow(Writer::conflict);
        return new Made<>(made, drafted.result());
    }

    private static Refusal conflict() {
        return Refusal.of(
                Trouble.CONFLICT, "Somebody else changed the same at the same time. Read it again and decide anew.");
    }

    private static List<Change> different(List<Change> changes, Entries now) {
        return changes.stream()
                .filter(change -> !change.body().equals(entry(change, now)))
                .toList();
    }

    private static Optional<JsonNode> entry(Change change, Entries in) {
        return Optional.ofNullable(in.of(change.kind()).get(change.id()));
    }

    private AuditEvent event(Ask ask, List<Change> changes, Entries now) {
        String action = ask.operation().action();
        if (changes.size() == 1) {
            Change change = changes.get(0);
            Optional<JsonNode> before = entry(change, now);
            boolean isNew = before.isEmpty() && action.endsWith(".update");
            return new AuditEvent(
                    now(),
                    ask.who().author(),
                    isNew ? action.replaceFirst("update$", "create") : action,
                    change.id(),
                    ATTEMPTED,
                    before.map(Mask::of),
                    change.body().map(Mask::of));
        }
        ObjectNode all = Json.object();
        ArrayNode list = all.putArray("changes");
        for (Change change : changes) {
            list.addObject()
                    .put("kind", word(change))
                    .put("id", change.id())
                    .put("change", change.body().isEmpty() ? "deleted" : "written");
        }
        return new AuditEvent(now(), ask.who().author(), action, "", ATTEMPTED, Optional.empty(), Optional.of(all));
    }

    private static String word(Change change) {
        return change.kind().name().toLowerCase(Locale.ROOT);
    }

    private Instant now() {
        return Instant.ofEpochMilli(ticker.millis());
    }

    private void audit(AuditEvent event) {
        try {
            audit.append(event);
        } catch (StoreException e) {
            LOG.error("The audit log cannot be written, so nothing is changed: {}", e.getMessage());
            throw Refusal.of(
                    Trouble.UNAVAILABLE, "The audit log cannot be written, so nothing was changed. " + e.getMessage());
        }
    }

    /** The change is made and its attempt is in the log: that this line is missing must not look like a failure. */
    private void closing(AuditEvent attempt) {
        tell(new AuditEvent(
                now(), attempt.author(), attempt.action(), attempt.target(), DONE, Optional.empty(), Optional.empty()));
    }

    /** Something that was done, or refused, and changes no entry. */
    void note(Who who, String action, String target, String outcome) {
        tell(new AuditEvent(now(), who.author(), action, target, outcome, Optional.empty(), Optional.empty()));
    }

    private void tell(AuditEvent event) {
        try {
            audit.append(event);
        } catch (StoreException e) {
            LOG.error(
                    "The audit log lacks a line ({} {} {}): {}",
                    event.action(),
                    event.target(),
                    event.outcome(),
                    e.getMessage());
        }
    }
}
