package io.aiproxy.channels;

import io.aiproxy.core.FailureKind;

/** How an outcome is to be taken; see {@link FailoverPlan}. */
enum OutcomeKind {
    /** The credential is of no use: refused, or without money. */
    DEAD,
    /** The credential is asked too much at the moment. */
    THROTTLED,
    /** Nothing was sent, because the gateway's own limits leave no room at the channel at the moment. */
    FULL,
    /** A failure of the channel that may pass. */
    PASSING,
    /** A failure of the channel that the same request would meet again. */
    STAYING,
    /** An answer, good or bad, that no other attempt would better. */
    FINAL;

    static OutcomeKind of(Outcome outcome) {
        if (outcome instanceof Outcome.Failed failed) {
            if (failed.failure().kind() == FailureKind.CHANNEL_LIMIT_EXCEEDED) {
                return FULL;
            }
            return switch (failed.failure().kind().retry()) {
                case NEVER -> FINAL;
                case NEXT_CANDIDATE -> STAYING;
                case SAME_CANDIDATE -> PASSING;
            };
        }
        Outcome.Response response = (Outcome.Response) outcome;
        int status = response.status();
        if (status < 400) {
            return FINAL;
        }
        if (status == 401 || status == 402 || status == 403) {
            return DEAD;
        }
        if (status == 429) {
            // OpenAI: https://platform.openai.com/docs/guides/error-codes, "You exceeded your current quota"
            return response.bodyPrefix().contains("insufficient_quota") ? DEAD : THROTTLED;
        }
        if (status == 400) {
            // Anthropic: invalid_request_error, "Your credit balance is too low to access the Anthropic API"
            return response.bodyPrefix().contains("credit balance is too low") ? DEAD : FINAL;
        }
        return status < 500 ? FINAL : PASSING;
    }
}
