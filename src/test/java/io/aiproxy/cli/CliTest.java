package io.aiproxy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.aiproxy.app.Settings;
import io.aiproxy.app.doctor.Doctor;
import io.aiproxy.core.KeyDigest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class CliTest {
    private static final Doctor.Tokens NO_TOKENS =
            (channel, credential) -> CompletableFuture.failedFuture(new AssertionError("nobody asks for tokens here"));

    @TempDir
    private Path dir;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final Map<String, String> environment = new HashMap<>();
    private String in = "";
    private Settings ran;
    private Properties with;

    @ParameterizedTest
    @ValueSource(strings = {"--port 9000 --grace 5s", "run --port 9000 --grace 5s", "--grace=5s run --port 9000"})
    void flags_may_stand_before_and_behind_run_and_run_may_be_left_out(String line) {
        assertThat(aiproxy(line.split(" "))).isZero();

        assertThat(ran.port()).isEqualTo(9000);
        assertThat(ran.grace()).hasSeconds(5);
    }

    @Test
    void the_flag_behind_run_wins() {
        assertThat(aiproxy("--port", "1", "run", "--port", "2")).isZero();

        assertThat(ran.port()).isEqualTo(2);
    }

    @Test
    void run_gets_environment_and_properties_and_decides_the_exit_code() throws IOException {
        Files.createDirectories(dir.resolve("config"));
        Files.writeString(dir.resolve("config/application.properties"), "camel.main.name=x");
        environment.put("AIPROXY_PORT", "9001");

        assertThat(Cli.execute(
                        new String[0],
                        (settings, properties) -> 1 + remember(settings, properties),
                        NO_TOKENS,
                        shell()))
                .isEqualTo(1);
        assertThat(ran.port()).isEqualTo(9001);
        assertThat(with).containsEntry("camel.main.name", "x");
    }

    @Test
    void bad_settings_are_told_without_a_stack_trace_and_nothing_is_run() {
        environment.put("AIPROXY_PORT", "high");

        assertThat(aiproxy("--routes", "nowhere")).isEqualTo(1);

        assertThat(ran).isNull();
        assertThat(err.toString())
                .contains("2 settings cannot be used", "environment variable AIPROXY_PORT: \"high\"", "--routes: ")
                .doesNotContain("\tat ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--prot 1",
                "rum",
                "--port",
                "run now",
                "tls",
                "key",
                "key new --bits 3",
                "tls self-signed",
                "import",
                "import flow",
                "import flow x",
                "import nothing x --to y",
                "check now",
                "check --port 1",
                "doctor --timeout soon"
            })
    void a_wrong_command_line_is_exit_code_2_and_leads_to_the_help(String line) {
        assertThat(aiproxy(line.split(" "))).isEqualTo(2);

        assertThat(ran).isNull();
        assertThat(out.toString()).isEmpty();
        assertThat(err.toString()).startsWith("aiproxy: ").contains("--help").doesNotContain("\tat ");
    }

    @Test
    void settings_before_another_command_are_a_mistake() {
        assertThat(aiproxy("--port", "9", "key", "new")).isEqualTo(2);

        assertThat(err.toString()).contains("no effect before key");
    }

    @Test
    void a_defect_keeps_its_stack_trace() {
        int code = Cli.execute(
                new String[0],
                (settings, properties) -> {
                    throw new IllegalStateException("broken");
                },
                NO_TOKENS,
                shell());

        assertThat(code).isEqualTo(1);
        assertThat(err.toString()).contains("IllegalStateException: broken", "\tat ");
    }

    @ParameterizedTest
    @EnumSource
    void help_names_every_setting_in_each_of_its_ways(Setting setting) {
        assertThat(aiproxy("--help")).isZero();
        assertThat(aiproxy("run", "--help")).isZero();

        String[] helps = out.toString().split("Usage: ");
        assertThat(helps).hasSize(3);
        assertThat(Arrays.asList(helps).subList(1, 3)).allSatisfy(help -> assertThat(help)
                .contains(
                        setting.flag() + "=",
                        setting.variable(),
                        setting.property().orElse("")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--version",
                "run --version",
                "tls -V",
                "tls self-signed --version",
                "key new --version",
                "check -V",
                "import -V",
                "doctor -V"
            })
    void version_is_told_everywhere(String line) {
        assertThat(aiproxy(line.split(" "))).isZero();

        assertThat(out.toString()).containsPattern("aiproxy \\d+\\.\\d+").contains("Java 1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"check", "doctor", "import"})
    void help_of_every_command_says_what_it_does_and_how_it_ends(String command) {
        assertThat(aiproxy(command, "--help")).isZero();

        assertThat(out.toString())
                .startsWith("Usage: aiproxy " + command)
                .contains("--help", "Exit codes: 0 ", "2 the");
        assertThat(aiproxy("--help")).isZero();
        assertThat(out.toString()).containsPattern("(?m)^  " + command + " +\\S");
    }

    @Test
    void a_new_key_is_long_random_and_shown_in_its_place() {
        assertThat(aiproxy("key", "new")).isZero();
        assertThat(aiproxy("key", "new", "--prefix", "team-a.")).isZero();

        String[] lines = out.toString().split("\\R");
        String first = lines[0];
        assertThat(first).matches("pk_[0-9A-Za-z]{33}");
        assertThat(out.toString()).contains("      - proxy_key: " + first);
        assertThat(out.toString()).containsPattern(Pattern.compile("^team-a\\.[0-9A-Za-z]{33}$", Pattern.MULTILINE));
        assertThat(out.toString().split(first.substring(3), -1)).hasSize(3);
    }

    @Test
    void a_new_key_can_be_kept_as_its_digest() {
        assertThat(aiproxy("key", "new", "--sha256")).isZero();

        String key = out.toString().split("\\R")[0];
        assertThat(out.toString())
                .contains(
                        "      - sha256: " + KeyDigest.of(key).hex(),
                        "        prefix: '" + key.substring(0, 12) + "'",
                        "        name: laptop")
                .doesNotContain("proxy_key");
        assertThat(out.toString().split(Pattern.quote(key), -1)).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"pk_test_zhangsan", "  pk_test_zhangsan  ", "pk_te#:_{}[]&*"})
    void a_key_that_is_there_can_be_kept_as_its_digest(String key) {
        in = key + "\r\nwhatever follows\n";
        assertThat(aiproxy("key", "hash")).isZero();

        assertThat(out.toString().lines())
                .containsExactly(
                        "sha256: " + KeyDigest.of(key.strip()).hex(),
                        "prefix: '" + key.strip().substring(0, key.strip().length() / 3) + "'");
    }

    @Test
    void a_quotation_mark_in_a_prefix_is_YAMLs() {
        in = "a'b'pk_test_zhangsan";
        assertThat(aiproxy("key", "hash")).isZero();
        assertThat(out.toString()).contains("prefix: 'a''b''pk'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n", "pk_test", "pk test zhangsan", "pk_test_张三_laptop"})
    void what_can_be_no_key_has_no_digest(String key) {
        in = key;
        assertThat(aiproxy("key", "hash")).isEqualTo(1);

        assertThat(err.toString()).startsWith("aiproxy: the key must be ").doesNotContain("\tat ");
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void a_prefix_that_would_need_quoting_is_refused() {
        assertThat(aiproxy("key", "new", "--prefix", "a b")).isEqualTo(1);

        assertThat(err.toString()).startsWith("aiproxy: --prefix: ").doesNotContain("\tat ");
    }

    private int aiproxy(String... args) {
        return Cli.execute(args, this::remember, NO_TOKENS, shell());
    }

    private int remember(Settings settings, Properties properties) {
        ran = settings;
        with = properties;
        return 0;
    }

    private Shell shell() {
        return new Shell(
                environment,
                dir,
                new ByteArrayInputStream(in.getBytes(StandardCharsets.UTF_8)),
                new PrintWriter(out, true),
                new PrintWriter(err, true));
    }
}
