package io.aiproxy.credentials;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aiproxy.config.TokenConfig;
import io.aiproxy.core.Secret;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletionStage;

/** An OAuth 2.0 client credentials grant (RFC 6749, 4.4). */
final class ClientCredentialsRecipe implements TokenRecipe {
    private static final String ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

    /** Some servers refuse assertions that live longer than five minutes. */
    private static final long ASSERTION_SECONDS = 300;

    /** The credential's field that names its key; servers that know several keys of a client ask for it. */
    private static final String KEY_ID = "kid";

    private final TokenConfig.ClientCredentials config;

    ClientCredentialsRecipe(TokenConfig.ClientCredentials config) {
        this.config = config;
    }

    @Override
    public CompletionStage<Token> make(TokenOrder order) {
        Template template = order.template();
        String id = template.fill(config.clientId());
        String secret = template.fill(config.clientSecret());
        Map<String, String> headers = new LinkedHashMap<>();
        Map<String, String> form = new LinkedHashMap<>();
        form.put("grant_type", "client_credentials");
        config.parameters().forEach((name, value) -> form.put(name, template.fill(value)));
        switch (config.auth()) {
            case BASIC -> headers.put("authorization", basic(id, secret));
            case POST -> {
                form.put("client_id", id);
                form.put("client_secret", secret);
            }
            case PRIVATE_KEY_JWT -> {
                form.put("client_id", id);
                form.put("client_assertion_type", ASSERTION_TYPE);
                form.put("client_assertion", assertion(order, id, secret));
            }
        }
        TokenRequest request = TokenRequest.form(config.url(), headers, form);
        return order.http().send(order, request, config.timing().timeout()).thenApply(answer -> new TokenAnswer(
                        order, request)
                .token(answer, TokenAnswer.Shape.oauth(config.timing().lifetime())));
    }

    /** Both are form-encoded first (RFC 6749, 2.3.1), so that a colon in the id divides nothing. */
    private static String basic(String id, String secret) {
        String pair = Form.encode(id) + ":" + Form.encode(secret);
        return "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.US_ASCII));
    }

    /** RFC 7523, 3. */
    private String assertion(TokenOrder order, String id, String key) {
        long now = order.nowSeconds();
        ObjectNode claims = JsonNodeFactory.instance.objectNode();
        claims.put("iss", id);
        claims.put("sub", id);
        claims.put("aud", config.url().toString());
        claims.put("jti", UUID.randomUUID().toString());
        claims.put("iat", now);
        claims.put("exp", now + ASSERTION_SECONDS);
        Map<String, String> headers = new LinkedHashMap<>();
        Secret keyId = order.credential().fields().get(KEY_ID);
        if (keyId != null) {
            headers.put(KEY_ID, keyId.reveal());
        }
        return Jws.sign(order, config.algorithm(), key, headers, claims);
    }
}
