package io.aiproxy.limits;

import io.aiproxy.config.LimitConfig;
import io.aiproxy.core.Wildcard;
import java.util.List;

/**
 * A limit with all that is computed from it once.
 *
 * @param counter what it counts with
 * @param scope whose kind it is
 * @param owner the id of whom it belongs to; of a key its name
 * @param models the models for which it holds; empty: any
 * @param currency in which it is meant if it is one of cost
 */
public record Limit(Counter counter, Scope scope, String owner, List<Wildcard> models, String currency) {
    /** How much. */
    public LimitConfig config() {
        return counter.limit();
    }

    /** Whether it holds for this call. A call that ought to name a model and does not comes under every model's limit. */
    boolean concerns(Asked asked) {
        LimitConfig.Quantity quantity = config().quantity();
        if (quantity == LimitConfig.Quantity.SOCKETS && !asked.handshake()) {
            return false;
        }
        boolean metered = quantity == LimitConfig.Quantity.TOKENS || quantity == LimitConfig.Quantity.COST;
        return !(metered && asked.bodyBytes() == 0 && !asked.handshake()) && (models.isEmpty() || fits(asked));
    }

    private boolean fits(Asked asked) {
        if (asked.model().isEmpty()) {
            return asked.generates();
        }
        for (int i = 0; i < models.size(); i++) {
            if (models.get(i).matches(asked.model())) {
                return true;
            }
        }
        return false;
    }
}
