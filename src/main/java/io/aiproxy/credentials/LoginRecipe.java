package io.aiproxy.credentials;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import io.aiproxy.config.TokenConfig;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletionStage;

/** A company's own log-in: a request made from templates, whose answer holds a token somewhere. */
final class LoginRecipe implements TokenRecipe {
    private final TokenConfig.Login config;

    LoginRecipe(TokenConfig.Login config) {
        this.config = config;
    }

    @Override
    public CompletionStage<Token> make(TokenOrder order) {
        TokenRequest request = request(order);
        TokenAnswer.Shape shape = new TokenAnswer.Shape(
                pointer(order, config.token()),
                config.expiresIn().map(text -> pointer(order, text)),
                config.expiresIn().isPresent(),
                config.timing().lifetime());
        return order.http()
                .send(order, request, config.timing().timeout())
                .thenApply(answer -> new TokenAnswer(order, request).token(answer, shape));
    }

    private TokenRequest request(TokenOrder order) {
        Template template = order.template();
        Map<String, String> headers = new LinkedHashMap<>();
        JsonNode body = template.fill(config.body());
        boolean empty = body.isNull() || body.isMissingNode() || (body.isContainerNode() && body.isEmpty());
        if (!empty) {
            headers.put("content-type", config.form() ? Form.TYPE : "application/json");
        }
        config.headers().forEach((name, value) -> headers.put(name.toLowerCase(Locale.ROOT), template.fill(value)));
        String text = empty ? "" : config.form() ? Form.encode(fields(order, body)) : body.toString();
        return new TokenRequest(config.url(), config.method(), headers, text);
    }

    private static Map<String, String> fields(TokenOrder order, JsonNode body) {
        if (!body.isObject()) {
            throw order.misconfigured("the body of the token request is sent as a form, and is not a mapping");
        }
        Map<String, String> fields = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> field : body.properties()) {
            if (!field.getValue().isValueNode()) {
                throw order.misconfigured("the body of the token request is sent as a form, and its field \""
                        + field.getKey() + "\" is not a single value");
            }
            fields.put(field.getKey(), field.getValue().asText());
        }
        return fields;
    }

    private static JsonPointer pointer(TokenOrder order, String text) {
        try {
            return JsonPointer.compile(text);
        } catch (IllegalArgumentException notAPointer) {
            throw order.misconfigured("\"" + text + "\" is not a JSON pointer; one looks like /data/token");
        }
    }
}
