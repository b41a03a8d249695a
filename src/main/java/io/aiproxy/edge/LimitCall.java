package io.aiproxy.edge;

import io.aiproxy.core.Caller;
import io.aiproxy.limits.Asked;
import io.aiproxy.limits.LimitPlan;
import io.aiproxy.limits.Limits;
import io.aiproxy.limits.Taken;
import org.apache.camel.Exchange;

/**
 * Step {@code limit}: takes the call's share of the limits of its key, user and groups, or refuses the call. What is taken
 * is bound to the life of the caller's connection.
 */
final class LimitCall extends LimitStep {
    LimitCall(Limits limits) {
        super(limits);
    }

    @Override
    LimitPlan plan(Journey journey) {
        Caller caller = journey.access().caller();
        return journey.policy().limits().of(caller);
    }

    @Override
    Asked asked(Journey journey) {
        return of(journey);
    }

    @Override
    void taken(Exchange exchange, Journey journey, Taken taken) {
        journey.limited(taken);
        if (taken.refusal().isPresent()) {
            exchange.setException(taken.refusal().get().asException());
        } else {
            journey.call().whenSettled(taken::over);
        }
    }
}
