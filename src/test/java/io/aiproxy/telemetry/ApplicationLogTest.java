package io.aiproxy.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.PatternLayout;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.Configurator.ExecutionStatus;
import ch.qos.logback.classic.spi.LoggingEvent;
import java.util.ServiceLoader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The program's own configuration of its log. */
class ApplicationLogTest {
    private final LoggerContext loggers = new LoggerContext();

    @AfterEach
    void stop() {
        loggers.stop();
    }

    @Test
    void is_found_by_logback() {
        assertThat(ServiceLoader.load(Configurator.class)).hasAtLeastOneElementOfType(ApplicationLog.class);
    }

    @Test
    void leaves_it_to_a_file_on_the_class_path() { // the tests have one
        assertThat(new ApplicationLog().configure(loggers)).isEqualTo(ExecutionStatus.INVOKE_NEXT_IF_ANY);
        assertThat(loggers.getLogger(Logger.ROOT_LOGGER_NAME).iteratorForAppenders())
                .isExhausted();
    }

    @Test
    void the_property_sets_the_level_of_our_own_words() {
        String before = System.getProperty("aiproxy.log.level");
        System.setProperty("aiproxy.log.level", "debug");
        try {
            ApplicationLog.install(loggers);
        } finally {
            if (before == null) {
                System.clearProperty("aiproxy.log.level");
            } else {
                System.setProperty("aiproxy.log.level", before);
            }
        }
        assertThat(loggers.getLogger("io.aiproxy.x").getEffectiveLevel()).isEqualTo(Level.DEBUG);
        assertThat(loggers.getLogger("org.apache.camel").getEffectiveLevel()).isEqualTo(Level.WARN);
        assertThat(loggers.getLogger("com.zaxxer.hikari.pool").getEffectiveLevel())
                .isEqualTo(Level.ERROR);
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "io.aiproxy.app.Launcher", "io.aiproxy.usage.journal.JournalWriter", "ROOT"})
    void a_line_is_what_the_pattern_says(String name) {
        PatternLayout pattern = new PatternLayout();
        pattern.setContext(loggers);
        pattern.getInstanceConverterMap().put("msg", RedactingMessage::new);
        pattern.getInstanceConverterMap().put("ex", RedactingThrowable::new);
        pattern.setPattern("%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX} %-5level %logger{24} - %msg%n%ex");
        pattern.start();
        LogLine line = new LogLine();
        line.setContext(loggers);
        line.start();
        Logger logger = loggers.getLogger(name);
        Exception thrown = new IllegalStateException("a", new RuntimeException("Bearer fakefakefake"));
        for (Level level : new Level[] {Level.ERROR, Level.WARN, Level.INFO, Level.DEBUG, Level.TRACE}) {
            LoggingEvent plain = new LoggingEvent("x", logger, level, "a {} b\nc", null, new Object[] {1});
            assertThat(line.doLayout(plain)).isEqualTo(pattern.doLayout(plain));
            LoggingEvent failed = new LoggingEvent("x", logger, level, "failed", thrown, null);
            assertThat(line.doLayout(failed))
                    .isEqualTo(pattern.doLayout(failed))
                    .contains("Caused by");
        }
    }
}
