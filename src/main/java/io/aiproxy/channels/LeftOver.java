package io.aiproxy.channels;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Candidates that nobody has called ready, those first who are back first, of equals in their order. There may be ten
 * thousand, when a provider is down, and then every call comes here: a heap of numbers. Confined to a call's event loop.
 */
final class LeftOver {
    private final Candidate[] candidates;
    private final long[] waits;
    private final int[] heap;
    private int size;

    /**
     * @param given those that are no candidates any more
     */
    LeftOver(Options options, Set<Candidate> given, long nowNanos) {
        candidates = new Candidate[options.size()];
        waits = new long[candidates.length];
        heap = new int[candidates.length];
        for (Tier tier : options.tiers()) {
            for (Entry member : tier.members()) {
                List<Candidate> all = member.candidates();
                for (int i = 0; i < all.size(); i++) {
                    add(all.get(i), given, nowNanos);
                }
            }
        }
        for (int i = size / 2 - 1; i >= 0; i--) {
            sink(i);
        }
    }

    private void add(Candidate candidate, Set<Candidate> given, long nowNanos) {
        if (given.isEmpty() || !given.contains(candidate)) {
            candidates[size] = candidate;
            waits[size] = candidate.health().waitNanos(nowNanos);
            heap[size] = size;
            size++;
        }
    }

    /** The next one; null when there is none any more. */
    @Nullable
    Candidate poll() {
        if (size == 0) {
            return null;
        }
        Candidate first = candidates[heap[0]];
        heap[0] = heap[--size];
        sink(0);
        return first;
    }

    private void sink(int from) {
        int at = from;
        int moving = heap[at];
        while (2 * at + 1 < size) {
            int child = 2 * at + 1;
            if (child + 1 < size && before(heap[child + 1], heap[child])) {
                child++;
            }
            if (!before(heap[child], moving)) {
                break;
            }
            heap[at] = heap[child];
            at = child;
        }
        heap[at] = moving;
    }

    private boolean before(int one, int other) {
        return waits[one] != waits[other] ? waits[one] < waits[other] : one < other;
    }
}
