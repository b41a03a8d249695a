package io.aiproxy.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The key file of a Google service account, as far as it is needed
 * (https://cloud.google.com/iam/docs/keys-create-delete): a JSON object with {@code client_email}, {@code private_key} and
 * {@code token_uri}. For those who make configurations, too: a channel with a file that is none keeps the gateway from
 * starting.
 */
public final class ServiceAccountKey {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final List<String> NEEDED = List.of("client_email", "private_key", "token_uri");
    /** Other files that Google's tools write; all that can be mistaken for one. */
    private static final Set<String> OTHERS =
            Set.of("authorized_user", "external_account", "impersonated_service_account");

    private ServiceAccountKey() {}

    /**
     * Tells what is wrong with it; never what is in it.
     *
     * @param text the file's content
     * @param problem is told what makes it unusable, as the end of a sentence about the file
     * @param warning is told what works but should not be so
     */
    public static void check(String text, Consumer<String> problem, Consumer<String> warning) {
        JsonNode root;
        try {
            root = JSON.readTree(text);
        } catch (JsonProcessingException notJson) {
            problem.accept("is not the key of a service account: not JSON");
            return;
        }
        if (root == null || !root.isObject()) {
            problem.accept("is not the key of a service account: a JSON object is needed");
            return;
        }
        String type = root.path("type").asText();
        if (OTHERS.contains(type)) {
            problem.accept("is of type " + type + "; needed is the key of a service account (Google Cloud "
                    + "console: IAM, Service accounts, Keys, Add key, JSON)");
            return;
        }
        List<String> missing = NEEDED.stream()
                .filter(name -> root.path(name).asText().isBlank())
                .toList();
        if (!missing.isEmpty()) {
            problem.accept("is not the key of a service account: it has no " + String.join(", ", missing));
            return;
        }
        if (!Pem.isPrivateKey(root.path("private_key").asText())) {
            problem.accept("has a private_key that is no private key in PEM (PKCS#8)");
        }
        checkUri(root.path("token_uri").asText(), problem, warning);
    }

    private static void checkUri(String text, Consumer<String> problem, Consumer<String> warning) {
        try {
            URI uri = new URI(text);
            if (Urls.wrongEndpoint(uri).isEmpty()) {
                if (Urls.isOpen(uri)) {
                    warning.accept("has a token_uri of plain http: anybody on the way can read the token");
                }
                return;
            }
        } catch (URISyntaxException notAUrl) {
            // told below, together with URLs that lead nowhere
        }
        problem.accept("has a token_uri that is no http(s) URL");
    }
}
