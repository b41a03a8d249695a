package io.aiproxy.telemetry;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.LayoutWrappingEncoder;
import ch.qos.logback.core.spi.ContextAwareBase;
import java.nio.charset.StandardCharsets;
import org.slf4j.Logger;

/**
 * The application log, on standard output, unless an operator configures Logback in one of its own ways. In code, because
 * to read the same from XML is a tenth of what the main thread does in a start. Logback finds it as a service.
 */
public final class ApplicationLog extends ContextAwareBase implements Configurator {
    /** The level of the gateway's own words from the start on; later {@code log_level} in system.yaml sets it. */
    private static final String LEVEL = "aiproxy.log.level";

    /** Made by Logback. */
    public ApplicationLog() {}

    @Override
    public ExecutionStatus configure(LoggerContext loggers) {
        if (configuredOtherwise()) {
            return ExecutionStatus.INVOKE_NEXT_IF_ANY;
        }
        install(loggers);
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }

    static void install(LoggerContext loggers) {
        LogLine line = new LogLine();
        line.setContext(loggers);
        line.start();
        LayoutWrappingEncoder<ILoggingEvent> encoder = new LayoutWrappingEncoder<>();
        encoder.setContext(loggers);
        encoder.setCharset(StandardCharsets.UTF_8);
        encoder.setLayout(line);
        encoder.start();
        ConsoleAppender<ILoggingEvent> console = new ConsoleAppender<>();
        console.setContext(loggers);
        console.setName("console");
        console.setEncoder(encoder);
        console.start();
        levels(loggers);
        loggers.getLogger(Logger.ROOT_LOGGER_NAME).addAppender(console);
    }

    private static void levels(LoggerContext loggers) {
        loggers.getLogger(Logger.ROOT_LOGGER_NAME).setLevel(Level.WARN);
        loggers.getLogger("io.aiproxy").setLevel(Level.toLevel(System.getProperty(LEVEL), Level.INFO));
        // What these say about a database that is down the gateway says itself, once and without what was being
        // written.
        loggers.getLogger("com.zaxxer.hikari").setLevel(Level.ERROR);
        loggers.getLogger("org.mariadb.jdbc").setLevel(Level.ERROR);
    }

    /** Whether there is what Logback looks for by itself: its property, or one of its files on the class path. */
    private static boolean configuredOtherwise() {
        ClassLoader loader = ApplicationLog.class.getClassLoader();
        return System.getProperty("logback.configurationFile") != null
                || loader.getResource("logback-test.xml") != null
                || loader.getResource("logback.xml") != null;
    }
}
