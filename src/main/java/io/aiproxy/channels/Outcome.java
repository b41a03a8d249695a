package io.aiproxy.channels;

import io.aiproxy.core.Failure;
import io.aiproxy.core.Headers;
import io.aiproxy.core.RetryAfter;

/** What became of one attempt, before anything was sent to the caller. */
public sealed interface Outcome {

    /**
     * A response head arrived.
     *
     * @param status its HTTP status
     * @param retryAfterNanos how long the channel asks to wait; negative when it does not say
     * @param mayRepeat false when the channel forbids another try of the same ({@code x-should-retry: false})
     * @param bodyPrefix the beginning of an error body where {@link FailoverPlan#wantsBodyPrefix} asked for it, otherwise
     *     empty
     */
    record Response(int status, long retryAfterNanos, boolean mayRepeat, String bodyPrefix) implements Outcome {}

    /**
     * There was no response.
     *
     * @param failure why
     */
    record Failed(Failure failure) implements Outcome {}

    /**
     * A response head arrived; its headers are read only if the status is an error's.
     *
     * @param nowMillis wall clock, because {@code Retry-After} may be a date
     */
    static Outcome response(int status, Headers headers, long nowMillis, String bodyPrefix) {
        if (status < 400) {
            return new Response(status, RetryAfter.UNKNOWN, true, "");
        }
        String shouldRetry = headers.get("x-should-retry");
        boolean mayRepeat = shouldRetry == null || !shouldRetry.strip().equalsIgnoreCase("false");
        return new Response(status, RetryAfter.nanos(headers, nowMillis), mayRepeat, bodyPrefix);
    }

    /** There was no response. */
    static Outcome failed(Failure failure) {
        return new Failed(failure);
    }
}
