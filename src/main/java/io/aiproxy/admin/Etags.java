package io.aiproxy.admin;

import com.fasterxml.jackson.databind.JsonNode;
import io.aiproxy.core.KeyDigest;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Entity tags and the conditions made of them (RFC 9110, 8.8.3 and 13). */
final class Etags {
    private static final int SHOWN = 24;
    /** Tells one secret from another nearly always, and gives nobody a means to try guesses. */
    private static final int HIDDEN = 4;

    private Etags() {}

    /** The tag of an entry: changes with everything that is shown, and nearly surely with every secret. */
    static String of(JsonNode body) {
        return '"' + hex(Mask.of(body).toString(), SHOWN) + hex(body.toString(), HIDDEN) + '"';
    }

    /** The tag of what anything else is made of. */
    static String of(String text) {
        return '"' + hex(text, SHOWN) + '"';
    }

    private static String hex(String text, int digits) {
        return KeyDigest.of(text).hex().substring(0, digits);
    }

    /**
     * Refuses a change of another state than the one that was read.
     *
     * @param now the tag of what stands there; empty: nothing does
     */
    static void check(Ask ask, Optional<String> now) {
        Optional<String> match = ask.header("if-match");
        if (match.isPresent() && (now.isEmpty() || !names(match.get(), now.get(), false))) {
            throw Refusal.of(
                    Trouble.PRECONDITION_FAILED,
                    "What If-Match names is not what stands there now. Read it again and decide anew.");
        }
        Optional<String> none = ask.header("if-none-match");
        if (none.isPresent() && now.isPresent() && names(none.get(), now.get(), true)) {
            throw Refusal.of(Trouble.PRECONDITION_FAILED, "What If-None-Match excludes stands there already.");
        }
    }

    /** Whether the asker has this already. */
    static boolean known(Ask ask, String now) {
        return ask.header("if-none-match")
                .filter(tags -> names(tags, now, true))
                .isPresent();
    }

    private static boolean names(String field, String tag, boolean weakly) {
        for (String one : field.split(",", -1)) {
            String stripped = one.strip();
            String plain = weakly && stripped.startsWith("W/") ? stripped.substring(2) : stripped;
            if (plain.equals("*") || plain.equals(tag)) {
                return true;
            }
        }
        return false;
    }

    /** The bytes as a text of one character each, for tags of what is no text. */
    static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }
}
