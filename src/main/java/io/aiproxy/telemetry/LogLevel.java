package io.aiproxy.telemetry;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import java.util.Locale;
import java.util.Map;
import org.slf4j.ILoggerFactory;
import org.slf4j.LoggerFactory;

/**
 * The application log's level at run time.
 *
 * <p>It is the level of the gateway's own loggers. The libraries below (Camel, Netty) stay at {@code WARN} whatever is
 * asked for: their debug output names every header of every call, credentials included.
 */
public final class LogLevel {
    private static final String OURS = "io.aiproxy";

    private static final Map<String, Level> LEVELS = Map.of(
            "error", Level.ERROR,
            "warn", Level.WARN,
            "info", Level.INFO,
            "debug", Level.DEBUG,
            "trace", Level.TRACE);

    private LogLevel() {}

    /**
     * Brings a level into force at once. Any thread.
     *
     * @param level {@code error, warn, info, debug, trace}, in any case
     * @throws IllegalArgumentException when it is none of these
     */
    public static void apply(String level) {
        Level ours = LEVELS.get(level.toLowerCase(Locale.ROOT));
        if (ours == null) {
            throw new IllegalArgumentException(
                    "log_level: \"" + level + "\" is not a level; use error, warn, info, debug or trace");
        }
        ILoggerFactory factory = LoggerFactory.getILoggerFactory();
        if (factory instanceof LoggerContext loggers) {
            loggers.getLogger(OURS).setLevel(ours);
            loggers.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME).setLevel(quieter(ours, Level.WARN));
        }
    }

    private static Level quieter(Level one, Level other) {
        return one.isGreaterOrEqual(other) ? one : other;
    }
}
