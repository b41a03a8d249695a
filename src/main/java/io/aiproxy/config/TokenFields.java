package io.aiproxy.config;

import io.aiproxy.core.Secret;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** The fields of one credential from which a token is made: any names, checked against what the token's recipe needs. */
final class TokenFields {
    static final String NO_API_KEY = "is not used here: the channel has a token, which is made from the fields of its "
            + "credentials; remove it, or remove token";
    private static final String KEY_FILE = "key_file";
    private static final Set<String> OWN = Set.of("name", "weight", KEY_FILE, "api_key");

    private final TokenRecipe recipe;
    private final Value item;
    private final NodeReader credential;
    /** All names that stand there, those whose values cannot be used included. */
    private final Set<String> written = new LinkedHashSet<>();

    private final Map<String, Secret> fields = new LinkedHashMap<>();

    TokenFields(TokenRecipe recipe, Value item, NodeReader credential) {
        this.recipe = recipe;
        this.item = item;
        this.credential = credential;
    }

    Map<String, Secret> read() {
        if (credential.has("api_key")) {
            credential.problem("api_key", NO_API_KEY);
        }
        item.entries().forEach((name, value) -> {
            if (!OWN.contains(Words.normal(name))) {
                field(name, value);
            }
        });
        keyFile();
        recipe.needs().forEach(this::checkPresent);
        written.forEach(this::checkUsed);
        return Collections.unmodifiableMap(fields);
    }

    /** A name that nobody asked for may be a secret that lost its colon. */
    private String shown(String name) {
        return recipe.needs().contains(name) || Words.likeAName(name) ? name : "***";
    }

    private void field(String name, Value at) {
        Value value = new Value(at.source(), at.node(), item.place().shown(shown(name)), at.shape());
        written.add(name);
        if (!Templates.isName(name)) {
            value.problem("this name cannot stand in braces; begin with a letter and use letters, digits and _ only");
        }
        value.text().ifPresent(text -> {
            Secret secret = text.secret();
            if (text.value().isBlank()) {
                value.problem("is empty");
            }
            boolean filledIn = CredentialReader.filledIn(text.value(), value);
            if (filledIn && recipe.pem().contains(name)) {
                Pem.complaint(text.value()).ifPresent(value::problem);
            }
            if (filledIn && recipe.google() && name.equals(TokenRecipe.KEY_JSON)) {
                ServiceAccountKey.check(text.value(), value::problem, warning(value));
            }
            fields.put(name, secret);
        });
    }

    private void keyFile() {
        Optional<Value> at = credential.value(KEY_FILE);
        if (at.isEmpty()) {
            return;
        }
        if (recipe.config().isPresent() && !recipe.google()) {
            at.get()
                    .problem("belongs to kind google-service-account; any other key is a field of its own, e.g. "
                            + "private_key: \"${file:keys/private.pem}\"");
            return;
        }
        if (!written.add(TokenRecipe.KEY_JSON)) {
            at.get().problem("cannot be given together with key_json; use one of them");
        }
        at.get().text().ifPresent(name -> {
            String content = at.get().source().placeholders().content(name.value(), at.get()::problem);
            if (content != null) {
                if (CredentialReader.filledIn(content, at.get())) {
                    ServiceAccountKey.check(content, at.get()::problem, warning(at.get()));
                }
                fields.put(TokenRecipe.KEY_JSON, Secret.of(content));
            }
        });
    }

    private static Consumer<String> warning(Value at) {
        return message -> at.source().problems().warn(at.field() + " " + message);
    }

    private void checkPresent(String name) {
        if (written.contains(name)) {
            return;
        }
        if (recipe.google()) {
            credential.problem(KEY_FILE, "is missing; the key file of the service account, e.g. keys/company-1.json");
            return;
        }
        List<String> others = written.stream().filter(Words::likeAName).toList();
        credential.problem(name, "is missing; the channel's token is made from it" + Words.didYouMean(name, others));
    }

    /** Not a mistake for sure: a field may be there for people, or for a recipe that is about to change. */
    private void checkUsed(String name) {
        if (recipe.config().isPresent() && !recipe.needs().contains(name)) {
            Set<String> known = new LinkedHashSet<>(recipe.needs());
            known.addAll(OWN);
            credential.warn(shown(name), "is used by nothing in the channel's token" + Words.didYouMean(name, known));
        }
    }
}
