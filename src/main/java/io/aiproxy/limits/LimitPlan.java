package io.aiproxy.limits;

import io.aiproxy.config.LimitConfig;
import java.util.ArrayList;
import java.util.List;

/**
 * The limits of one proxy key, with those of its user and the user's groups, or of one channel: computed once per
 * configuration. Immutable.
 */
public final class LimitPlan {
    /** No limits. */
    public static final LimitPlan NONE = new LimitPlan(List.of());

    private final List<Limit> limits;

    LimitPlan(List<Limit> limits) {
        this.limits = List.copyOf(limits);
    }

    /** Whether there is nothing to look at. */
    public boolean isEmpty() {
        return limits.isEmpty();
    }

    /** All of them. */
    public List<Limit> limits() {
        return limits;
    }

    /** Those that hold for this call. */
    List<Limit> concerning(Asked asked) {
        List<Limit> concerning = new ArrayList<>(limits.size());
        for (int i = 0; i < limits.size(); i++) {
            if (limits.get(i).concerns(asked)) {
                concerning.add(limits.get(i));
            }
        }
        return concerning;
    }

    /** What this call takes of a limit. */
    static long amount(LimitConfig limit, Metering.Use use) {
        return switch (limit.quantity()) {
            case REQUESTS, CONCURRENT, SOCKETS -> 1;
            case TOKENS -> use.tokens();
            case COST -> use.cost();
        };
    }
}
