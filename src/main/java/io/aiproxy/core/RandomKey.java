package io.aiproxy.core;

import java.security.SecureRandom;

/** Makes keys that nobody can guess. */
public final class RandomKey {
    /** Letters and digits only: a double click selects the whole key, and no shell or URL needs to quote it. */
    private static final String ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    /** The fewest characters of {@link #ALPHABET} that hold 192 bits: 33 × log2(62) = 196.5. */
    private static final int LENGTH = 33;

    private static final SecureRandom RANDOM = new SecureRandom();

    private RandomKey() {}

    /** A new key that begins with {@code prefix}, so that people and secret scanners know it. Any thread. */
    public static String make(String prefix) {
        StringBuilder text = new StringBuilder(prefix.length() + LENGTH).append(prefix);
        for (int i = 0; i < LENGTH; i++) {
            text.append(ALPHABET.charAt(RANDOM.nextInt(ALPHABET.length())));
        }
        return text.toString();
    }
}
