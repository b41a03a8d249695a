package io.aiproxy.core;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One thing that went wrong with a call.
 *
 * @param kind what sort of failure; decides status, code and retry
 * @param message a sentence for the caller; names what to do where that is known, never contains a credential
 * @param retryAfter when the same request may succeed, if that is known
 */
public record Failure(FailureKind kind, String message, Optional<Duration> retryAfter) {

    /** A failure without a known end. */
    public static Failure of(FailureKind kind, String message) {
        return new Failure(kind, message, Optional.empty());
    }

    /** This failure as an exception for stages of a route; carries no stack trace, because it is not a defect. */
    public FailureException asException() {
        return new FailureException(this, null);
    }

    /** As {@link #asException()}, keeping what caused it for the log. */
    public FailureException asException(@Nullable Throwable cause) {
        return new FailureException(this, cause);
    }
}
