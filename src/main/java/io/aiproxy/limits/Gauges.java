package io.aiproxy.limits;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * What this instance itself has under way, by counter. That is the truth; what Redis has put down to this instance is a copy,
 * which goes wrong when Redis loses its memory, when messages are lost, or when calls go on without it. So both are compared
 * from time to time, exactly, although calls come and go meanwhile: Redis does what comes over one connection in order, and
 * its answers are heard in that order. At the moment when it told its number it had done all that it has answered before,
 * and of what is never waited for (ends of calls, corrections) all that was sent before the question.
 *
 * <p>Any thread. The lock is held for as long as it takes to put a message into a connection's queue.
 */
final class Gauges {
    /** So many are compared at once: a question about more would keep Redis from its work. */
    private static final int MOST = 1_000;

    private final ReentrantLock lock = new ReentrantLock();
    /** Those first that were not compared for the longest time. */
    private final Map<String, Held> held = new LinkedHashMap<>();

    /** One counter's. */
    private static final class Held {
        Counter counter;
        /** Under way here. */
        long own;
        /** All that Redis was told to add without anybody waiting for its answer. */
        long told;
        /** By how much Redis seemed to be wrong the last time. */
        long suspected;

        Held(Counter counter) {
            this.counter = counter;
        }
    }

    /**
     * What Redis is asked for.
     *
     * @param counters which
     * @param told of each, all that was told when the question was sent
     */
    record Question(List<Counter> counters, List<Long> told) {}

    private static boolean concerns(Counters.Claim claim) {
        return !claim.counter().limit().quantity().overTime();
    }

    private Held of(Counter counter) {
        Held known = held.computeIfAbsent(counter.name(), name -> new Held(counter));
        known.counter = counter;
        return known;
    }

    /** These are under way here from now on (or, if less than nothing, no more), and Redis knows or will be asked. */
    void add(List<Counters.Claim> claims) {
        lock.lock();
        try {
            for (int i = 0; i < claims.size(); i++) {
                if (concerns(claims.get(i))) {
                    Held one = of(claims.get(i).counter());
                    one.own = Math.max(0, one.own + claims.get(i).amount());
                }
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Tells Redis to add these.
     *
     * @param here whether what is under way here changes by it
     * @param send sends it and does not wait; says whether it was sent
     */
    void tell(List<Counters.Claim> claims, boolean here, Predicate<List<Counters.Claim>> send) {
        lock.lock();
        try {
            if (here) {
                add(claims);
            }
            if (send.test(claims)) {
                told(claims);
            }
        } finally {
            lock.unlock();
        }
    }

    private void told(List<Counters.Claim> claims) {
        for (int i = 0; i < claims.size(); i++) {
            if (concerns(claims.get(i))) {
                of(claims.get(i).counter()).told += claims.get(i).amount();
            }
        }
    }

    /** Whether any of these is counted at a moment. */
    static boolean among(List<Counters.Claim> claims) {
        for (int i = 0; i < claims.size(); i++) {
            if (concerns(claims.get(i))) {
                return true;
            }
        }
        return false;
    }

    /** Asks Redis for what it has put down to this instance. */
    Question ask(Consumer<Question> send) {
        lock.lock();
        try {
            List<Held> first = held.values().stream().limit(MOST).toList();
            List<Counter> counters = new ArrayList<>(first.size());
            List<Long> told = new ArrayList<>(first.size());
            for (Held one : first) {
                told.add(one.told);
                counters.add(one.counter);
                held.remove(one.counter.name());
                held.put(one.counter.name(), one);
            }
            Question question = new Question(counters, told);
            send.accept(question);
            return question;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Redis has answered, in the order of the question: it is told by how much it is wrong. While calls use it, only what
     * it was wrong by the last time too: where a call's own answer is dealt with late, a difference shows that is none.
     *
     * @param sure whether no call uses it
     */
    void answered(Question question, List<Long> numbers, boolean sure, Consumer<List<Counters.Claim>> send) {
        lock.lock();
        try {
            List<Counters.Claim> differences = new ArrayList<>();
            for (int i = 0; i < question.counters().size(); i++) {
                Counter counter = question.counters().get(i);
                Held one = of(counter);
                long since = one.told - question.told().get(i);
                long difference = one.own - since - numbers.get(i);
                if (difference == 0 && one.own == 0 && since == 0) {
                    held.remove(counter.name());
                }
                if (difference != 0 && (sure || difference == one.suspected)) {
                    differences.add(new Counters.Claim(counter, difference));
                    difference = 0;
                }
                one.suspected = difference;
            }
            if (!differences.isEmpty()) {
                send.accept(differences);
                told(differences);
            }
        } finally {
            lock.unlock();
        }
    }
}
