package io.aiproxy.config;

import io.aiproxy.core.KeyDigest;
import io.aiproxy.core.Secret;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Keys as they are or as their digests. One for all of a file, because no key may stand in two places, however written. */
final class DigestReader {
    /** So much of a key may be given for people to recognise it by: enough for any provider's or team's beginning. */
    private static final int LONGEST_PREFIX = 32;

    private final Map<KeyDigest, Value> seen = new HashMap<>();

    /**
     * A key.
     *
     * @param digest of it; {@link KeyDigest#NONE} if it could not be read, which is told
     * @param prefix what people may see of it
     * @param beginning how it begins
     * @param at where it stands
     */
    record Key(KeyDigest digest, String prefix, Beginning beginning, Value at) {}

    /**
     * How a key begins, as far as that is known.
     *
     * @param text the beginning
     * @param whole whether that is all of the key
     */
    record Beginning(Secret text, boolean whole) {}

    /** The key that a mapping holds, {@code proxy_key}, or {@code sha256} and perhaps {@code prefix}. */
    Key read(NodeReader fields, Value at) {
        String prefix = prefix(fields);
        fields.either("proxy_key", "sha256");
        if (fields.has("sha256")) {
            KeyDigest digest = fields.text("sha256").map(this::hashed).orElse(KeyDigest.NONE);
            return new Key(digest, prefix, new Beginning(Secret.of(prefix), false), at);
        }
        if (fields.has("prefix")) {
            fields.problem("prefix", "is for keys of which only sha256 is here; remove it");
        }
        Optional<Text> key =
                fields.required("proxy_key", "what the user presents, at least 8 characters, or sha256, its digest");
        return key.isPresent() ? plain(key.get()) : new Key(KeyDigest.NONE, "", new Beginning(Secret.of(""), true), at);
    }

    /** A key that stands there itself. */
    Key plain(Text text) {
        Secret key = text.secret();
        Rules.checkProxyKey(text);
        if (CredentialReader.fromTemplate(text.value())) {
            text.at().source().problems().warn(text.at().field() + " is still the template's, which everybody knows");
        }
        KeyDigest digest = KeyDigest.of(key.reveal());
        unique(digest, text);
        return new Key(digest, KeyPrefix.of(key.reveal()), new Beginning(key, true), text.at());
    }

    /** A digest that stands there for its key. */
    KeyDigest hashed(Text text) {
        text.secret(); // whoever puts the key itself here must not read it in a log
        try {
            KeyDigest digest = KeyDigest.parse(text.value());
            unique(digest, text);
            return digest;
        } catch (IllegalArgumentException e) {
            text.problem("is not the SHA-256 of a key: 64 hexadecimal digits, as aiproxy key hash prints them");
            return KeyDigest.NONE;
        }
    }

    /** What people may see of a key whose digest is here. */
    static String prefix(NodeReader fields) {
        Text prefix = fields.textOrNull("prefix");
        if (prefix == null || prefix.value().isEmpty()) {
            return "";
        }
        if (!Rules.visible(prefix.value()) || prefix.value().length() > LONGEST_PREFIX) {
            prefix.problem("must be the beginning of the key: at most " + LONGEST_PREFIX
                    + " visible ASCII characters without spaces");
        }
        return prefix.value();
    }

    private void unique(KeyDigest digest, Text text) {
        Value first = seen.putIfAbsent(digest, text.at());
        if (first != null) {
            int line = first.node().getStartMark().getLine() + 1;
            text.problem("is the same key as " + first.field() + " in line " + line + "; a key belongs to one place");
        }
    }
}
