package io.aiproxy.edge;

import io.aiproxy.channels.Candidate;
import io.aiproxy.channels.Choice;
import io.aiproxy.channels.FailoverPlan;

/**
 * Where a call may go and how far it has got.
 *
 * @param choice the candidates and the target without a channel's prefix
 * @param plan the state of its attempts
 */
record Routing(Choice choice, FailoverPlan plan) {
    /** Who is tried next, or was tried last. */
    Candidate candidate() {
        return plan.current();
    }
}
