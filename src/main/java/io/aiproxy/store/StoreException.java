package io.aiproxy.store;

import java.io.Serial;

/** A store cannot do what was asked. Its message says in plain words what to do, and holds no secret. */
public final class StoreException extends Exception {
    @Serial
    private static final long serialVersionUID = 1;

    /** What is the matter. */
    public enum Why {
        /** Somebody else has changed the configuration since it was read. Read again. */
        CONFLICT,
        /** There is no such version. */
        NOT_FOUND,
        /** The disk or the database cannot be reached, or refuses. Nothing was changed. */
        UNAVAILABLE
    }

    private final Why why;

    /** @param message for the administrator */
    public StoreException(Why why, String message) {
        super(message);
        this.why = why;
    }

    /** @param message for the administrator */
    public StoreException(Why why, String message, Throwable cause) {
        super(message, cause);
        this.why = why;
    }

    /** What is the matter. */
    public Why why() {
        return why;
    }
}
