package io.aiproxy.limits;

import io.aiproxy.core.Usage;

/** What usage costs, told by whoever knows prices. Called on event loops; must not block and must not throw. */
@FunctionalInterface
public interface Cost {
    /** Nothing costs anything. */
    Cost NOTHING = spent -> 0;

    /**
     * What was, or may be, used.
     *
     * @param channel id of the channel; empty where none is chosen yet: then the dearest that may be chosen counts
     * @param modelAsked the model that was asked for
     * @param modelAnswered the model that the answer named; empty when it names none, or is still to come
     * @param usage how much
     * @param atMillis when the call began, wall clock
     */
    record Spent(String channel, String modelAsked, String modelAnswered, Usage usage, long atMillis) {}

    /** In billionths of the currency, not negative. */
    long of(Spent spent);
}
