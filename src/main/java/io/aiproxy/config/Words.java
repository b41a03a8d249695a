package io.aiproxy.config;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** How values and names are told to people. */
final class Words {
    /** Longest value that a problem text repeats; anything longer may well be a key in the wrong place. */
    private static final int LONGEST_SHOWN = 32;

    private static final Pattern LIKE_A_KEY = Pattern.compile("(?i)(sk|pk|ak|ek)[-_].*|bearer .*|AIza.*|eyJ.*");
    private static final Pattern KEY_NAME = Pattern.compile("[A-Za-z][A-Za-z_-]{0,30}[0-9]?");

    private static final Pattern PLAIN_ID = Pattern.compile("[\\p{L}\\p{N}._@+/*-]{1,64}");

    private Words() {}

    /** The value in quotation marks, or {@code ***} if it might be a secret that strayed here. */
    static String quoted(String value) {
        boolean risky =
                value.length() > LONGEST_SHOWN || LIKE_A_KEY.matcher(value).matches() || hasControl(value);
        return risky ? "***" : "\"" + value + "\"";
    }

    /** Whether a control character is in it, such as a line's end. */
    static boolean hasControl(String value) {
        for (int i = 0; i < value.length(); i++) {
            if (Character.isISOControl(value.charAt(i))) {
                return true;
            }
        }
        return false;
    }

    /** The name of an unknown key: with a forgotten space ({@code {api_key:abc}}) it contains the value, which is hidden. */
    static String keyName(String name) {
        if (likeAName(name)) {
            return "\"" + name + "\"";
        }
        int colon = name.indexOf(':');
        boolean forgottenSpace =
                colon > 0 && KEY_NAME.matcher(name.substring(0, colon)).matches();
        return forgottenSpace ? "\"" + name.substring(0, colon) + ":***\" (a space is missing after the colon)" : "***";
    }

    /** Whether the name of a key is a word, and not a value that slipped into its place. */
    static boolean likeAName(String name) {
        return KEY_NAME.matcher(name).matches() && !LIKE_A_KEY.matcher(name).matches();
    }

    /** A name that the operator gave, for the field of a problem; {@code ***} if it looks like anything else. */
    static String shownId(String id) {
        if (plainWord(id)) {
            return id;
        }
        boolean plain =
                PLAIN_ID.matcher(id).matches() && !LIKE_A_KEY.matcher(id).matches();
        return plain ? id : "***";
    }

    /** Whether it is surely no value but a word such as {@code base_url}; asked for every key of a file, so without patterns. */
    private static boolean plainWord(String id) {
        int length = id.length();
        if (length == 0 || length > LONGEST_SHOWN || id.startsWith("eyj") || id.startsWith("aiza")) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            char c = id.charAt(i);
            boolean letter = c >= 'a' && c <= 'z';
            if (!letter && (c != '_' || i <= 2)) { // sk_…, pk_…
                return false;
            }
        }
        return true;
    }

    /** Snake case: {@code base-url} and {@code base_url} are one name. */
    static String normal(String key) {
        return key.replace('-', '_');
    }

    /** {@code  (did you mean "active"?)} with a leading space, or nothing if no candidate is near. */
    static String didYouMean(String word, Collection<String> candidates) {
        return nearest(word, candidates)
                .map(near -> " (did you mean \"" + near + "\"?)")
                .orElse("");
    }

    private static Optional<String> nearest(String word, Collection<String> candidates) {
        String given = comparable(word);
        int best = Math.max(1, given.length() / 3) + 1;
        Optional<String> nearest = Optional.empty();
        for (String candidate : candidates) {
            int distance = distance(given, comparable(candidate));
            if (distance < best) {
                best = distance;
                nearest = Optional.of(candidate);
            }
        }
        return nearest;
    }

    private static String comparable(String word) {
        return normal(word).replaceAll("(?<=[a-z0-9])(?=[A-Z])", "_").toLowerCase(Locale.ROOT);
    }

    /** Levenshtein's distance, where two neighbours that changed places count as one slip. */
    static int distance(String a, String b) {
        int[][] table = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                table[i][j] = i == 0 || j == 0 ? i + j : cheapest(table, a, b, i, j);
            }
        }
        return table[a.length()][b.length()];
    }

    private static int cheapest(int[][] table, String a, String b, int i, int j) {
        int change = table[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        int cost = Math.min(change, Math.min(table[i - 1][j], table[i][j - 1]) + 1);
        boolean swapped = i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
        return swapped ? Math.min(cost, table[i - 2][j - 2] + 1) : cost;
    }
}
