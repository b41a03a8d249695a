package io.aiproxy.core;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** How a call ended. */
public enum Ending {
    /** A complete answer below status 400 reached the caller. */
    OK,
    /** The channel or the gateway answered with a 4xx that is the caller's to mend. */
    CALLER_ERROR,
    /** The gateway refused: no right, no key, no room. */
    REFUSED,
    /** No channel gave a usable answer. */
    CHANNEL_ERROR,
    /** The caller hung up first. */
    CANCELLED,
    /** The answer broke off in the middle. */
    TRUNCATED,
    /** The channel was silent too long, before or after its head, or the caller within its request. */
    TIMED_OUT,
    /** The gateway itself failed. */
    GATEWAY_ERROR;

    private final String tag = name().toLowerCase(Locale.ROOT);

    /** How a call ended whose answer reached the caller whole, or was refused or broken by {@code failure}. */
    public static Ending of(int status, @Nullable FailureKind failure) {
        if (failure != null) {
            return of(failure);
        }
        if (status < 400) {
            return OK;
        }
        return status >= 500 || status == 429 ? CHANNEL_ERROR : CALLER_ERROR;
    }

    private static Ending of(FailureKind failure) {
        return switch (failure) {
            case CLIENT_CLOSED_REQUEST -> CANCELLED;
            case STREAM_TRUNCATED -> TRUNCATED;
            case STREAM_TIMEOUT, UPSTREAM_TIMEOUT, REQUEST_TIMEOUT -> TIMED_OUT;
            case INVALID_REQUEST, URI_TOO_LONG, HEADERS_TOO_LARGE, REQUEST_TOO_LARGE, NOT_FOUND, METHOD_NOT_ALLOWED ->
                CALLER_ERROR;
            case INTERNAL_ERROR, CHANNEL_MISCONFIGURED -> GATEWAY_ERROR;
            default -> failure.origin() == FailureKind.Origin.UPSTREAM ? CHANNEL_ERROR : REFUSED;
        };
    }

    /** The word used in the access log and in metrics. */
    public String tag() {
        return tag;
    }
}
