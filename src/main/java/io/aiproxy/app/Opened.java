package io.aiproxy.app;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a gateway has opened so far, in order; it is closed in the opposite one. Any thread. */
final class Opened implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Opened.class);

    private final List<AutoCloseable> parts = new ArrayList<>();
    private final BooleanSupplier givenUp;

    /** @param givenUp whether nothing more is to be opened; asked whenever something was */
    Opened(BooleanSupplier givenUp) {
        this.givenUp = givenUp;
    }

    /**
     * Notes a part that is to be closed with the others.
     *
     * @return the part
     * @throws StartGivenUp when nothing more is to be opened; the part is noted all the same
     */
    <T extends AutoCloseable> T add(T part) {
        synchronized (parts) {
            parts.add(part);
        }
        goOn();
        return part;
    }

    /**
     * To be called between the longer steps of a start.
     *
     * @throws StartGivenUp when nothing more is to be opened
     */
    void goOn() {
        if (givenUp.getAsBoolean()) {
            throw new StartGivenUp();
        }
    }

    /** Closes all of them; one that cannot be closed is told and keeps none of the others. */
    @Override
    public void close() {
        List<AutoCloseable> order;
        synchronized (parts) {
            order = new ArrayList<>(parts);
            parts.clear();
        }
        for (int i = order.size() - 1; i >= 0; i--) {
            try {
                order.get(i).close();
            } catch (Exception e) {
                LOG.warn("While stopping: {}", e.toString());
            }
        }
    }
}
