package io.aiproxy.dialects;

import io.aiproxy.core.Failure;
import io.aiproxy.core.FailureKind;
import java.time.Duration;
import java.util.Optional;

/**
 * The words that each API has for what goes wrong. They derive from status and origin of a {@link FailureKind}, not from
 * the kinds themselves, so that a new kind is rendered sensibly without a change here.
 */
final class ErrorWords {
    /** A client of Google's makes five calls over half a minute at a 429; longer waits are better refused at once. */
    private static final Duration WORTH_WAITING = Duration.ofSeconds(60);

    private ErrorWords() {}

    /**
     * OpenAI's {@code error.type}. Its SDKs choose their exception by status alone; the type is for people and logs.
     * {@code upstream_error} is this gateway's: OpenAI itself has nobody behind it.
     */
    static String openAiType(int status, FailureKind.Origin origin) {
        if (origin == FailureKind.Origin.UPSTREAM) {
            return "upstream_error";
        }
        return switch (status) {
            case 401 -> "authentication_error";
            case 403 -> "permission_error";
            case 429 -> "rate_limit_error";
            default -> status < 500 ? "invalid_request_error" : "server_error";
        };
    }

    /** As above; a quota has OpenAI's own word, by which gateways in front of this one know that waiting does not help. */
    static String openAiType(FailureKind kind) {
        return kind == FailureKind.QUOTA_EXCEEDED ? "insufficient_quota" : openAiType(kind.status(), kind.origin());
    }

    /** Anthropic's {@code error.type}: platform.claude.com/docs/en/api/errors. */
    static String anthropicType(int status) {
        return switch (status) {
            case 401 -> "authentication_error";
            case 402 -> "billing_error";
            case 403 -> "permission_error";
            case 404 -> "not_found_error";
            case 413 -> "request_too_large";
            case 429 -> "rate_limit_error";
            case 503 -> "overloaded_error";
            case 504 -> "timeout_error";
            default -> status < 500 ? "invalid_request_error" : "api_error";
        };
    }

    /** Google's {@code error.status}: the names of google.rpc.Code with the HTTP statuses that belong to them. */
    static String googleStatus(int status) {
        return switch (status) {
            case 401 -> "UNAUTHENTICATED";
            case 403 -> "PERMISSION_DENIED";
            case 404 -> "NOT_FOUND";
            case 429 -> "RESOURCE_EXHAUSTED";
            case 502, 503 -> "UNAVAILABLE";
            case 504 -> "DEADLINE_EXCEEDED";
            default -> status < 500 ? "INVALID_ARGUMENT" : "INTERNAL";
        };
    }

    /** DashScope's {@code code}: help.aliyun.com/en/model-studio/error-code-start. */
    static String dashScopeCode(int status, FailureKind kind) {
        return switch (status) {
            case 401 -> "InvalidApiKey";
            case 403 -> kind == FailureKind.IP_NOT_ALLOWED ? "IpNotAllowed" : "AccessDenied";
            case 404 -> kind == FailureKind.MODEL_NOT_FOUND ? "ModelNotFound" : "NotFound";
            case 429 -> "Throttling";
            case 503 -> "ServiceUnavailable";
            case 504 -> "RequestTimeOut";
            default -> status < 500 ? "InvalidParameter" : "InternalError";
        };
    }

    /**
     * The HTTP status for a caller who speaks Google's dialect: google-genai repeats a 429 four times over up to 44
     * seconds and heeds no header, so one that lasts longer is told as 403.
     */
    static int statusForGoogle(int status, Optional<Duration> retryAfter) {
        boolean soon = retryAfter.isPresent() && retryAfter.get().compareTo(WORTH_WAITING) <= 0;
        return status == 429 && !soon ? 403 : status;
    }

    /**
     * Whether the caller's SDK should be told not to try again by itself: refusals stay refusals, and what the gateway has
     * already tried at every channel would only be multiplied. Not when it is known that a retry will soon help, nor when
     * this instance is busy or going away. openai-node sleeps through any {@code Retry-After}, so above a minute the SDK is
     * told not to.
     */
    static boolean futile(Failure failure) {
        return failure.retryAfter()
                .map(wait -> wait.compareTo(WORTH_WAITING) > 0)
                .orElse(failure.kind().status() != 503 && failure.kind().status() != 408);
    }
}
