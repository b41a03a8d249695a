package io.aiproxy.admin;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aiproxy.config.ConfigException;
import io.aiproxy.config.KeyPrefix;
import io.aiproxy.config.Units;
import io.aiproxy.core.KeyDigest;
import io.aiproxy.core.Percent;
import io.aiproxy.core.Ticker;
import io.aiproxy.store.ConfigStore;
import io.aiproxy.store.StoreException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** {@code users/{id}/keys}: a user's proxy keys, each of which is shown in full once, when it is made. */
final class Keys {
    private static final NamedItems ITEMS = NamedItems.KEYS;
    private static final Duration GRACE = Duration.ofHours(24);
    private static final Duration LONGEST_GRACE = Duration.ofDays(366);

    private final ItemRequests requests;
    private final ProxyKeys keys;
    private final Ticker ticker;

    Keys(ConfigStore store, Writer writer, ProxyKeys keys, Ticker ticker) {
        this.requests = new ItemRequests(Shape.USER, ITEMS, Keys::view, store, writer);
        this.keys = keys;
        this.ticker = ticker;
    }

    List<Operation> operations() {
        String all = "users/{id}/keys";
        String one = all + "/{name}";
        return List.of(
                new Operation("GET", all, Operation.Right.LOOK, "user.key.list", requests::list),
                new Operation("POST", all, Operation.Right.OPERATE, "user.key.create", this::post),
                new Operation("GET", one, Operation.Right.LOOK, "user.key.read", requests::get),
                new Operation("PATCH", one, Operation.Right.OPERATE, "user.key.update", this::patch),
                new Operation("DELETE", one, Operation.Right.OPERATE, "user.key.delete", requests::delete),
                new Operation("POST", one + "/rotate", Operation.Right.OPERATE, "user.key.rotate", this::rotate));
    }

    /** A key without what could be presented. */
    static ObjectNode view(ObjectNode item) {
        ObjectNode view = (ObjectNode) Mask.of(item);
        String key = item.path("proxy_key").asText("");
        if (!key.contains("${")) {
            view.remove("proxy_key");
        }
        view.remove("sha256");
        if (view.path("previous") instanceof ObjectNode previous) {
            previous.remove("sha256");
            previous.remove("proxy_key");
        }
        String shown = item.has("prefix") || key.contains("${") ? Json.text(item, "prefix") : KeyPrefix.of(key);
        return view.put("prefix", shown);
    }

    private AdminAnswer post(Ask ask) throws ConfigException, StoreException {
        ObjectNode sent = ask.objectIfAny();
        String beginning = ProxyKeys.beginning(sent, ProxyKeys.BEGINNING);
        boolean given = sent.has("proxy_key") || sent.has("sha256");
        String key = ProxyKeys.make(beginning);
        if (!given) {
            keys.replace(sent, key, beginning.length());
        }
        if (!sent.has("created_at")) {
            sent.put("created_at", now().toString());
        }
        ObjectNode made = keys.digested(sent);
        ObjectNode item = requests.change(ask, items -> {
            String name = made.has("name") ? Json.text(made, "name") : ITEMS.freeName(items);
            if (items.stream().anyMatch(other -> Json.text(other, "name").equals(name))) {
                throw Refusal.of(Trouble.EXISTS, "This user has a key of this name already; rotate replaces it.");
            }
            items.add(named(name, made));
            return items.size() - 1;
        });
        ObjectNode view = view(item);
        if (!given) {
            view.put("proxy_key", key);
        }
        String name = Json.text(item, "name");
        return Answers.created(
                view, Etags.of(item), Shape.USER.location(ask.variable("id")) + "/keys/" + Percent.encode(name));
    }

    private static ObjectNode named(String name, ObjectNode item) {
        ObjectNode named = Json.object().put("name", name);
        named.setAll(item);
        return named;
    }

    private AdminAnswer patch(Ask ask) throws ConfigException, StoreException {
        ObjectNode patch = ask.object();
        for (String field : Set.of("proxy_key", "sha256", "prefix", "previous")) {
            if (patch.has(field)) {
                throw Refusal.invalid("/" + field, "cannot be changed here; POST …/rotate makes a new key");
            }
        }
        ObjectNode item = requests.change(ask, items -> {
            int place = ITEMS.place(items, ask.variable("name"));
            Etags.check(ask, Optional.of(Etags.of(items.get(place))));
            items.set(place, (ObjectNode) MergePatch.apply(items.get(place), patch));
            return place;
        });
        return Answers.changed(200, view(item), Etags.of(item));
    }

    private AdminAnswer rotate(Ask ask) throws ConfigException, StoreException {
        ObjectNode sent = ask.objectIfAny();
        Duration grace = grace(sent);
        Optional<String> wanted =
                sent.has("begins_with") ? Optional.of(ProxyKeys.beginning(sent, "")) : Optional.empty();
        sent.remove("grace");
        if (!sent.isEmpty()) {
            throw Refusal.invalid("", "expected {\"grace\": \"24h\", \"begins_with\": \"pk_\"}, both as you like");
        }
        String[] made = {""};
        ObjectNode item = requests.change(ask, items -> {
            int place = ITEMS.place(items, ask.variable("name"));
            ObjectNode old = items.get(place);
            Etags.check(ask, Optional.of(Etags.of(old)));
            String beginning = wanted.orElseGet(() -> beginning(old));
            made[0] = ProxyKeys.make(beginning);
            items.set(place, rotated(old, made[0], beginning.length(), grace));
            return place;
        });
        return Answers.changed(200, view(item).put("proxy_key", made[0]), Etags.of(item));
    }

    /** What the key before begins with, so that what goes by it still holds. */
    private static String beginning(ObjectNode item) {
        String shown = item.has("prefix") ? Json.text(item, "prefix") : Json.text(item, "proxy_key");
        String beginning = shown.contains("${") ? "" : shown.substring(0, shown.lastIndexOf('_') + 1);
        return beginning.isEmpty() || beginning.length() > 24 ? ProxyKeys.BEGINNING : beginning;
    }

    private ObjectNode rotated(ObjectNode old, String key, int beginning, Duration grace) {
        ObjectNode item = old.deepCopy();
        item.remove("previous");
        keys.replace(item, key, beginning);
        item.put("created_at", now().toString());
        if (!grace.isZero()) {
            ObjectNode previous = item.putObject("previous");
            String before = Json.text(old, "proxy_key");
            if (before.contains("${")) {
                previous.put("proxy_key", before);
            } else {
                previous.put(
                        "sha256",
                        before.isEmpty()
                                ? Json.text(old, "sha256")
                                : KeyDigest.of(before).hex());
            }
            previous.put("until", now().plus(grace).toString());
        }
        return item;
    }

    private static Duration grace(ObjectNode sent) {
        if (!sent.has("grace")) {
            return GRACE;
        }
        Optional<Duration> grace = Units.duration(sent.path("grace").asText(""));
        if (grace.isEmpty() || grace.get().compareTo(LONGEST_GRACE) > 0) {
            throw Refusal.invalid("/grace", "expected a duration such as 24h, at most 366d; 0s: none");
        }
        return grace.get();
    }

    private Instant now() {
        return Instant.ofEpochMilli(ticker.millis()).truncatedTo(ChronoUnit.SECONDS);
    }
}
