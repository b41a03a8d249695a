package io.aiproxy.limits;

import io.aiproxy.core.Receipt;

/** How many tokens and how much money a call uses. Called on event loops; must not block. */
public interface Metering {
    /**
     * What a call uses.
     *
     * @param tokens of input and output together
     * @param cost in millionths of the currency; 0 where nobody knows prices
     */
    record Use(long tokens, long cost) {
        /** Nothing. */
        public static final Use NOTHING = new Use(0, 0);
    }

    /** What the call may use, before it has begun. */
    Use before(Asked asked);

    /** What it has used, now that it is over. */
    Use after(Asked asked, Receipt receipt);
}
