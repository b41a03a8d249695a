package io.aiproxy.usage;

import io.aiproxy.core.Receipt;
import io.aiproxy.core.Usage;
import java.util.Optional;

/** What usage costs. Immutable; any thread; never throws. */
@FunctionalInterface
public interface Pricing {
    /** Nothing has a price. */
    Pricing NONE = sale -> Price.UNKNOWN;

    /**
     * What is to be paid for.
     *
     * @param channel id of the channel; empty where none is chosen yet: then it is as dear as it can become
     * @param modelAsked the model that the caller named, which is tried second
     * @param modelAnswered the model that the answer named, which is tried first; empty when it names none
     * @param usage what was used
     * @param atMillis when the call began, wall clock
     */
    record Sale(String channel, String modelAsked, String modelAnswered, Usage usage, long atMillis) {
        /**
         * What a call has to be paid for; empty where there is nothing: it reached no channel, or failed without using
         * anything, or was about no model.
         *
         * @param usage what was used, told or estimated
         */
        public static Optional<Sale> of(Receipt receipt, Usage usage) {
            boolean answered = receipt.status() < 400 && !receipt.model().isEmpty();
            if (receipt.channel().isEmpty() || (usage.isNone() && !answered)) {
                return Optional.empty();
            }
            return Optional.of(new Sale(
                    receipt.channel(), receipt.model(), receipt.modelAnswered(), usage, receipt.startedMillis()));
        }
    }

    /**
     * What it costs.
     *
     * @param amount in billionths of the currency
     * @param currency three letters; empty when the price is unknown
     * @param known whether there is a price
     */
    record Price(long amount, String currency, boolean known) {
        /** There is no price for this. */
        public static final Price UNKNOWN = new Price(0, "", false);
    }

    /** What this costs. */
    Price of(Sale sale);
}
