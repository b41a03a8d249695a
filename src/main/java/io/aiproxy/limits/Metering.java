package io.aiproxy.limits;

import io.aiproxy.core.Receipt;
import io.aiproxy.core.Usage;

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

        private static final long BILLIONTHS = 1_000;

        /**
         * What this uses. Limits count millionths: a part of one counts as one, or calls that cost very little could be made
         * for ever.
         *
         * @param usage tokens
         * @param billionths what it costs, in billionths of the currency
         */
        public static Use of(Usage usage, long billionths) {
            long whole = billionths / BILLIONTHS;
            return new Use(
                    usage.inputTokens() + usage.outputTokens(), billionths % BILLIONTHS == 0 ? whole : whole + 1);
        }
    }

    /** What the call may use, before it has begun. */
    Use before(Asked asked);

    /** What it has used, now that it is over. */
    Use after(Asked asked, Receipt receipt);
}
