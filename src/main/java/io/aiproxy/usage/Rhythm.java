package io.aiproxy.usage;

/**
 * When the accounting thread does what. Receipts are taken, while many come, little and often, so that they are still in the
 * processor's cache, where event loops have just made them; one that lies until it is written has left it and costs
 * more. Where few come there is nothing to win, and a thread that need not wake does not. One thread.
 */
final class Rhythm {
    /** Whatever the latest write took, the next one has at least this part of the window. */
    private static final int LEAST_MARGIN = 8;

    private final int some;
    private final long shortest;
    private long last;
    private long nap;

    /**
     * @param some receipts that are taken together, about
     * @param shortest not more often than this, in nanoseconds: waking costs something, too
     * @param now nanoseconds of the clock
     */
    Rhythm(int some, long shortest, long now) {
        this.some = some;
        this.shortest = shortest;
        this.last = now;
        this.nap = Long.MAX_VALUE;
    }

    /**
     * When to write again: as late as the loss window allows, because a write costs the more for each record the fewer there
     * are. What comes while one write begins must be on disk when the next one ends, which may take twice as long as this did;
     * but half of the window is always waited for.
     *
     * @param began nanoseconds of the clock when the latest write began
     * @param took nanoseconds that it took
     * @param window the loss window in nanoseconds
     */
    static long due(long began, long took, long window) {
        return began + window - Math.min(window / 2, Math.max(window / LEAST_MARGIN, 2 * took));
    }

    /** So many receipts were taken now. */
    void took(int receipts, long now) {
        long since = Math.max(1, now - last);
        last = now;
        nap = receipts == 0 ? Long.MAX_VALUE : Math.max(shortest, (long) ((double) since / receipts * some));
    }

    /** Nanoseconds until about as many receipts as should be will be there. */
    long nap() {
        return nap;
    }
}
