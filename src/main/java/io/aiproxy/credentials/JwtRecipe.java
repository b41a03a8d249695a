package io.aiproxy.credentials;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aiproxy.config.TokenConfig;
import io.aiproxy.core.Secret;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A JWT that is signed here: its payload is what the file says, in the file's order. */
final class JwtRecipe implements TokenRecipe {
    private final TokenConfig.Jwt config;

    JwtRecipe(TokenConfig.Jwt config) {
        this.config = config;
    }

    @Override
    public CompletionStage<Token> make(TokenOrder order) {
        Template template = order.template();
        Map<String, String> headers = new LinkedHashMap<>();
        config.headers().forEach((name, value) -> headers.put(name, template.fill(value)));
        String token =
                Jws.sign(order, config.algorithm(), template.fill(config.key()), headers, payload(order, template));
        Duration use = config.expires()
                .filter(expires -> expires.compareTo(config.timing().lifetime()) < 0)
                .orElse(config.timing().lifetime());
        return CompletableFuture.completedFuture(
                new Token(Secret.of(token), order.ticker().millis() + use.toMillis()));
    }

    /** It costs less than reading a file, and some payloads hold the secret itself. */
    @Override
    public boolean kept() {
        return false;
    }

    private ObjectNode payload(TokenOrder order, Template template) {
        JsonNode claims = config.claims();
        if (!claims.isObject() && !claims.isNull() && !claims.isMissingNode()) {
            throw order.misconfigured("the token's claims are not a mapping of names to values");
        }
        ObjectNode payload =
                claims.isObject() ? (ObjectNode) template.fill(claims) : JsonNodeFactory.instance.objectNode();
        long now = order.nowSeconds();
        if (config.issuedAt()) {
            payload.put("iat", now);
        }
        config.expires().ifPresent(expires -> payload.put("exp", now + expires.toSeconds()));
        return payload;
    }
}
