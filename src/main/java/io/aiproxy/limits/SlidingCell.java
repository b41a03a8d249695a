package io.aiproxy.limits;

import java.util.Optional;

/**
 * A sliding window as two fixed ones: what the current window has counted and the part of the previous one that the last
 * {@code length} still covers, as if it had been spread evenly. Windows begin at multiples of their length since 1970, so
 * that all instances agree about them.
 */
final class SlidingCell extends Cell {
    private final long length;
    private long window;
    private long current;
    private long previous;
    /** The time of the latest advance, within the window. */
    private long elapsed;

    /** @param length of the window in milliseconds */
    SlidingCell(long length) {
        this.length = length;
    }

    @Override
    void advance(long nowMillis) {
        long now = Math.floorDiv(nowMillis, length);
        if (now == window - 1) { // another thread has looked at its clock a moment earlier
            elapsed = 0;
            return;
        }
        if (now < window) { // the clock was set back: the counts go with it
            window = now;
        } else if (now > window) {
            previous = now == window + 1 ? current : 0;
            current = 0;
            window = now;
        }
        elapsed = Math.floorMod(nowMillis, length);
    }

    @Override
    long used() {
        return current + weighted(previous, length - elapsed);
    }

    /** The share of a window's count that lies in its last {@code left} milliseconds; rounded up, so never too lenient. */
    private long weighted(long count, long left) {
        return count == 0 ? 0 : (long) Math.ceil((double) count * left / length);
    }

    @Override
    void add(long amount) {
        current = Math.max(0, current + amount);
    }

    @Override
    void correct(long amount, long takenMillis) {
        long taken = Math.floorDiv(takenMillis, length);
        if (taken == window) {
            add(amount);
        } else if (taken == window - 1) {
            previous = Math.max(0, previous + amount);
        }
    }

    @Override
    long waitMillis(long amount, long most, long nowMillis) {
        long needed = Math.max(1, amount);
        if (needed > most || fits(amount, most)) {
            return 0;
        }
        long room = most - needed;
        long remaining = length - elapsed;
        if (current <= room) { // the previous window's part only has to shrink
            return remaining - leftAt(room - current, previous);
        }
        return remaining + length - leftAt(room, current);
    }

    /** With how many milliseconds left a window's count weighs no more than {@code room}. */
    private long leftAt(long room, long count) {
        return Math.min(length, (long) Math.floor((double) room * length / count));
    }

    @Override
    long resetMillis(long nowMillis) {
        long remaining = length - elapsed;
        if (current > 0) {
            return remaining + length;
        }
        return previous > 0 ? remaining : 0;
    }

    @Override
    boolean idle(long nowMillis) {
        advance(nowMillis);
        return current == 0 && previous == 0;
    }

    @Override
    Optional<SavedCount> saved(String name) {
        long from = window * length;
        return worthKeeping(length)
                ? Optional.of(new SavedCount(name, from, from + 2 * length, current, previous))
                : Optional.empty();
    }

    @Override
    void restore(SavedCount saved, long nowMillis) {
        window = Math.floorDiv(saved.fromMillis(), length);
        current = saved.used();
        previous = saved.before();
        advance(nowMillis);
    }
}
