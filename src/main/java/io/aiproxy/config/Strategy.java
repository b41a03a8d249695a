package io.aiproxy.config;

/** In which order equals are tried: channels of a group, credentials of a channel. */
public enum Strategy {
    /** As they stand in the file. */
    PRIORITY,
    /** Each in turn. */
    ROUND_ROBIN,
    /** In proportion to their weights, evenly spread; weight 0 gets nothing new. */
    WEIGHTED,
    /** The one with the fewest calls under way, in proportion to the weights. */
    LEAST_IN_FLIGHT,
    /** The one that has answered fastest lately, of two chosen at random. */
    LATENCY;

    /** Whether weights are looked at, beyond whether they are 0, which always counts. */
    public boolean weighs() {
        return this == WEIGHTED || this == LEAST_IN_FLIGHT;
    }
}
