package io.aiproxy.limits;

import java.util.List;
import java.util.concurrent.CompletionStage;

/** Keeps counts: in this process, or for several instances together. Called on event loops; must not block. */
public interface Counters extends AutoCloseable {
    /**
     * Adds to all counters or, when one of them that is no shadow would go beyond its limit, to none. Complete at once where
     * the counts are in memory. A claim of 0 asks whether anything is left: it adds nothing, and goes too far where less
     * than 1 is free.
     *
     * @param claims at least one, each of another counter
     * @param nowMillis wall clock
     * @return fails when the counts cannot be reached and one of the limits says {@code outage: refuse}
     */
    CompletionStage<Verdict> take(List<Claim> claims, long nowMillis);

    /**
     * Corrects what was taken, whatever the limits: an estimate by the real amount (over time), a call under way by its end
     * (at a moment). Never fails; what a counter has lost by then is left.
     *
     * @param claims the differences, often negative
     * @param takenMillis the wall clock when it was taken: the correction belongs into that time
     */
    void correct(List<Claim> claims, long takenMillis);

    @Override
    void close();

    /**
     * An amount at a counter.
     *
     * @param counter the counter
     * @param amount in the limit's own unit
     */
    record Claim(Counter counter, long amount) {}

    /**
     * What came of it.
     *
     * @param refused the place in the list of the claim that went too far, the one with the longest wait if several; -1: all
     *     were taken
     * @param standings of every claim's counter, in the same order, after this
     */
    record Verdict(int refused, List<Standing> standings) {
        /** Whether everything was taken. */
        public boolean taken() {
            return refused < 0;
        }
    }

    /**
     * How a counter stands.
     *
     * @param used how much of the limit is used, this claim included if it was taken
     * @param waitMillis until a refused claim could be taken, as far as is known; 0 when it was taken or nobody can know
     * @param resetMillis until nothing is used any more if nothing happens; 0 for what is counted at a moment
     */
    record Standing(long used, long waitMillis, long resetMillis) {}
}
