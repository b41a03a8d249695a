package io.aiproxy.store;

/** The kinds of entries that a configuration consists of, each with its document and its place in it. */
public enum Kind {
    USER("users.yaml", "users"),
    USER_GROUP("users.yaml", "user_groups"),
    CHANNEL("channels.yaml", "channels"),
    CHANNEL_GROUP("channels.yaml", "groups"),
    MODEL_ALIAS("channels.yaml", "model_aliases"),
    /** Its entries are the keys under {@code system:}, e.g. {@code retry}. */
    SYSTEM("system.yaml", "system"),
    ADMIN_TOKEN("admin.yaml", "admin_tokens"),
    PRICE("prices.yaml", "prices");

    private final String document;
    private final String key;

    Kind(String document, String key) {
        this.document = document;
        this.key = key;
    }

    /** The name of its document. */
    public String document() {
        return document;
    }

    /** The top-level key there, below which its entries stand by their ids. */
    public String key() {
        return key;
    }
}
