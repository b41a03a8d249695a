package io.aiproxy.channels;

import io.aiproxy.config.Strategy;
import java.util.Arrays;
import java.util.BitSet;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Equals among which a strategy chooses: the channels of a group, the credentials of a channel. Any thread, without locks:
 * who is ready and in which proportion they take turns is computed when somebody's health has changed, and a choice only
 * reads it. A weight of 0 is never ready.
 */
final class Ring {
    /** Of more than these the one with the fewest calls is looked for among so many that stand together. */
    private static final int COMPARED = 32;

    private final Strategy strategy;
    private final Seat[] seats;
    private final int[] weights;
    private final Health health;
    private final AtomicInteger tickets;
    private volatile View view = View.NONE;

    /** Who is ready. */
    private static final class View {
        private static final View NONE = new View(-1, 0, 0, new int[0], Shares.NONE);

        private final long version;
        private final long madeNanos;
        private final long validNanos;
        private final int[] ready;
        private final Shares shares;

        /**
         * @param version of the health that it was made from
         * @param madeNanos when
         * @param validNanos for how long: until somebody's wait is over
         * @param ready positions among the seats, in their order
         * @param shares in which proportion they take turns, as positions in {@code ready}
         */
        View(long version, long madeNanos, long validNanos, int[] ready, Shares shares) {
            this.version = version;
            this.madeNanos = madeNanos;
            this.validNanos = validNanos;
            this.ready = ready;
            this.shares = shares;
        }
    }

    /**
     * @param strategy how is chosen
     * @param seats at least one
     * @param weights one for each, 0 or more
     */
    Ring(Strategy strategy, Seat[] seats, int[] weights, Health health) {
        this.strategy = strategy;
        this.seats = seats;
        this.weights = weights;
        this.health = health;
        // not from the first: after a reload, or with many rings, all would begin there
        this.tickets = new AtomicInteger(ThreadLocalRandom.current().nextInt(1 << 20));
    }

    /** One call's way through the ring. */
    Turn turn() {
        long now = health.now();
        View current = view;
        if (current.version != health.version() || now - current.madeNanos >= current.validNanos) {
            current = look(now);
            view = current;
        }
        return new Turn(current);
    }

    private View look(long now) {
        long version = health.version(); // before looking: what changes meanwhile is seen the next time
        long valid = Seat.UNKNOWN;
        int[] ready = new int[seats.length];
        int count = 0;
        for (int i = 0; i < seats.length; i++) {
            long wait = seats[i].waitNanos(now);
            if (wait > 0) {
                valid = Math.min(valid, wait);
            } else if (weights[i] > 0) {
                ready[count++] = i;
            }
        }
        int[] exact = Arrays.copyOf(ready, count);
        return new View(version, now, valid, exact, strategy.weighs() ? shares(exact) : Shares.NONE);
    }

    private Shares shares(int[] ready) {
        int[] of = new int[ready.length];
        for (int i = 0; i < of.length; i++) {
            of[i] = weights[ready[i]];
        }
        return Shares.of(of);
    }

    /** One call's way through the ring: first whom the strategy chooses, then the others, each once. */
    final class Turn {
        private final View mine;
        private int ticket;
        private int given;
        private int latest;
        private @Nullable BitSet taken;

        private Turn(View mine) {
            this.mine = mine;
        }

        /** The position of the next seat that is ready; -1 when all were given. */
        int next() {
            int count = mine.ready.length;
            if (given == count) {
                return -1;
            }
            if (given == 0) {
                draw(count);
            } else if (given == 1) {
                taken = new BitSet(count);
                taken.set(latest);
            }
            latest = count == 1 ? 0 : pick(count);
            given++;
            if (taken != null) {
                taken.set(latest);
            }
            return mine.ready[latest];
        }

        /** Not before somebody is asked for: a call that goes home to its session must not use up another's turn. */
        private void draw(int count) {
            boolean turns = strategy != Strategy.PRIORITY && strategy != Strategy.LATENCY;
            if (turns && count > 1) {
                ticket = tickets.getAndIncrement();
            }
        }

        private int pick(int count) {
            return switch (strategy) {
                case PRIORITY -> free(0, count);
                case ROUND_ROBIN -> free(Math.floorMod(ticket, count), count);
                case WEIGHTED -> shared(count);
                case LEAST_IN_FLIGHT -> least(count);
                case LATENCY -> faster(count);
            };
        }

        private boolean isTaken(int position) {
            return taken != null && taken.get(position);
        }

        /** The first that was not given, from {@code from} on. */
        private int free(int from, int count) {
            int at = from;
            while (isTaken(at)) {
                at = at + 1 == count ? 0 : at + 1;
            }
            return at;
        }

        private int shared(int count) {
            Shares shares = mine.shares;
            int first = shares.at(ticket);
            if (!isTaken(first)) {
                return first;
            }
            for (int i = 1; i < shares.period(); i++) {
                int at = shares.at(ticket + i);
                if (!isTaken(at)) {
                    return at;
                }
            }
            return free(latest, count);
        }

        /** As nginx' least_conn: the fewest calls for its weight; among equals those take turns by weight. */
        private int least(int count) {
            int best = -1;
            int at = given == 0 ? mine.shares.at(ticket) : free(latest, count);
            for (int i = 0; i < Math.min(count, COMPARED); i++) {
                if (!isTaken(at) && (best < 0 || fewer(at, best))) {
                    best = at;
                }
                at = at + 1 == count ? 0 : at + 1;
            }
            return best;
        }

        private boolean fewer(int one, int other) {
            int a = mine.ready[one];
            int b = mine.ready[other];
            return (long) seats[a].inFlight() * weights[b] < (long) seats[b].inFlight() * weights[a];
        }

        /** The cheaper of two at random (Mitzenmacher, "The Power of Two Choices in Randomized Load Balancing"). */
        private int faster(int count) {
            ThreadLocalRandom random = ThreadLocalRandom.current();
            int one = free(random.nextInt(count), count);
            int other = (one + 1 + random.nextInt(count - 1)) % count;
            if (isTaken(other)) {
                return one;
            }
            long now = health.now();
            return seats[mine.ready[other]].cost(now) < seats[mine.ready[one]].cost(now) ? other : one;
        }
    }
}
