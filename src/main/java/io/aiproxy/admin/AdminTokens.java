package io.aiproxy.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aiproxy.config.AdminTokenConfig;
import io.aiproxy.config.ConfigException;
import io.aiproxy.config.Snapshot;
import io.aiproxy.config.Times;
import io.aiproxy.config.Units;
import io.aiproxy.core.KeyDigest;
import io.aiproxy.core.RandomKey;
import io.aiproxy.core.Ticker;
import io.aiproxy.store.Change;
import io.aiproxy.store.ConfigStore;
import io.aiproxy.store.Entries;
import io.aiproxy.store.Kind;
import io.aiproxy.store.State;
import io.aiproxy.store.StoreException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** {@code admin-tokens}: who may administer. A token is shown once, when it is made. */
public final class AdminTokens {
    /** What every admin token begins with, so that people and secret scanners know it. */
    public static final String BEGINNING = "aat_";

    private static final Shape SHAPE = Shape.ADMIN_TOKEN;

    private final ConfigStore store;
    private final Writer writer;
    private final Ticker ticker;
    private final Supplier<Snapshot> snapshot;

    AdminTokens(ConfigStore store, Writer writer, Ticker ticker, Supplier<Snapshot> snapshot) {
        this.store = store;
        this.writer = writer;
        this.ticker = ticker;
        this.snapshot = snapshot;
    }

    /**
     * A new token and the entry that is kept of it.
     *
     * @param token what its holder presents; kept nowhere
     * @param entry under {@code admin_tokens:}
     */
    public record Made(String token, ObjectNode entry) {
        /** Holds the token: not printed. */
        @Override
        public String toString() {
            return "Made";
        }
    }

    /**
     * Makes a token.
     *
     * @param now when it is made
     * @param expires after how long it ends, as {@code 90d}; empty: never
     * @return empty where {@code expires} is no duration
     */
    public static Optional<Made> make(AdminTokenConfig.Role role, Instant now, Optional<String> expires) {
        String token = RandomKey.make(BEGINNING);
        Instant second = now.truncatedTo(ChronoUnit.SECONDS);
        ObjectNode entry = Json.object()
                .put("sha256", KeyDigest.of(token).hex())
                .put("prefix", token.substring(0, BEGINNING.length() + 4))
                .put("role", role.name().toLowerCase(Locale.ROOT))
                .put("created_at", second.toString());
        if (expires.isPresent()) {
            Optional<Instant> end = Units.duration(expires.get()).map(second::plus);
            if (end.isEmpty()) {
                return Optional.empty();
            }
            entry.put("expires_at", end.get().toString());
        }
        return Optional.of(new Made(token, entry));
    }

    List<Operation> operations() {
        String one = "admin-tokens/{id}";
        return List.of(
                new Operation("GET", "admin-tokens", Operation.Right.LOOK, "admin_token.list", this::list),
                new Operation("POST", "admin-tokens", Operation.Right.ADMINISTER, "admin_token.create", this::post),
                new Operation("GET", one, Operation.Right.LOOK, "admin_token.read", this::get),
                new Operation("PATCH", one, Operation.Right.ADMINISTER, "admin_token.update", this::patch),
                new Operation("DELETE", one, Operation.Right.ADMINISTER, "admin_token.delete", this::delete));
    }

    private static ObjectNode view(String id, JsonNode body) {
        ObjectNode view = SHAPE.view(id, body);
        view.remove("sha256");
        return view;
    }

    private AdminAnswer list(Ask ask) throws StoreException {
        State state = store.state();
        List<ObjectNode> views = new ArrayList<>();
        state.entries().of(Kind.ADMIN_TOKEN).forEach((id, body) -> views.add(view(id, body)));
        return Answers.read(ask, Listing.page(ask, views), Etags.of(state.tag()));
    }

    private AdminAnswer get(Ask ask) throws StoreException {
        String id = ask.variable("id");
        JsonNode body = Entities.existing(SHAPE, store.state().entries(), id);
        return Answers.read(ask, view(id, body), Etags.of(body));
    }

    private AdminAnswer post(Ask ask) throws ConfigException, StoreException {
        ObjectNode sent = ask.object();
        String id = Json.text(sent, "id");
        Shape.checkId(id);
        Made made = make(role(sent), Instant.ofEpochMilli(ticker.millis()), expires(sent))
                .orElseThrow(() -> Refusal.invalid("/expires", "expected a duration such as 90d"));
        ObjectNode entry = made.entry();
        if (sent.has("expires_at")) {
            entry.set("expires_at", sent.get("expires_at"));
        }
        only(sent, Set.of("id", "role", "expires", "expires_at"));
        writer.write(ask, "admin token " + id, now -> {
            if (now.entries().of(Kind.ADMIN_TOKEN).containsKey(id)) {
                throw Refusal.of(
                        Trouble.EXISTS, "There is a token with this id already; delete it, or take another id.");
            }
            ask.about(new Ask.Place(Kind.ADMIN_TOKEN, id, "", entry, ""));
            return Writer.Drafted.of(new Change(Kind.ADMIN_TOKEN, id, Optional.of(entry)), id);
        });
        return Answers.created(view(id, entry).put("token", made.token()), Etags.of(entry), SHAPE.location(id));
    }

    private static AdminTokenConfig.Role role(ObjectNode sent) {
        for (AdminTokenConfig.Role role : AdminTokenConfig.Role.values()) {
            if (role.name().toLowerCase(Locale.ROOT).equals(Json.text(sent, "role"))) {
                return role;
            }
        }
        throw Refusal.invalid("/role", "expected admin, operator or viewer");
    }

    private static Optional<String> expires(ObjectNode sent) {
        return sent.has("expires") ? Optional.of(Json.text(sent, "expires")) : Optional.empty();
    }

    private static void only(ObjectNode sent, Set<String> known) {
        sent.fieldNames().forEachRemaining(name -> {
            if (!known.contains(name)) {
                throw Refusal.invalid("/" + Pointers.escaped(name), "cannot be given here");
            }
        });
    }

    private AdminAnswer patch(Ask ask) throws ConfigException, StoreException {
        String id = ask.variable("id");
        ObjectNode patch = ask.object();
        only(patch, Set.of("role", "status", "expires_at"));
        JsonNode entry = writer.write(ask, "admin token " + id, now -> {
            JsonNode old = Entities.existing(SHAPE, now.entries(), id);
            Etags.check(ask, Optional.of(Etags.of(old)));
            JsonNode changed = MergePatch.apply(old, patch);
            checkWords(changed);
            if (!administers(changed) || isOver(changed)) {
                checkAnotherWayIn(now.entries(), id, old);
            }
            ask.about(new Ask.Place(Kind.ADMIN_TOKEN, id, "", changed, ""));
            return Writer.Drafted.of(new Change(Kind.ADMIN_TOKEN, id, Optional.of(changed)), changed);
        });
        return Answers.changed(200, view(id, entry), Etags.of(entry));
    }

    private static void checkWords(JsonNode entry) {
        role((ObjectNode) entry);
        if (entry.has("status") && !Set.of("active", "disabled").contains(Json.text(entry, "status"))) {
            throw Refusal.invalid("/status", "expected active or disabled");
        }
    }

    private AdminAnswer delete(Ask ask) throws ConfigException, StoreException {
        String id = ask.variable("id");
        return writer.write(ask, "admin token " + id + " deleted", now -> {
            JsonNode old = Entities.existing(SHAPE, now.entries(), id);
            Etags.check(ask, Optional.of(Etags.of(old)));
            checkAnotherWayIn(now.entries(), id, old);
            return Writer.Drafted.of(new Change(Kind.ADMIN_TOKEN, id, Optional.empty()), Answers.done());
        });
    }

    /** Whoever takes the last way in away by mistake would need the gateway's machine to get in again. */
    private void checkAnotherWayIn(Entries now, String id, JsonNode old) {
        if (!administers(old) || !isInForce(id)) {
            return;
        }
        boolean another = now.of(Kind.ADMIN_TOKEN).entrySet().stream()
                .anyMatch(other ->
                        !other.getKey().equals(id) && administers(other.getValue()) && isInForce(other.getKey()));
        if (!another) {
            throw Refusal.of(
                    Trouble.LAST_ADMIN_TOKEN,
                    "No other token with the role admin is in force: make one before this one ends. On the gateway's"
                            + " machine \"aiproxy admin token revoke\" takes the last one away too.");
        }
    }

    private static boolean administers(JsonNode entry) {
        return Json.text(entry, "role").equals("admin")
                && !Json.text(entry, "status").equals("disabled");
    }

    /** Whether it has ended. When a placeholder ends is not known here, so it is taken for over. */
    private boolean isOver(JsonNode entry) {
        String text = Json.text(entry, "expires_at");
        return Times.end(text).map(end -> end.toEpochMilli() <= ticker.millis()).orElseGet(() -> text.contains("${"));
    }

    /** A token that has expired is no way in; one that has just been made elsewhere is none yet. */
    private boolean isInForce(String id) {
        AdminTokenConfig token = snapshot.get().adminTokens().get(id);
        return token != null
                && token.expiresAt()
                        .filter(end -> end.toEpochMilli() <= ticker.millis())
                        .isEmpty();
    }
}
