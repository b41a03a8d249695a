package io.aiproxy.channels;

import io.aiproxy.core.Ticker;

/**
 * What balancing remembers beyond a configuration snapshot: how everybody does, and where sessions are at home. One per
 * process. Any thread.
 */
public final class Balancer {
    private final Health health;
    private final Sessions sessions;

    /** Nothing is remembered yet. */
    public Balancer(Ticker ticker) {
        this.health = new Health(ticker);
        this.sessions = new Sessions(ticker);
    }

    /** How everybody does. */
    public Health health() {
        return health;
    }

    Sessions sessions() {
        return sessions;
    }

    /**
     * The candidates of a choice in the order in which they are to be tried; see {@link Order}.
     *
     * @param names asked only when a group of the choice keeps sessions together
     */
    public Order order(Choice choice, SessionNames names) {
        return new Order(choice.options(), this, names);
    }
}
