package io.aiproxy.imports;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Others' words for how much is logged. */
final class LogLevels {
    private static final Map<String, String> OURS = Map.of(
            "trace", "trace",
            "debug", "debug",
            "info", "info",
            "notice", "info",
            "warn", "warn",
            "warning", "warn",
            "error", "error",
            "critical", "error",
            "crit", "error");

    private LogLevels() {}

    /** Our word for it. */
    static Optional<String> ours(String word) {
        return Optional.ofNullable(OURS.get(word.toLowerCase(Locale.ROOT)));
    }
}
