package io.aiproxy.admin;

import com.fasterxml.jackson.databind.JsonNode;
import io.aiproxy.store.Kind;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What an operator may not do to an entry, although operators may write it: touch a channel's secrets or decide where they
 * are sent (a channel that points elsewhere would bring them), say who may administer, or name environment variables and
 * files, whose content would then be shown somewhere.
 */
final class Privilege {
    /** The fields of a channel that have nothing to do with its secrets; what is not known to be harmless is not. */
    private static final Set<String> HARMLESS = Set.of(
            "name",
            "status",
            "priority",
            "models",
            "model_aliases",
            "limits",
            "timeout",
            "timeouts",
            "retry",
            "max_retries",
            "strategy",
            "supports_websocket",
            "privacy");

    private static final Set<String> ADMINISTRATION = Set.of("admin", "keys", "trusted_proxies");

    private Privilege() {}

    /** Refuses a change that needs an administrator. */
    static void check(Who who, Kind kind, String id, Optional<JsonNode> old, JsonNode changed) {
        if (who.isAdmin()) {
            return;
        }
        if (kind == Kind.SYSTEM && ADMINISTRATION.contains(id)) {
            throw administratorsOnly("system/" + id + " decides who may do what");
        }
        if (kind == Kind.CHANNEL) {
            channel(old, changed);
        }
        Set<String> known = new HashSet<>(old.map(Mask::placeholders).orElse(List.of()));
        if (!known.containsAll(Mask.placeholders(changed))) {
            throw administratorsOnly("${…} reads environment variables and files of the gateway's machine");
        }
    }

    /** As above, of an entry that is to go. */
    static void checkDelete(Who who, Kind kind, String id) {
        if (!who.isAdmin() && kind == Kind.SYSTEM && ADMINISTRATION.contains(id)) {
            throw administratorsOnly("system/" + id + " decides who may do what");
        }
    }

    private static void channel(Optional<JsonNode> old, JsonNode changed) {
        JsonNode before = old.orElseGet(Json::object);
        Set<String> names = new HashSet<>();
        before.fieldNames().forEachRemaining(names::add);
        changed.fieldNames().forEachRemaining(names::add);
        for (String name : names) {
            boolean same = before.path(name).equals(changed.path(name));
            if (!same && !HARMLESS.contains(name) && !name.startsWith("_")) {
                throw administratorsOnly("it decides about a channel's secrets or where they are sent (of a channel an"
                        + " operator may change: "
                        + String.join(", ", HARMLESS.stream().sorted().toList()) + ")");
            }
        }
    }

    static Refusal administratorsOnly(String why) {
        return Refusal.of(Trouble.FORBIDDEN, "This needs a token with the role admin: " + why + ".");
    }
}
