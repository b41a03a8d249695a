package io.aiproxy.imports;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What single values of the old files are. */
final class Values {
    private static final Pattern PLACEHOLDER =
            Pattern.compile("(?i)(.*[_-])?x{3,}|your[-_ ].*|.*YOUR_.*|.*-your-.*|<.*>|change[-_]?me|\\.{3}|…"
                    + "|.*placeholder.*|to-?do|test-?key|sk-1234");
    private static final Pattern ENVIRONMENT =
            Pattern.compile("(?:os\\.environ/|\\$\\{(?:env:)?)([A-Za-z_][A-Za-z0-9_]*)\\}?");
    private static final Pattern HEADER_VALUE = Pattern.compile("[!-~]([ -~]*[!-~])?");
    private static final Pattern PROXY_KEY = Pattern.compile("[!-~]{8,}");
    private static final Pattern HTTP_URL = Pattern.compile("https?://[A-Za-z0-9.\\[\\]:-]+(/[!-~&&[^?#]]*)?");

    private Values() {}

    /** Whether a value is still that of a template. */
    static boolean placeholder(String value) {
        return PLACEHOLDER.matcher(value).matches();
    }

    /** A secret as it belongs into our file: {@code ${env:NAME}} if the old file named a variable of the environment. */
    static Object secret(String value) {
        Matcher matcher = ENVIRONMENT.matcher(value);
        return matcher.matches() ? Yaml.env(matcher.group(1)) : value;
    }

    /** Whether it can be sent as a credential. */
    static boolean credential(String value) {
        return HEADER_VALUE.matcher(value).matches();
    }

    /** Whether it can be a proxy key here. */
    static boolean proxyKey(String value) {
        return PROXY_KEY.matcher(value).matches();
    }

    /** A base URL without slashes at its end; empty if it is none that can be used. */
    static Optional<String> baseUrl(String url) {
        String trimmed = url.replaceAll("/+$", "");
        return Optional.of(trimmed).filter(text -> HTTP_URL.matcher(text).matches());
    }
}
