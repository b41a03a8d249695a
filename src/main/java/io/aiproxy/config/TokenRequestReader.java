package io.aiproxy.config;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.aiproxy.config.TokenConfig.Algorithm;
import io.aiproxy.config.TokenConfig.ClientAuth;
import java.net.URI;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Tokens that a server is asked for: {@code oauth2-client-credentials} and {@code login}. */
final class TokenRequestReader {
    /** Stands in for a URL that could not be read, so that the rest is read and its problems are told. */
    private static final URI NOWHERE = URI.create("https://invalid.invalid");

    /** Form fields that the gateway makes itself (RFC 6749, 4.4.2; RFC 7521, 4.2). */
    private static final Set<String> GRANT_FIELDS =
            Set.of("grant_type", "client_id", "client_secret", "client_assertion", "client_assertion_type");

    private static final Set<String> WITHOUT_BODY = Set.of("GET", "HEAD");

    private final NodeReader token;
    private final Templates templates;
    private final Set<String> pem;

    TokenRequestReader(NodeReader token, Templates templates, Set<String> pem) {
        this.token = token;
        this.templates = templates;
        this.pem = pem;
    }

    TokenConfig grant() {
        URI url = url("the token endpoint, e.g. https://login.example.com/oauth2/token");
        ClientAuth auth = token.choice("auth", ClientAuth.class, ClientAuth.BASIC);
        boolean assertion = auth == ClientAuth.PRIVATE_KEY_JWT;
        Algorithm algorithm = token.choice("algorithm", Algorithm.class, Algorithm.RS256);
        if (token.has("algorithm") && !assertion) {
            token.problem("algorithm", "belongs to auth: private-key-jwt");
        } else if (assertion && algorithm != Algorithm.RS256 && algorithm != Algorithm.ES256) {
            token.problem("algorithm", "must be RS256 or ES256: the client signs with its private key");
        }
        String id = templates.text(token, "client_id", "{client_id}");
        String secret = templates.secret(token, "client_secret", assertion ? "{private_key}" : "{client_secret}");
        if (assertion) {
            TokenReader.privateKey(secret, pem);
        }
        return new TokenConfig.ClientCredentials(
                url, auth, id, secret, algorithm, parameters(), TokenReader.timing(token, Optional.empty()));
    }

    private Map<String, String> parameters() {
        Map<String, Text> given = templates.map(token, "parameters");
        Map<String, String> parameters = new LinkedHashMap<>();
        for (String key : new String[] {"scope", "audience"}) {
            String value = templates.text(token, key, "");
            if (token.has(key)) {
                parameters.put(key, value);
                Optional.ofNullable(given.get(key))
                        .ifPresent(again ->
                                again.problem("is also given as " + key + " of the token; remove one of them"));
            }
        }
        given.forEach((name, text) -> {
            if (name.isBlank()) {
                text.problem("has no name");
            } else if (GRANT_FIELDS.contains(name.toLowerCase(Locale.ROOT))) {
                text.problem("this form field is made by the gateway; the client is client_id and client_secret of the "
                        + "token, how it is shown is auth");
            }
            parameters.putIfAbsent(name, text.value());
        });
        return Collections.unmodifiableMap(parameters);
    }

    TokenConfig login() {
        URI url = url("where the token is asked for, e.g. https://corp.example.com/login");
        String method = method(token, "POST");
        Map<String, Text> headers = templates.map(token, "headers");
        headers.forEach((name, value) -> {
            Rules.checkHeaderName(name, value);
            Rules.checkHeaderValue(value);
        });
        JsonNode body = token.value("body").map(templates::json).orElse(MissingNode.getInstance());
        if (WITHOUT_BODY.contains(method) && token.has("body")) {
            token.problem("body", "cannot be sent with method " + method + "; remove one of them");
        }
        boolean form = token.flag("form", false);
        if (form) {
            checkForm(body);
        }
        if (!token.has("token")) {
            token.problem("token", "is missing; where the token is in the answer, e.g. /data/token");
        }
        return new TokenConfig.Login(
                url,
                method,
                TokenReader.values(headers),
                body,
                form,
                pointer("token").orElse("/token"),
                pointer("expires_in"),
                TokenReader.timing(token, Optional.empty()));
    }

    /** A method's name, in upper case. */
    static String method(NodeReader fields, String standard) {
        Optional<Text> method = fields.text("method");
        if (method.isPresent() && !method.get().value().matches("[A-Za-z]{1,20}")) {
            method.get().problem("is not a method; e.g. GET or POST");
            return standard;
        }
        return method.map(text -> text.value().toUpperCase(Locale.ROOT)).orElse(standard);
    }

    private void checkForm(JsonNode body) {
        boolean flat = body.isObject();
        for (JsonNode field : body) {
            flat &= field.isValueNode() && !field.isNull();
        }
        if (!flat) {
            token.problem("body", "must be a mapping of names to single values, as form is yes");
        }
    }

    private Optional<String> pointer(String key) {
        Optional<Text> pointer = token.text(key);
        boolean good =
                pointer.map(Text::value).map(TokenRequestReader::isPointer).orElse(true);
        if (!good) {
            token.problem(
                    key, "is not a path in the answer (JSON pointer, RFC 6901); it begins with /, e.g. /data/token");
        }
        return pointer.map(Text::value);
    }

    private static boolean isPointer(String text) {
        try {
            return text.length() > 1 && !JsonPointer.compile(text).matches();
        } catch (IllegalArgumentException bad) {
            return false;
        }
    }

    private URI url(String hint) {
        Optional<URI> url = token.required("url", hint).flatMap(Urls::endpoint);
        url.filter(Urls::isOpen)
                .ifPresent(open -> token.warn("url", "is plain http: anybody on the way can read the credential"));
        return url.orElse(NOWHERE);
    }
}
