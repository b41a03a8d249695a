package io.aiproxy.app;

import io.aiproxy.core.Ticker;
import io.aiproxy.edge.Policies;
import io.aiproxy.limits.Cost;
import io.aiproxy.limits.Counters;
import io.aiproxy.limits.LimitWatch;
import io.aiproxy.limits.Limits;
import io.aiproxy.limits.TokenEstimate;
import io.aiproxy.usage.Pricing;

/** Where limits of money meet prices, which know nothing of each other. */
final class PricedMetering {
    private PricedMetering() {}

    /**
     * Limits that count tokens, and what they cost with the prices in force.
     *
     * @param counters keep the counts
     * @param policies where the prices in force are
     * @param watch hears of limits that are met
     */
    static Limits limits(Counters counters, Policies policies, LimitWatch watch) {
        return new Limits(counters, new TokenEstimate(cost(policies), Ticker.SYSTEM), watch, Ticker.SYSTEM);
    }

    private static Cost cost(Policies policies) {
        return spent -> policies.current()
                .prices()
                .of(new Pricing.Sale(
                        spent.channel(), spent.modelAsked(), spent.modelAnswered(), spent.usage(), spent.atMillis()))
                .amount();
    }
}
