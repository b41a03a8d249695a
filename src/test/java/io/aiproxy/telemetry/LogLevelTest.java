package io.aiproxy.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The application log's level can be changed while it runs. */
class LogLevelTest {
    private final Logger ours = LoggerFactory.getLogger("io.aiproxy.any");
    private final Logger netty = LoggerFactory.getLogger("io.netty.any");
    private final Logger camel = LoggerFactory.getLogger("org.apache.camel.main.Any");

    @AfterEach
    void back() {
        LogLevel.apply("info");
    }

    @Test
    void changesTheGatewaysOwnLoggers() {
        LogLevel.apply("DEBUG");
        assertThat(ours.isDebugEnabled()).isTrue();
        assertThat(ours.isTraceEnabled()).isFalse();
        LogLevel.apply("error");
        assertThat(ours.isWarnEnabled()).isFalse();
        assertThat(ours.isErrorEnabled()).isTrue();
    }

    @Test
    void leavesTheLibrariesQuiet() {
        LogLevel.apply("trace");
        assertThat(netty.isInfoEnabled()).isFalse();
        assertThat(netty.isWarnEnabled()).isTrue();
        assertThat(camel.isInfoEnabled()).isFalse();
        assertThat(camel.isWarnEnabled()).isTrue();
        LogLevel.apply("error");
        assertThat(netty.isWarnEnabled()).isFalse();
        assertThat(camel.isInfoEnabled()).isFalse();
    }

    @Test
    void saysWhichLevelsThereAre() {
        assertThatThrownBy(() -> LogLevel.apply("verbose"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("log_level: \"verbose\" is not a level; use error, warn, info, debug or trace");
    }
}
