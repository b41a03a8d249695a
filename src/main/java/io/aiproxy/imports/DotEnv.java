package io.aiproxy.imports;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A {@code .env} file: {@code NAME=value} line by line, {@code #} comments, quotation marks around values. */
final class DotEnv {
    private static final Pattern LINE =
            Pattern.compile("\\s*(?:export\\s+)?([A-Za-z_][A-Za-z0-9_]*)\\s*=\\s*(.*?)\\s*");

    private final Map<String, String> values = new LinkedHashMap<>();
    private final String file;

    private DotEnv(String file) {
        this.file = file;
    }

    /** Reads the text; a line that is none is told. */
    static DotEnv read(String file, String text, Report report) {
        DotEnv env = new DotEnv(file);
        int number = 0;
        for (String line : text.split("\\R", -1)) {
            number++;
            Matcher matcher = LINE.matcher(line);
            if (line.isBlank() || line.strip().startsWith("#")) {
                continue;
            }
            if (matcher.matches()) {
                env.values.put(matcher.group(1), unquoted(matcher.group(2)));
            } else {
                report.looksWrong(new Place(file, "line " + number), "is not NAME=value; not taken");
            }
        }
        return env;
    }

    private static String unquoted(String value) {
        boolean quoted = value.length() >= 2
                && (value.charAt(0) == '"' || value.charAt(0) == '\'')
                && value.charAt(value.length() - 1) == value.charAt(0);
        return quoted ? value.substring(1, value.length() - 1) : value.replaceAll("\\s+#.*$", "");
    }

    /** Where a variable stands. */
    Place at(String name) {
        return new Place(file, Place.shown(name));
    }

    /** A variable's value, taken out; empty if it is missing or empty. */
    Optional<String> take(String name) {
        return Optional.ofNullable(values.remove(name)).filter(value -> !value.isEmpty());
    }

    /** What nobody has taken out. */
    Iterable<String> rest() {
        return values.keySet();
    }
}
