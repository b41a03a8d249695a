package io.aiproxy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which command lines need no parser. */
class PlainRunTest {
    private static String[] words(String line) {
        return line.isEmpty() ? new String[0] : line.split(" ");
    }

    @Test
    void flags_apart_and_with_a_sign() {
        assertThat(PlainRun.flags(words("run --port 8001 --config=/etc/a=b --data d")))
                .hasValue(Map.of(Setting.PORT, "8001", Setting.CONFIG, "/etc/a=b", Setting.DATA, "d"));
        assertThat(PlainRun.flags(words("--port 8001"))).hasValue(Map.of(Setting.PORT, "8001"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "run"})
    void none(String line) {
        assertThat(PlainRun.flags(words(line))).hasValue(Map.of());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "run --help",
                "run -h",
                "run --port",
                "run --port=",
                "run --prot 1",
                "run --port 1 --port 2",
                "run --port --host",
                "run @file",
                "run --host @file",
                "run --host \"a\"",
                "--port 1 run",
                "--host run",
                "run run",
                "check"
            })
    void everything_else_is_the_parser_s(String line) {
        assertThat(PlainRun.flags(words(line))).isEmpty();
    }
}
