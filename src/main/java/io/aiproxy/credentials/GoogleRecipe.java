package io.aiproxy.credentials;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.aiproxy.config.TokenConfig;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletionStage;

/**
 * An access token for a Google service account: a signed assertion is exchanged at the account's {@code token_uri}
 * (developers.google.com/identity/protocols/oauth2/service-account, "HTTP/REST"; RFC 7523, 2.1).
 */
final class GoogleRecipe implements TokenRecipe {
    /** The field that holds the account's key file. */
    static final String KEY = "key_json";

    private static final String GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer";
    private static final String TOKEN_URI = "https://oauth2.googleapis.com/token";

    /** The longest that Google allows. */
    private static final long ASSERTION_SECONDS = 3600;

    private static final ObjectMapper JSON = new ObjectMapper();

    private final TokenConfig.GoogleServiceAccount config;

    GoogleRecipe(TokenConfig.GoogleServiceAccount config) {
        this.config = config;
    }

    @Override
    public CompletionStage<Token> make(TokenOrder order) {
        JsonNode account = account(order);
        String tokenUri = account.path("token_uri").asText(TOKEN_URI);
        URI endpoint = endpoint(order, tokenUri);
        Map<String, String> headers = new LinkedHashMap<>();
        String keyId = account.path("private_key_id").asText("");
        if (!keyId.isEmpty()) {
            headers.put("kid", keyId);
        }
        String assertion = Jws.sign(
                order,
                TokenConfig.Algorithm.RS256,
                required(order, account, "private_key"),
                headers,
                claims(order, required(order, account, "client_email"), tokenUri));
        Map<String, String> form = new LinkedHashMap<>();
        form.put("grant_type", GRANT);
        form.put("assertion", assertion);
        TokenRequest request = TokenRequest.form(endpoint, Map.of(), form);
        return order.http().send(order, request, config.timing().timeout()).thenApply(answer -> new TokenAnswer(
                        order, request)
                .token(answer, TokenAnswer.Shape.oauth(config.timing().lifetime())));
    }

    private ObjectNode claims(TokenOrder order, String email, String tokenUri) {
        long now = order.nowSeconds();
        ObjectNode claims = JsonNodeFactory.instance.objectNode();
        claims.put("iss", email);
        claims.set("scope", TextNode.valueOf(String.join(" ", config.scopes())));
        claims.put("aud", tokenUri);
        claims.put("iat", now);
        claims.put("exp", now + ASSERTION_SECONDS);
        return claims;
    }

    private static JsonNode account(TokenOrder order) {
        try {
            JsonNode account = JSON.readTree(order.template().field(KEY));
            if (account != null && account.isObject()) {
                return account;
            }
        } catch (JsonProcessingException notJson) { // its message may quote the key
            throw order.misconfigured("its service account key file is not JSON");
        }
        throw order.misconfigured("its service account key file is not a JSON object");
    }

    private static String required(TokenOrder order, JsonNode account, String name) {
        String value = account.path(name).asText("");
        if (value.isBlank()) {
            throw order.misconfigured("its service account key file has no \"" + name
                    + "\"; expected is the JSON file that the Google Cloud console makes for a service account's key");
        }
        return value;
    }

    private static URI endpoint(TokenOrder order, String tokenUri) {
        try {
            URI uri = URI.create(tokenUri);
            boolean http = "https".equalsIgnoreCase(uri.getScheme()) || "http".equalsIgnoreCase(uri.getScheme());
            if (http && uri.getHost() != null) {
                return uri;
            }
        } catch (IllegalArgumentException notAUrl) {
            throw order.misconfigured("its service account key file has a \"token_uri\" that is not a URL");
        }
        throw order.misconfigured("its service account key file has a \"token_uri\" that is not an https URL");
    }
}
