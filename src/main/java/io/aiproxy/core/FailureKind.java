package io.aiproxy.core;

import java.util.Locale;

/**
 * Everything that can go wrong with a call, in one place: HTTP status, stable code, who is at fault and whether another
 * attempt may help all derive from here. The code is part of the public interface: clients and dashboards match on it.
 */
public enum FailureKind {
    MISSING_API_KEY(401, Origin.CALLER, Retry.NEVER),
    INVALID_API_KEY(401, Origin.CALLER, Retry.NEVER),
    KEY_EXPIRED(401, Origin.CALLER, Retry.NEVER),
    KEY_DISABLED(403, Origin.CALLER, Retry.NEVER),
    USER_DISABLED(403, Origin.CALLER, Retry.NEVER),
    IP_NOT_ALLOWED(403, Origin.CALLER, Retry.NEVER),
    CHANNEL_NOT_ALLOWED(403, Origin.CALLER, Retry.NEVER),
    CHANNEL_DISABLED(403, Origin.CALLER, Retry.NEVER),
    MODEL_NOT_ALLOWED(403, Origin.CALLER, Retry.NEVER),
    MODEL_NOT_FOUND(404, Origin.CALLER, Retry.NEVER),
    NOT_FOUND(404, Origin.CALLER, Retry.NEVER),
    METHOD_NOT_ALLOWED(405, Origin.CALLER, Retry.NEVER),
    INVALID_REQUEST(400, Origin.CALLER, Retry.NEVER),
    WEBSOCKET_NOT_SUPPORTED(400, Origin.CALLER, Retry.NEVER),
    /** The request's body stopped coming. Nothing of it was sent on, so that the caller may try again. */
    REQUEST_TIMEOUT(408, Origin.CALLER, Retry.NEVER),
    REQUEST_TOO_LARGE(413, Origin.CALLER, Retry.NEVER),
    URI_TOO_LONG(414, Origin.CALLER, Retry.NEVER),
    HEADERS_TOO_LARGE(431, Origin.CALLER, Retry.NEVER),
    /** Too many WebSockets are open with this key at the channel. Another channel may have room. */
    SOCKET_LIMIT_EXCEEDED(429, Origin.CALLER, Retry.NEXT_CANDIDATE),
    /** So many requests or tokens over a time that slides: there is room again soon. */
    RATE_LIMIT_EXCEEDED(429, Origin.CALLER, Retry.NEVER),
    /** A budget, or what a stretch of the calendar allows: there is room again when that is over. */
    QUOTA_EXCEEDED(429, Origin.CALLER, Retry.NEVER),
    /** Too many calls or WebSockets under way at the same time. */
    CONCURRENCY_LIMIT_EXCEEDED(429, Origin.CALLER, Retry.NEVER),
    /** What all callers together may send to the channel is used up. Another channel may have room. */
    CHANNEL_LIMIT_EXCEEDED(429, Origin.GATEWAY, Retry.NEXT_CANDIDATE),
    /** The counts of a limit cannot be reached, and the operator wants nothing let through without them. */
    LIMITS_UNAVAILABLE(503, Origin.GATEWAY, Retry.NEVER),
    /** The caller hung up. Never rendered; logged with nginx's status for it. */
    CLIENT_CLOSED_REQUEST(499, Origin.CALLER, Retry.NEVER),
    GATEWAY_OVERLOADED(503, Origin.GATEWAY, Retry.NEVER),
    CHANNEL_MISCONFIGURED(500, Origin.GATEWAY, Retry.NEXT_CANDIDATE),
    INTERNAL_ERROR(500, Origin.GATEWAY, Retry.NEVER),
    /** No connection: name not resolved, refused, no route, connect time-out. Nothing was sent. */
    UPSTREAM_UNREACHABLE(502, Origin.UPSTREAM, Retry.SAME_CANDIDATE),
    /** The certificate or the TLS handshake was refused. Trying the same again cannot help. */
    UPSTREAM_TLS_ERROR(502, Origin.UPSTREAM, Retry.NEXT_CANDIDATE),
    /** The connection broke after the request was sent and before a response head arrived. */
    UPSTREAM_DISCONNECTED(502, Origin.UPSTREAM, Retry.SAME_CANDIDATE),
    UPSTREAM_PROTOCOL_ERROR(502, Origin.UPSTREAM, Retry.NEXT_CANDIDATE),
    /** No response head within the channel's time; the work may be under way there, so never twice at the same place. */
    UPSTREAM_TIMEOUT(504, Origin.UPSTREAM, Retry.NEXT_CANDIDATE),
    /** Every credential that may serve the call was refused by its channel. */
    UPSTREAM_CREDENTIALS_EXHAUSTED(502, Origin.UPSTREAM, Retry.NEXT_CANDIDATE),
    /** The token that the channel wants could not be got: its token endpoint is down, slow, or refuses the credential. */
    UPSTREAM_TOKEN_UNAVAILABLE(502, Origin.UPSTREAM, Retry.NEXT_CANDIDATE),
    /** The answer broke off after its head had gone to the caller. */
    STREAM_TRUNCATED(502, Origin.UPSTREAM, Retry.NEVER),
    /** The answer fell silent, or took longer than allowed, after its head had gone to the caller. */
    STREAM_TIMEOUT(504, Origin.UPSTREAM, Retry.NEVER);

    /** Who is at fault. Sent to the caller in {@code x-aiproxy-error-origin}. */
    public enum Origin {
        CALLER,
        GATEWAY,
        UPSTREAM
    }

    /** Whether another attempt may help, as long as nothing was sent to the caller. */
    public enum Retry {
        NEVER,
        NEXT_CANDIDATE,
        SAME_CANDIDATE
    }

    private final int status;
    private final Origin origin;
    private final Retry retry;
    private final String code = name().toLowerCase(Locale.ROOT);

    FailureKind(int status, Origin origin, Retry retry) {
        this.status = status;
        this.origin = origin;
        this.retry = retry;
    }

    /** HTTP status of the gateway's own answer. */
    public int status() {
        return status;
    }

    /** Who is at fault. */
    public Origin origin() {
        return origin;
    }

    /** What another attempt may achieve. */
    public Retry retry() {
        return retry;
    }

    /** The stable code in every dialect's error body, in metrics and in the access log, e.g. {@code invalid_api_key}. */
    public String code() {
        return code;
    }
}
