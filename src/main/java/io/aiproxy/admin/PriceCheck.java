package io.aiproxy.admin;

import com.fasterxml.jackson.databind.JsonNode;
import io.aiproxy.config.ConfigException;
import io.aiproxy.config.Problem;
import io.aiproxy.store.Change;
import io.aiproxy.store.Entries;
import io.aiproxy.store.Kind;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A price that cannot be used is no obstacle to a gateway that starts, but whoever sends one is told so: a change that would
 * leave a price out of the table is refused. Other prices that were left out before are no fault of this change.
 */
final class PriceCheck {
    private static final String MONEY = "money";

    private final Hooks hooks;

    PriceCheck(Hooks hooks) {
        this.hooks = hooks;
    }

    /** Refuses a change that would leave prices out. */
    void check(Ask ask, Entries now, Change change) {
        boolean concerned = change.kind() == Kind.PRICE
                || (change.kind() == Kind.SYSTEM && change.id().equals(MONEY));
        if (!concerned) {
            return;
        }
        List<Problem> left;
        try {
            left = hooks.pricesLeftOut(with(now, change));
        } catch (ConfigException otherwiseWrong) {
            return; // which the store tells when it is asked to write it
        }
        if (left.isEmpty()) {
            return;
        }
        Set<String> before = before(now);
        String own = change.kind().key() + "." + change.id();
        List<Problem> fresh = left.stream()
                .filter(problem -> problem.field().equals(own)
                        || problem.field().startsWith(own + ".")
                        || !before.contains(told(problem)))
                .toList();
        if (!fresh.isEmpty()) {
            throw Refusal.invalid(Pointers.of(fresh, ask.place()));
        }
    }

    private Set<String> before(Entries now) {
        Set<String> told = new HashSet<>();
        try {
            hooks.pricesLeftOut(now).forEach(problem -> told.add(told(problem)));
        } catch (ConfigException broken) {
            // the change may be what mends it; then all that is left out after it is told
        }
        return told;
    }

    /** The same problem stands in another line when something else has changed. */
    private static String told(Problem problem) {
        return problem.field() + ": " + problem.message();
    }

    private static Entries with(Entries now, Change change) {
        Map<Kind, Map<String, JsonNode>> all = new EnumMap<>(now.byKind());
        Map<String, JsonNode> own = new LinkedHashMap<>(now.of(change.kind()));
        change.body().ifPresentOrElse(body -> own.put(change.id(), body), () -> own.remove(change.id()));
        all.put(change.kind(), own);
        return new Entries(all);
    }
}
