package io.aiproxy.config;

/** The beginning of a proxy key or token, by which people recognise it without being able to use it. */
public final class KeyPrefix {
    /** Longer ones are no better to recognise. */
    private static final int LONGEST = 12;

    private KeyPrefix() {}

    /** The first 12 characters of a key, of a short one fewer: never more than a third of it. */
    public static String of(String key) {
        return key.substring(0, Math.min(LONGEST, key.length() / 3));
    }
}
