package io.aiproxy.limits;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What was counted here while the shared counts could not be reached, and that they are to learn of later: one amount for
 * each counter over time and window. Any thread.
 */
final class Owed {
    /** More is not kept: a memory that grows with an outage would turn it into another one. */
    private static final int MOST = 100_000;

    private final Spans spans;
    private final Map<Place, Amount> amounts = new ConcurrentHashMap<>();

    private record Place(String counter, long from) {}

    /**
     * An amount that somebody has to be told of.
     *
     * @param claim the counter, and how much
     * @param takenMillis a moment in the window it belongs to
     */
    record Amount(Counters.Claim claim, long takenMillis) {}

    Owed(Spans spans) {
        this.spans = spans;
    }

    boolean isEmpty() {
        return amounts.isEmpty();
    }

    /** Adds to what is owed for the time when it was taken. */
    void add(Counters.Claim claim, long takenMillis) {
        if (claim.amount() == 0 || amounts.size() >= MOST) {
            return;
        }
        amounts.merge(place(claim, takenMillis), new Amount(claim, takenMillis), Owed::sum);
    }

    private static Amount sum(Amount one, Amount other) {
        long sum = one.claim().amount() + other.claim().amount();
        return new Amount(new Counters.Claim(other.claim().counter(), sum), one.takenMillis());
    }

    /** Adds to what is owed for that time; false if nothing is. */
    boolean addIfOwed(Counters.Claim claim, long takenMillis) {
        return !amounts.isEmpty()
                && amounts.computeIfPresent(
                                place(claim, takenMillis), (place, owed) -> sum(owed, new Amount(claim, takenMillis)))
                        != null;
    }

    private Place place(Counters.Claim claim, long takenMillis) {
        return new Place(
                claim.counter().name(), spans.of(claim.counter(), takenMillis).from());
    }

    /** Forgets what is over: a window counts until the one after it has ended. */
    void prune(long nowMillis) {
        amounts.values().removeIf(amount -> !counts(amount, nowMillis));
    }

    private boolean counts(Amount amount, long nowMillis) {
        Spans.Span span = spans.of(amount.claim().counter(), amount.takenMillis());
        return nowMillis < span.until() + (span.until() - span.from());
    }

    /** Some of it, which is owed no more. */
    List<Amount> some(int most) {
        List<Amount> some = new ArrayList<>();
        Iterator<Place> places = amounts.keySet().iterator(); // sees what is there; may miss what is added meanwhile
        while (places.hasNext() && some.size() < most) {
            Amount amount = amounts.remove(places.next());
            if (amount != null && amount.claim().amount() != 0) {
                some.add(amount);
            }
        }
        return some;
    }
}
