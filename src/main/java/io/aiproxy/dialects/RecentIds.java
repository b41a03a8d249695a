package io.aiproxy.dialects;

import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Set;

/** The last ids that were seen, so that what is said twice counts once; bounded, because a socket may live for hours. */
final class RecentIds {
    private static final int MOST = 256;
    private static final int LONGEST = 256;

    private final Set<String> known = new HashSet<>();
    private final ArrayDeque<String> order = new ArrayDeque<>();

    /** Whether an id is new. Of an absurdly long one only the beginning counts. */
    boolean add(String id) {
        String key = id.length() <= LONGEST ? id : id.substring(0, LONGEST);
        if (!known.add(key)) {
            return false;
        }
        order.add(key);
        if (order.size() > MOST) {
            known.remove(order.remove());
        }
        return true;
    }
}
