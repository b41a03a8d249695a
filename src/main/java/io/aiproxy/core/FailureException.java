package io.aiproxy.core;

import org.jspecify.annotations.Nullable;

/** A {@link Failure} on its way through a route to {@code routes/errors}, where it is rendered. */
public final class FailureException extends RuntimeException {
    private final transient Failure failure;

    FailureException(Failure failure, @Nullable Throwable cause) {
        super(failure.message(), cause, false, false);
        this.failure = failure;
    }

    /** What went wrong. */
    public Failure failure() {
        return failure;
    }
}
