package io.aiproxy.config;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How the token that a channel is shown is made from a credential: {@code kind: jwt}, {@code google-service-account},
 * {@code oauth2-client-credentials} or {@code login}; {@code api-key} is none. In texts a name in braces stands for the
 * credential's own field of that name, e.g. {@code key: "{clientSecret}"}, in quotation marks, as YAML takes braces for a
 * mapping; doubled braces stand for braces. Every credential of the channel must have all fields that are named.
 * {@code ${env:…}} and {@code ${file:…}} belong to the credential and are refused here. {@code preset: flow} is a {@code jwt}
 * with HS256 and {@code key: "{clientSecret}"}, whose claims are {@code clientId}, {@code clientSecret} and {@code tenant}
 * and nothing else; {@code preset: vertex} is a {@code google-service-account} for {@code cloud-platform}. What is written
 * beside a preset takes the place of its value.
 */
public sealed interface TokenConfig {
    /** When a token is replaced before it ends, and how long its fetching may take. */
    Timing timing();

    /**
     * Times of a token.
     *
     * @param lifetime how long a token is used when nobody else says how long it lives. Default: {@code expires} of a JWT,
     *     otherwise 1h
     * @param refreshEarly a token is replaced in the background this long before its end. Default: 5m, or a fifth of
     *     {@code lifetime} where that is less
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
     * @param algorithm how it is signed: {@code HS256} (default), {@code HS384}, {@code HS512}, {@code RS256},
     *     {@code ES256}
     * @param key template of the secret (HS…) or of the private key in PEM (RS256, ES256: PKCS#8). Required
     * @param claims the payload; texts in it are templates, at any depth. Default: none
     * @param headers further fields of the token's header, templates. Default: none
     * @param issuedAt whether {@code iat} is added. Default: no
     * @param expires after how long {@code exp} says that it ends; empty: no {@code exp}. Default: none
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
     * @param scopes what the token is for. Default: {@code https://www.googleapis.com/auth/cloud-platform}
     * @param timing its times; the answer's {@code expires_in} says how long it lives
     */
    record GoogleServiceAccount(List<String> scopes, Timing timing) implements TokenConfig {}

    /**
     * An OAuth 2.0 client credentials grant (RFC 6749, 4.4).
     *
     * @param url the token endpoint. Required
     * @param auth how the client says who it is: {@code basic} (default), {@code post}, {@code private-key-jwt}
     * @param clientId template. Default: {@code "{client_id}"}
     * @param clientSecret template; for {@code private-key-jwt} of the private key in PEM. Default:
     *     {@code "{client_secret}"}, for {@code private-key-jwt} {@code "{private_key}"}
     * @param algorithm of the assertion, for {@code private-key-jwt}: {@code RS256} (default) or {@code ES256}
     * @param parameters further form fields, templates: {@code parameters: {resource: …}}; {@code scope} and
     *     {@code audience} may be written directly under {@code token}. Default: none
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
     * @param url where to. Required
     * @param method {@code POST} (default) or another
     * @param headers of the request, templates. Default: none
     * @param body templates at any depth, sent as JSON or as a form. Default: none, a missing node
     * @param form whether the body is a form. Default: no
     * @param token JSON pointer (RFC 6901) to the token in the answer, e.g. {@code /data/token}. Required
     * @param expiresIn JSON pointer to its lifetime in seconds. Default: none, it is {@code lifetime}
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
