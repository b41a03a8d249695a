package io.aiproxy.credentials;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.aiproxy.core.FailureException;
import io.aiproxy.core.RetryAfter;
import io.aiproxy.core.Secret;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Finds the token in an endpoint's answer (RFC 6749, 5.1), or says what the endpoint has said instead (5.2).
 *
 * @param order what it was asked for
 * @param request what it was asked with
 */
record TokenAnswer(TokenOrder order, TokenRequest request) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern NUMBER = Pattern.compile("\\s*(-?[0-9]{1,18})(?:\\.[0-9]{1,18})?\\s*");
    private static final long LONGEST_SECONDS = Duration.ofDays(3650).toSeconds();
    private static final int LONGEST_CODE = 64;

    /** An endpoint that asks for more may be well again long before, and meanwhile nobody could be served. */
    private static final Duration LONGEST_PATIENCE = Duration.ofMinutes(5);

    private static final String BYTE_ORDER_MARK = "\ufeff";

    /**
     * Where things are in an answer.
     *
     * @param token the token
     * @param expiresIn its lifetime in seconds; empty: the answer says nothing of it
     * @param required whether an answer without a lifetime is a bad one
     * @param lifetime what holds when the answer does not say
     */
    record Shape(JsonPointer token, Optional<JsonPointer> expiresIn, boolean required, Duration lifetime) {
        /** The names of OAuth 2.0. There, {@code expires_in} is recommended only. */
        static Shape oauth(Duration lifetime) {
            return new Shape(
                    JsonPointer.compile("/access_token"),
                    Optional.of(JsonPointer.compile("/expires_in")),
                    false,
                    lifetime);
        }
    }

    /**
     * The token in the answer.
     *
     * @throws FailureException UPSTREAM_TOKEN_UNAVAILABLE when there is none
     */
    Token token(TokenHttp.Answer answer, Shape shape) {
        if (answer.status() / 100 != 2) {
            throw refused(answer);
        }
        JsonNode json = json(answer.body());
        if (!json.isContainerNode()) {
            throw unavailable("has answered " + answer.status() + " with something that is not JSON");
        }
        JsonNode token = json.at(shape.token());
        if (!token.isValueNode()
                || token.isNull()
                || token.isBoolean()
                || token.asText().isBlank()) {
            throw unavailable(
                    "has answered " + answer.status() + details(json) + " without a token at " + shape.token());
        }
        String value = token.asText();
        if (!value.chars().allMatch(c -> c > ' ' && c <= '~')) {
            throw unavailable("has given a token with characters that cannot stand in a header");
        }
        return new Token(Secret.of(value), order.ticker().millis() + lifetimeMillis(json, shape));
    }

    private long lifetimeMillis(JsonNode json, Shape shape) {
        JsonNode given = shape.expiresIn().map(json::at).orElse(MissingNode.getInstance());
        if (given.isMissingNode() || given.isNull()) {
            if (shape.required()) {
                throw unavailable("has given a token without its lifetime at "
                        + shape.expiresIn().map(JsonPointer::toString).orElse(""));
            }
            return shape.lifetime().toMillis();
        }
        var number = NUMBER.matcher(given.asText());
        if (!given.isValueNode() || !number.matches()) {
            throw unavailable("has given a token whose lifetime is not a number of seconds");
        }
        long seconds = Long.parseLong(number.group(1));
        if (seconds <= 0) {
            throw unavailable("has given a token that lives " + seconds + " s");
        }
        return Math.min(seconds, LONGEST_SECONDS) * 1000;
    }

    private FailureException refused(TokenHttp.Answer answer) {
        Optional<Duration> patience = patience(answer);
        String wish = patience.map(wait -> ", and is left in peace for " + Math.max(1, wait.toSeconds()) + " s")
                .orElse("");
        return order.unavailable(request.uri(), refusal(answer) + wish, patience);
    }

    /** {@code Retry-After} of those who have too much to do (RFC 6585, 4; RFC 9110, 15.6.4), bounded. */
    private Optional<Duration> patience(TokenHttp.Answer answer) {
        if (answer.status() != 429 && answer.status() != 503) {
            return Optional.empty();
        }
        long nanos = RetryAfter.nanos(answer.head(), order.ticker().millis());
        return nanos <= 0
                ? Optional.empty()
                : Optional.of(Duration.ofNanos(Math.min(nanos, LONGEST_PATIENCE.toNanos())));
    }

    private String refusal(TokenHttp.Answer answer) {
        int status = answer.status();
        if (status == 407) {
            return "was not asked: the egress proxy refuses the gateway's login (407)";
        }
        if (status / 100 == 3) {
            return "has answered " + status + ", a redirect, which is not followed; the final URL must be configured";
        }
        String verb = status >= 500 ? "has failed with " : "has refused the credential with ";
        return (status == 429 ? "has too many requests: it answered " : verb) + status + details(json(answer.body()));
    }

    /** {@code error} and {@code error_description}, if the answer has them. */
    private String details(JsonNode json) {
        String code = Scrub.clean(json.path("error").asText(""), order, request);
        String description = Scrub.clean(json.path("error_description").asText(""), order, request);
        if (code.isEmpty() || code.length() > LONGEST_CODE) {
            return "";
        }
        return description.isEmpty() ? " (" + code + ")" : " (" + code + ": " + description + ")";
    }

    /** The body, if it is JSON. A parser's complaint quotes what it has read, so it is not told. */
    private static JsonNode json(String body) {
        try {
            JsonNode json = JSON.readTree(body.startsWith(BYTE_ORDER_MARK) ? body.substring(1) : body);
            return json == null ? MissingNode.getInstance() : json;
        } catch (JsonProcessingException notJson) {
            return MissingNode.getInstance();
        }
    }

    private FailureException unavailable(String why) {
        return order.unavailable(request.uri(), why);
    }
}
