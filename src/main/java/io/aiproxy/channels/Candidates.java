package io.aiproxy.channels;

import java.util.Iterator;
import java.util.List;

/**
 * The candidates of one call, in the order in which they are to be tried. The order is made as they are asked for: most
 * calls need only the first of what may be thousands. Confined to the call's event loop.
 */
public interface Candidates {
    /** How many there are in all, those that were given already included. */
    int size();

    /**
     * The next one. Each is given once.
     *
     * @throws java.util.NoSuchElementException when all were given
     */
    Candidate next();

    /** These, in this order. */
    static Candidates of(List<Candidate> list) {
        Iterator<Candidate> rest = list.iterator();
        return new Candidates() {
            @Override
            public int size() {
                return list.size();
            }

            @Override
            public Candidate next() {
                return rest.next();
            }
        };
    }
}
