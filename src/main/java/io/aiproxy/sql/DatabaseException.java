package io.aiproxy.sql;

import java.io.Serial;

/** A database cannot be reached, or refuses. Its message says so in plain words, and holds no secret. */
public final class DatabaseException extends Exception {
    @Serial
    private static final long serialVersionUID = 1;

    /** What is the matter. */
    public enum Why {
        /** Somebody else was first: the same may work when it is tried again at once. */
        MET,
        /** It cannot be reached, or is busy: the same may work later. */
        AWAY,
        /** It will not work until somebody has done something. */
        REFUSED
    }

    private final Why why;

    /** @param message for the administrator */
    public DatabaseException(Why why, String message) {
        super(message);
        this.why = why;
    }

    /** @param message for the administrator */
    public DatabaseException(Why why, String message, Throwable cause) {
        super(message, cause);
        this.why = why;
    }

    /** What is the matter. */
    public Why why() {
        return why;
    }
}
