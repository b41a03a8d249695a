package io.aiproxy.limits;

import java.util.Optional;

/** What there is at the moment: it goes up and down again, and knows no time. */
final class MomentCell extends Cell {
    private long used;

    @Override
    void advance(long nowMillis) {
        // nothing is over by itself
    }

    @Override
    long used() {
        return used;
    }

    @Override
    void add(long amount) {
        used = Math.max(0, used + amount);
    }

    @Override
    void correct(long amount, long takenMillis) {
        add(amount);
    }

    @Override
    long waitMillis(long amount, long most, long nowMillis) {
        return 0;
    }

    @Override
    long resetMillis(long nowMillis) {
        return 0;
    }

    @Override
    boolean idle(long nowMillis) {
        return used == 0;
    }

    @Override
    Optional<SavedCount> saved(String name) {
        return Optional.empty(); // what was under way ends with the process
    }

    @Override
    void restore(SavedCount saved, long nowMillis) {
        // never saved
    }
}
