package io.aiproxy.app;

import io.aiproxy.core.Ticker;
import io.aiproxy.edge.Policies;
import io.aiproxy.limits.Cost;
import io.aiproxy.limits.Metering;
import io.aiproxy.limits.TokenEstimate;
import io.aiproxy.usage.Pricing;

/** Where limits of money meet prices, which know nothing of each other. */
final class PricedMetering {
    private PricedMetering() {}

    /** Tokens, and what they cost with the prices in force. */
    static Metering of(Policies policies, Ticker ticker) {
        return new TokenEstimate(cost(policies), ticker);
    }

    private static Cost cost(Policies policies) {
        return spent -> policies.current()
                .prices()
                .of(new Pricing.Sale(
                        spent.channel(), spent.modelAsked(), spent.modelAnswered(), spent.usage(), spent.atMillis()))
                .amount();
    }
}
