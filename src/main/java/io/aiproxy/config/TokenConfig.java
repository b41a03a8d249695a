package io.aiproxy.config;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How the token that a channel is shown is made from a credential. In texts a name in braces stands for the credential's own
 * field of that name, e.g. {@code key: "{clientSecret}"}; doubled braces stand for braces.
 */
public sealed interface TokenConfig {
    /** When a token is replaced before it ends, and how long its fetching may take. */
    Timing timing();

    /**
     * Times of a token.
     *
     * @param lifetime how long a token is used when nobody else says how long it lives. Default: 1h
     * @param refreshEarly a token is replaced in the background this long before its end. Default: 5m
     * @param timeout how long fetching one may take, connecting included. Default: 10s
     */
    record Timing(Duration lifetime, Duration refreshEarly, Duration timeout) {
        /** What holds where the file says nothing. */
        public static final Timing DEFAULT =
                new Timing(Duration.ofHours(1), Duration.ofMinutes(5), Duration.ofSeconds(10));
    }

    /** Signature algorithms (RFC 7518, 3.1). */
    enum Algorithm {
        HS256,
        HS384,
        HS512,
        RS256,
        ES256
    }

    /**
     * A JWT that the gateway itself signs (RFC 7519).
     *
     * @param algorithm how it is signed
     * @param key template of the secret (HS…) or of the private key in PEM (RS256, ES256: PKCS#8)
     * @param claims the payload; texts in it are templates, at any depth
     * @param headers further fields of the token's header, templates
     * @param issuedAt whether {@code iat} is added
     * @param expires after how long {@code exp} says that it ends; empty: no {@code exp}
     * @param timing its times; {@code lifetime} is how long it is used
     */
    record Jwt(
            Algorithm algorithm,
            String key,
            JsonNode claims,
            Map<String, String> headers,
            boolean issuedAt,
            Optional<Duration> expires,
            Timing timing)
            implements TokenConfig {}

    /**
     * An access token for a Google service account (RFC 7523 grant against the account's {@code token_uri}). The
     * credential's field {@code key_json} holds the account's key file, which {@code key_file} names in YAML.
     *
     * @param scopes what the token is for
     * @param timing its times; the answer's {@code expires_in} says how long it lives
     */
    record GoogleServiceAccount(List<String> scopes, Timing timing) implements TokenConfig {}

    /**
     * An OAuth 2.0 client credentials grant (RFC 6749, 4.4).
     *
     * @param url the token endpoint
     * @param auth how the client says who it is
     * @param clientId template
     * @param clientSecret template; for {@code PRIVATE_KEY_JWT} of the private key in PEM
     * @param algorithm of the assertion, for {@code PRIVATE_KEY_JWT}
     * @param parameters further form fields, templates: {@code scope}, {@code audience}, {@code resource} …
     * @param timing its times
     */
    record ClientCredentials(
            URI url,
            ClientAuth auth,
            String clientId,
            String clientSecret,
            Algorithm algorithm,
            Map<String, String> parameters,
            Timing timing)
            implements TokenConfig {}

    /** How a client authenticates at a token endpoint. */
    enum ClientAuth {
        /** {@code Authorization: Basic} (RFC 6749, 2.3.1). */
        BASIC,
        /** Form fields {@code client_id} and {@code client_secret}. */
        POST,
        /** A signed assertion (RFC 7523, 2.2). */
        PRIVATE_KEY_JWT
    }

    /**
     * A company's own way: a request to some URL whose answer holds a token.
     *
     * @param url where to
     * @param method {@code POST} (default) or another
     * @param headers of the request, templates
     * @param body templates at any depth, sent as JSON or as a form
     * @param form whether the body is a form
     * @param token JSON pointer (RFC 6901) to the token in the answer
     * @param expiresIn JSON pointer to its lifetime in seconds; empty: {@code timing.lifetime}
     * @param timing its times
     */
    record Login(
            URI url,
            String method,
            Map<String, String> headers,
            JsonNode body,
            boolean form,
            String token,
            Optional<String> expiresIn,
            Timing timing)
            implements TokenConfig {}
}
