package io.aiproxy.telemetry;

import io.aiproxy.config.SystemConfig.AccessLogConfig;
import org.jspecify.annotations.Nullable;

/**
 * What holds for the lines written between two changes of the configuration. Not a record: two of them are never the
 * same, even when the configuration went there and back.
 */
final class LogSheet {
    private final AccessLogConfig config;
    private final @Nullable LineFormat format;

    LogSheet(AccessLogConfig config) {
        this.config = config;
        this.format = switch (config.format()) {
            case JSON -> new JsonLine();
            case PLAIN -> new PlainLine();
            case OFF -> null;
        };
    }

    /** Where the lines go and what is kept. */
    AccessLogConfig config() {
        return config;
    }

    /** How they look; null when no access log is wanted. */
    @Nullable
    LineFormat format() {
        return format;
    }
}
