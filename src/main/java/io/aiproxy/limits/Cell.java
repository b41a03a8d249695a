package io.aiproxy.limits;

import io.aiproxy.config.LimitConfig;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One counter's count in this process. Every method but the constructor is called while {@link #lock} is held, which is
 * never for longer than some additions.
 */
abstract class Cell {
    private static final AtomicLong MADE = new AtomicLong();

    /** Whoever needs several cells at once locks them in this order, so that nobody waits for each other. */
    final long order = MADE.getAndIncrement();

    final ReentrantLock lock = new ReentrantLock();

    /** It was forgotten: what is counted here would be counted nowhere. */
    boolean forgotten;

    /** A cell with nothing in it, for what this limit counts. */
    static Cell of(LimitConfig limit) {
        LimitConfig.Window window = limit.window().orElse(null);
        if (window instanceof LimitConfig.Sliding sliding) {
            return new SlidingCell(Math.max(1, sliding.length().toMillis()));
        }
        return window instanceof LimitConfig.Calendar calendar ? new CalendarCell(calendar) : new MomentCell();
    }

    /** Moves to this time: what is over counts no more. */
    abstract void advance(long nowMillis);

    /** How much is used, at the time of the latest {@link #advance}. */
    abstract long used();

    /** Adds; less than nothing is left never. */
    abstract void add(long amount);

    /** Adds to the time when something was taken; nothing if that time is over. */
    abstract void correct(long amount, long takenMillis);

    /** Milliseconds until {@code amount} more would fit into {@code most}; 0: now, or nobody can know. */
    abstract long waitMillis(long amount, long most, long nowMillis);

    /** Milliseconds until nothing is used any more. */
    abstract long resetMillis(long nowMillis);

    /** Whether it could be forgotten without anybody noticing. */
    abstract boolean idle(long nowMillis);

    /** What is to be kept over a restart; empty for what is short or holds for this process alone. */
    abstract Optional<SavedCount> saved(String name);

    /** Takes over what was kept, as far as it still counts. */
    abstract void restore(SavedCount saved, long nowMillis);

    /** Windows shorter than this are over before a restarted gateway has customers again. */
    static boolean worthKeeping(long windowMillis) {
        return windowMillis >= 3_600_000;
    }

    /** Whether this fits; a claim of nothing asks for room for one. */
    final boolean fits(long amount, long most) {
        long free = most - used();
        return Math.max(1, amount) <= free;
    }
}
