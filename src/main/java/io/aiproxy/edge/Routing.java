package io.aiproxy.edge;

import io.aiproxy.channels.Candidate;
import io.aiproxy.channels.Choice;
import io.aiproxy.channels.FailoverPlan;
import io.aiproxy.channels.Order;

/**
 * Where a call may go and how far it has got.
 *
 * @param choice what the rules allow, and the target without a channel's prefix
 * @param order in which order that is tried
 * @param plan the state of its attempts
 */
record Routing(Choice choice, Order order, FailoverPlan plan) {
    /** Who is tried next, or was tried last. */
    Candidate candidate() {
        return plan.current();
    }
}
