package io.aiproxy.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aiproxy.config.ConfigException;
import io.aiproxy.store.Change;
import io.aiproxy.store.ConfigStore;
import io.aiproxy.store.Entries;
import io.aiproxy.store.Kind;
import io.aiproxy.store.StoreException;
import io.aiproxy.store.Version;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** {@code versions}: what the configuration was, what has changed, and the way back. */
final class Versions {
    private static final int MOST = 1000;

    private final ConfigStore store;
    private final Writer writer;

    Versions(ConfigStore store, Writer writer) {
        this.store = store;
        this.writer = writer;
    }

    List<Operation> operations() {
        String one = "versions/{n}";
        return List.of(
                new Operation("GET", "versions", Operation.Right.LOOK, "version.list", this::list),
                new Operation("GET", one, Operation.Right.LOOK, "version.read", this::get),
                new Operation("GET", one + "/diff", Operation.Right.LOOK, "version.diff", this::diff),
                new Operation(
                        "POST", one + "/rollback", Operation.Right.ADMINISTER, "version.rollback", this::rollback));
    }

    private AdminAnswer list(Ask ask) throws StoreException {
        ask.params().only(Set.of("before", "limit"));
        int limit = ask.params().integer("limit", 1, MOST, 100);
        long before = ask.params().text("before").map(Versions::number).orElse(Long.MAX_VALUE);
        List<Version> versions = store.versions(before, limit);
        ObjectNode page = Json.object();
        ArrayNode items = page.putArray("items");
        versions.forEach(version -> items.add(view(version)));
        if (versions.size() == limit) {
            long last = versions.get(limit - 1).number();
            page.put("next", ask.request().path() + "?limit=" + limit + "&before=" + last);
        }
        return Answers.read(ask, page);
    }

    private static ObjectNode view(Version version) {
        return Json.object()
                .put("version", version.number())
                .put("at", version.at().toString())
                .put("author", version.author().name())
                .put("from", version.author().from())
                .put("note", version.note());
    }

    private static long number(String text) {
        try {
            long number = Long.parseLong(text);
            if (number > 0) {
                return number;
            }
        } catch (NumberFormatException e) {
            // told below
        }
        throw Refusal.missing("A version is a number from 1.");
    }

    private AdminAnswer get(Ask ask) throws StoreException {
        ask.params().only(Set.of());
        long number = number(ask.variable("n"));
        Entries entries = store.at(number);
        ObjectNode view = store.versions(number == Long.MAX_VALUE ? number : number + 1, 1).stream()
                .filter(version -> version.number() == number)
                .findFirst()
                .map(Versions::view)
                .orElseGet(() -> Json.object().put("version", number));
        ObjectNode configuration = view.putObject("configuration");
        for (Kind kind : Kind.values()) {
            ObjectNode of = configuration.putObject(kind.key());
            entries.of(kind).forEach((id, body) -> of.set(id, masked(kind, id, body)));
        }
        return Answers.read(ask, view);
    }

    private static JsonNode masked(Kind kind, String id, JsonNode body) {
        return Mask.of(kind == Kind.SYSTEM ? id : "", body);
    }

    /** From the version {@code with}, or from the one before, to this one. */
    private AdminAnswer diff(Ask ask) throws StoreException {
        ask.params().only(Set.of("with"));
        long number = number(ask.variable("n"));
        Optional<String> with = ask.params().text("with");
        long from = with.isPresent()
                ? number(with.get())
                : store.versions(number, 1).stream()
                        .findFirst()
                        .map(Version::number)
                        .orElseThrow(() -> Refusal.missing("No version before this one is kept."));
        ObjectNode view = Json.object().put("from", from).put("to", number);
        view.set("changes", changes(store.at(from), store.at(number)));
        return Answers.read(ask, view);
    }

    private static ArrayNode changes(Entries from, Entries to) {
        ArrayNode changes = Json.array();
        for (Kind kind : Kind.values()) {
            for (String id : ids(from, to, kind)) {
                JsonNode before = from.of(kind).get(id);
                JsonNode after = to.of(kind).get(id);
                if (before != null && before.equals(after)) {
                    continue;
                }
                ObjectNode change = changes.addObject()
                        .put("kind", kind.name().toLowerCase(Locale.ROOT))
                        .put("id", id)
                        .put("change", before == null ? "added" : after == null ? "removed" : "changed");
                if (before != null) {
                    change.set("before", masked(kind, id, before));
                }
                if (after != null) {
                    change.set("after", masked(kind, id, after));
                }
                if (before != null && after != null) {
                    boolean onlySecrets = masked(kind, id, before).equals(masked(kind, id, after));
                    change.put("only_secrets", onlySecrets);
                }
            }
        }
        return changes;
    }

    private static Set<String> ids(Entries from, Entries to, Kind kind) {
        Set<String> ids = new LinkedHashSet<>(from.of(kind).keySet());
        ids.addAll(to.of(kind).keySet());
        return ids;
    }

    /** Back to a version, but for the admin tokens: a token that was withdrawn stays so. */
    private AdminAnswer rollback(Ask ask) throws ConfigException, StoreException {
        ask.params().only(Set.of());
        long number = number(ask.variable("n"));
        Entries wanted = store.at(number);
        int made = writer.write(ask, "rollback to version " + number, now -> {
            Etags.check(ask, Optional.of(Etags.of(now.tag())));
            List<Change> changes = new ArrayList<>();
            for (Kind kind : Kind.values()) {
                if (kind != Kind.ADMIN_TOKEN) {
                    for (String id : ids(now.entries(), wanted, kind)) {
                        Optional<JsonNode> body =
                                Optional.ofNullable(wanted.of(kind).get(id));
                        if (!body.equals(
                                Optional.ofNullable(now.entries().of(kind).get(id)))) {
                            changes.add(new Change(kind, id, body));
                        }
                    }
                }
            }
            return new Writer.Drafted<>(changes, changes.size());
        });
        return Answers.json(
                200,
                Json.object()
                        .put("rolled_back_to", number)
                        .put("changes", made)
                        .put("version", store.state().version()));
    }
}
