package io.aiproxy.config;

import io.aiproxy.core.Secret;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** {@code credentials:} of a channel, or {@code api_key:}, the short form of one. */
final class CredentialReader {
    private static final Pattern TEMPLATE = Pattern.compile("YOUR_[A-Z0-9_]*HERE");

    private final TokenRecipe recipe;
    private final List<CredentialConfig> credentials = new ArrayList<>();
    private final Set<String> names = new HashSet<>();

    private CredentialReader(TokenRecipe recipe) {
        this.recipe = recipe;
    }

    static List<CredentialConfig> read(NodeReader channel, TokenRecipe recipe) {
        if (!recipe.present()) {
            channel.either("credentials", "api_key");
        } else if (channel.has("api_key")) {
            channel.problem("api_key", TokenFields.NO_API_KEY);
        }
        CredentialReader reader = new CredentialReader(recipe);
        Text single = channel.textOrNull("api_key");
        if (single != null) {
            reader.add("default", single, 1);
        }
        Value several = channel.valueOrNull("credentials");
        if (several != null) {
            List<Value> items = several.items();
            items.forEach(reader::item);
            if (several.isList() && items.isEmpty()) {
                several.problem("must have at least one credential");
            }
        }
        return List.copyOf(reader.credentials);
    }

    /** Whether a value is still that of a template, so nobody has filled it in. */
    static boolean fromTemplate(String value) {
        return value.contains("YOUR_") && TEMPLATE.matcher(value).find();
    }

    /** Whether somebody has put a secret there; a warning if it is still the template's. */
    static boolean filledIn(String secret, Value at) {
        if (!fromTemplate(secret)) {
            return true;
        }
        at.source().problems().warn(at.field() + " is still the template's; put the provider's key there");
        return false;
    }

    private void item(Value item) {
        String standard = credentials.isEmpty() ? "default" : "credential-" + (credentials.size() + 1);
        if (!item.isMap()) {
            if (recipe.present()) {
                item.problem("must be a mapping of what the channel's token is made from"
                        + (recipe.needs().isEmpty() ? "" : ": " + String.join(", ", recipe.needs())));
            } else {
                item.text().ifPresent(key -> add(standard, key, 1));
            }
            return;
        }
        item.fields().ifPresent(fields -> {
            String name = fields.label("name", standard);
            int weight = fields.integer("weight", 0, Rules.LARGEST_WEIGHT, 1);
            if (recipe.present()) {
                Map<String, Secret> secrets = new TokenFields(recipe, item, fields).read();
                credentials.add(new CredentialConfig(name, Secret.of(""), weight, secrets));
            } else {
                fields.required("api_key", "the provider's key").ifPresent(key -> add(name, key, weight));
                fields.refuse("key_file", "belongs to a channel with token: {kind: google-service-account}");
                fields.done();
            }
            if (!names.add(name)) {
                fields.problem("name", Words.quoted(name) + " is the name of another credential of this channel");
            }
        });
    }

    private void add(String name, Text key, int weight) {
        Rules.checkCredential(key);
        filledIn(key.value(), key.at());
        credentials.add(new CredentialConfig(name, key.secret(), weight, Map.of()));
    }
}
