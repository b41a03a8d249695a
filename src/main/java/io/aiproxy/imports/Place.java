package io.aiproxy.imports;

import java.util.regex.Pattern;

/**
 * Where something stands in an imported file.
 *
 * @param file the file's name
 * @param path in its structure, e.g. {@code $.channels.bailian.timeout}; empty for the file itself
 */
record Place(String file, String path) {
    private static final Pattern PLAIN = Pattern.compile("[\\p{L}\\p{N}_./*-]{1,64}");
    private static final Pattern LIKE_A_KEY =
            Pattern.compile("(?i)(sk|pk|ak|ek|gemini|claude)[-_].*|bearer.*|AIza.*|eyJ.*");

    /** The top of a file's structure. */
    static Place of(String file) {
        return new Place(file, "$");
    }

    /** The file itself. */
    static Place file(String file) {
        return new Place(file, "");
    }

    /** A field of this; its name is hidden if it might be a secret that strayed to a name's place. */
    Place at(String key) {
        return new Place(file, path + "." + shown(key));
    }

    /** An element of this, counted from 0. */
    Place at(int index) {
        return new Place(file, path + "[" + index + "]");
    }

    static String shown(String key) {
        boolean plain = PLAIN.matcher(key).matches() && !LIKE_A_KEY.matcher(key).matches();
        return plain ? key : "***";
    }

    @Override
    public String toString() {
        return path.isEmpty() ? file : file + " " + path;
    }
}
