package io.aiproxy.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aiproxy.config.KeyPrefix;
import io.aiproxy.config.SystemConfig.Keys.Store;
import io.aiproxy.core.KeyDigest;
import io.aiproxy.core.RandomKey;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/** How proxy keys are made and kept. */
final class ProxyKeys {
    /** What a key begins with unless somebody says otherwise. */
    static final String BEGINNING = "pk_";

    /** Random characters of a made key that are shown behind its beginning. */
    private static final int SHOWN = 4;

    private static final Pattern BEGINNINGS = Pattern.compile("[A-Za-z0-9_.-]{0,24}");

    private final Supplier<Store> form;

    ProxyKeys(Supplier<Store> form) {
        this.form = form;
    }

    static String make(String beginning) {
        return RandomKey.make(beginning);
    }

    /** What a new key shall begin with; {@code otherwise} unless the body says. The field goes from the body. */
    static String beginning(ObjectNode body, String otherwise) {
        JsonNode wanted = body.remove("begins_with");
        if (wanted == null) {
            return otherwise;
        }
        if (!wanted.isTextual() || !BEGINNINGS.matcher(wanted.textValue()).matches()) {
            throw Refusal.invalid("/begins_with", "expected at most 24 letters, digits, _, - and .");
        }
        return wanted.textValue();
    }

    /** A made key as an element of a user's list. */
    ObjectNode item(String name, String key) {
        ObjectNode item = Json.object().put("name", name);
        put(item, key, key.lastIndexOf('_') + 1 + SHOWN);
        return item;
    }

    /** Puts a made key into such an element, in the place of the one that is there. */
    void replace(ObjectNode item, String key, int beginning) {
        item.remove("proxy_key");
        item.remove("sha256");
        item.remove("prefix");
        put(item, key, beginning + SHOWN);
    }

    private void put(ObjectNode item, String key, int shown) {
        if (form.get() == Store.PLAIN) {
            item.put("proxy_key", key);
        } else {
            item.put("sha256", KeyDigest.of(key).hex()).put("prefix", key.substring(0, Math.min(shown, key.length())));
        }
    }

    /** A user as it is kept: where digests are, no new key stands there as it is. What stood there stays. */
    JsonNode kept(JsonNode user, JsonNode old) {
        boolean plain = user.path("proxy_key").isTextual() || user.has("keys");
        if (form.get() == Store.PLAIN || !plain || !(user instanceof ObjectNode)) {
            return user;
        }
        Set<String> known = new HashSet<>();
        NamedItems.KEYS.items(old).forEach(item -> known.add(Json.text(item, "proxy_key")));
        List<ObjectNode> items = NamedItems.KEYS.items(user);
        boolean isNew = items.stream().anyMatch(item -> !known.contains(Json.text(item, "proxy_key")));
        return isNew
                ? NamedItems.KEYS.with(
                        user,
                        items.stream()
                                .map(item -> known.contains(Json.text(item, "proxy_key")) ? item : digested(item))
                                .toList())
                : user;
    }

    /** A placeholder is resolved when the configuration is read, and what is too short is told there. */
    ObjectNode digested(ObjectNode item) {
        String key = item.path("proxy_key").asText("");
        if (form.get() == Store.PLAIN || key.length() < 8 || key.contains("${")) {
            return item;
        }
        ObjectNode digested = item.deepCopy();
        digested.remove("proxy_key");
        digested.put("sha256", KeyDigest.of(key).hex());
        if (!digested.has("prefix")) {
            digested.put("prefix", KeyPrefix.of(key));
        }
        return digested;
    }
}
