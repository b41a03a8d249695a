package io.aiproxy.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.aiproxy.config.KeyPrefix;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Secrets in entries. They go in and never come out: what is shown, logged or compared by people has {@code ***} in their
 * place, a proxy key its beginning before it. What was shown can be sent back: where a masked value stands unchanged, the
 * secret stays.
 */
final class Mask {
    /** Stands for a secret. */
    static final String STARS = "***";

    private static final Set<String> NAMES = Set.of(
            "sha256",
            "authorization",
            "proxy_authorization",
            "cookie",
            "key_json",
            "passphrase",
            "api_keys",
            "proxy_keys");
    private static final List<String> ENDINGS = List.of("secret", "key", "password", "token");
    /** Lists of secrets in their short form: {@code keys: [pk_…]}. */
    private static final Set<String> LISTS = Set.of("keys", "credentials");

    private static final Pattern PLACEHOLDER = Pattern.compile("\\$\\{(?:env|file):[^}]*}");
    private static final Pattern LOGIN = Pattern.compile("(://)[^/?#\\s]*@");

    private Mask() {}

    /** A copy without secrets. */
    static JsonNode of(JsonNode node) {
        return of("", node);
    }

    /** As above, of what stands under this name. */
    static JsonNode of(String name, JsonNode node) {
        if (node instanceof ObjectNode object) {
            ObjectNode masked = Json.object();
            object.properties().forEach(field -> masked.set(field.getKey(), of(field.getKey(), field.getValue())));
            return masked;
        }
        if (node instanceof ArrayNode array) {
            ArrayNode masked = Json.array();
            array.forEach(item -> masked.add(of(name, item)));
            return masked;
        }
        if (node.isNull() || node.isBoolean()) {
            return node;
        }
        String text = shown(name, node);
        return node.asText().equals(text) ? node : TextNode.valueOf(text);
    }

    private static String shown(String name, JsonNode node) {
        String text = node.asText();
        if (isSecret(name, node)) {
            boolean proxyKey = name.equals("proxy_key") || name.equals("keys");
            return (proxyKey ? KeyPrefix.of(text) : "") + STARS;
        }
        return LOGIN.matcher(text).replaceAll("$1" + STARS + "@");
    }

    private static boolean isSecret(String name, JsonNode node) {
        String word = name.toLowerCase(Locale.ROOT).replace('-', '_');
        boolean named =
                NAMES.contains(word) || LISTS.contains(word) || ENDINGS.stream().anyMatch(word::endsWith);
        return named && !PLACEHOLDER.matcher(node.asText()).matches();
    }

    /**
     * What was sent, with the secrets that stand in {@code old} where their masked forms were sent back.
     *
     * @param name under which both stand; empty: an entry
     * @throws Refusal where a masked value is not the one that was shown
     */
    static JsonNode restored(String name, JsonNode sent, JsonNode old) {
        return restored("", name, sent, old);
    }

    private static JsonNode restored(String pointer, String name, JsonNode sent, JsonNode old) {
        if (sent instanceof ObjectNode object) {
            ObjectNode whole = Json.object();
            object.properties()
                    .forEach(field -> whole.set(
                            field.getKey(),
                            restored(
                                    pointer + "/" + Pointers.escaped(field.getKey()),
                                    field.getKey(),
                                    field.getValue(),
                                    old.path(field.getKey()))));
            return whole;
        }
        if (sent instanceof ArrayNode array) {
            ArrayNode whole = Json.array();
            for (int i = 0; i < array.size(); i++) {
                whole.add(restored(pointer + "/" + i, name, array.get(i), twin(array.get(i), i, name, old)));
            }
            return whole;
        }
        if (!sent.isTextual() || !sent.textValue().contains(STARS)) {
            return sent;
        }
        if (old.isValueNode() && shown(name, old).equals(sent.textValue())) {
            return old;
        }
        if (isSecret(name, sent) || sent.textValue().contains("://" + STARS + "@")) {
            throw Refusal.invalid(
                    pointer,
                    "is a masked value, and not the one that stands here: write the secret, or leave what was shown");
        }
        return sent;
    }

    /** The element that was meant: of the same name, otherwise what is shown alike, otherwise at the same place. */
    private static JsonNode twin(JsonNode item, int place, String name, JsonNode old) {
        if (!old.isArray()) {
            return MissingNode.getInstance();
        }
        for (JsonNode candidate : old) {
            boolean sameName =
                    item.isObject() && item.has("name") && item.path("name").equals(candidate.path("name"));
            boolean alike = item.isTextual()
                    && candidate.isTextual()
                    && shown(name, candidate).equals(item.textValue());
            if (sameName || alike) {
                return candidate;
            }
        }
        return item.isObject() && item.has("name") && hasNames(old) ? MissingNode.getInstance() : old.path(place);
    }

    private static boolean hasNames(JsonNode array) {
        for (JsonNode item : array) {
            if (!item.has("name")) {
                return false;
            }
        }
        return true;
    }

    /** Every placeholder in it, wherever it stands. */
    static List<String> placeholders(JsonNode node) {
        List<String> found = new ArrayList<>();
        if (node.isTextual() && node.textValue().contains("${")) {
            found.add(node.textValue());
        }
        node.forEach(child -> found.addAll(placeholders(child)));
        return found;
    }
}
