package io.aiproxy.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.aiproxy.AiProxy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The program is told to stop while it starts. The moments are told by the classes that the JVM has loaded, so that nothing
 * is waited for by the clock.
 */
class StopSignalTest {
    /** Far more than a start takes on a busy machine; a process that hangs would do so for ever. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** What the JVM reports of a signal that came before anything was there to obey it: 128 + 15 for SIGTERM. */
    private static final int NOT_BEGUN = 143;

    private static final int SIGINT = 2;

    @TempDir
    private Path home;

    private Process process;

    @BeforeEach
    void configure() throws IOException {
        Path config = Files.createDirectories(home.resolve("config"));
        Files.writeString(config.resolve("channels.yaml"), """
                channels:
                  alpha:
                    name: Alpha
                    base_url: http://127.0.0.1:9
                    api_key: sk_test_alpha
                """);
        Files.writeString(config.resolve("users.yaml"), """
                users:
                  zhangsan:
                    name: Zhang San
                    channels: [alpha]
                    keys: [{proxy_key: pk_test_zhangsan, name: laptop}]
                """);
    }

    @AfterEach
    void end() {
        if (process != null) {
            process.destroyForcibly();
        }
    }

    private void start(String... arguments) throws IOException {
        List<String> command = new ArrayList<>();
        if (interruptsAreIgnored()) {
            command.addAll(List.of("env", "--default-signal=INT"));
        }
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Djava.io.tmpdir=" + Files.createDirectories(home.resolve("tmp"))));
        command.addAll(List.of("-Xmx256m", "-XX:TieredStopAtLevel=1", "-Xlog:class+load:file=classes.txt"));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), AiProxy.class.getName()));
        command.addAll(List.of(arguments));
        process = new ProcessBuilder(command)
                .directory(home.toFile())
                .redirectErrorStream(true)
                .redirectOutput(home.resolve("output.txt").toFile())
                .start();
    }

    /** A shell ignores SIGINT for what it starts in the background, whose children inherit that, and a JVM then keeps it so. */
    private static boolean interruptsAreIgnored() throws IOException {
        Path status = Path.of("/proc/self/status");
        if (!Files.exists(status)) {
            return false;
        }
        String ignored = Files.readAllLines(status).stream()
                .filter(line -> line.startsWith("SigIgn:"))
                .findFirst()
                .orElseThrow();
        long signals =
                Long.parseUnsignedLong(ignored.substring("SigIgn:".length()).strip(), 16);
        return (signals & 1 << (SIGINT - 1)) != 0;
    }

    private void run() throws IOException {
        start("run", "--config", "config", "--data", "data", "--host", "127.0.0.1", "--port", "0");
    }

    private String text(String file) throws IOException {
        Path path = home.resolve(file);
        return Files.exists(path) ? Files.readString(path) : "";
    }

    /** Waits until the program has loaded a class: it is then about to do what the class is for. */
    private void reaches(String type) {
        await(type)
                .pollInterval(Duration.ofMillis(5))
                .atMost(PATIENCE)
                .until(() -> !process.isAlive() || text("classes.txt").contains(" " + type + " "));
    }

    private void says(String words) {
        await(words)
                .pollInterval(Duration.ofMillis(5))
                .atMost(PATIENCE)
                .until(() -> !process.isAlive() || text("output.txt").contains(words));
    }

    private void interrupt() throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-INT", Long.toString(process.pid()))
                .inheritIO()
                .start()
                .waitFor();
    }

    private int code() throws InterruptedException, IOException {
        assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                .as("it has ended; it said: %s", text("output.txt"))
                .isTrue();
        return process.exitValue();
    }

    @Test
    void at_once() throws Exception {
        run();
        process.destroy();
        assertThat(code()).isIn(0, NOT_BEGUN);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "io.aiproxy.AiProxy",
                "org.apache.camel.main.Main",
                "io.aiproxy.config.ConfigLoader",
                "io.aiproxy.wire.EventLoops",
                "io.aiproxy.edge.RouteSet",
                "io.aiproxy.edge.LoopWatchdog",
                "io.aiproxy.app.Administration"
            })
    void while_it_starts(String moment) throws Exception {
        run();
        reaches(moment);
        process.destroy();
        assertThat(code()).as(text("output.txt")).isIn(moment.equals("io.aiproxy.AiProxy") ? NOT_BEGUN : 0, 0);
        assertThat(text("output.txt")).doesNotContain("Exception", "Shutdown in progress");
    }

    @Test
    void by_the_keyboard() throws Exception {
        run();
        reaches("io.aiproxy.edge.RouteSet");
        interrupt();
        assertThat(code()).as(text("output.txt")).isZero();
    }

    @Test
    void when_it_has_just_said_that_it_listens() throws Exception {
        run();
        says("listens on");
        process.destroy();
        assertThat(code()).as(text("output.txt")).isZero();
        assertThat(text("output.txt")).contains("Stopped");
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void nothing_stays_where_temporary_files_are() throws Exception {
        run();
        says("listens on");
        Path books = home.resolve("data/usage.db");
        await("the books")
                .atMost(PATIENCE)
                .until(() -> !process.isAlive() || (Files.exists(books) && Files.size(books) > 0));
        process.destroy();
        assertThat(code()).as(text("output.txt")).isZero();
        assertThat(home.resolve("tmp")).isEmptyDirectory();
    }

    @ParameterizedTest
    @ValueSource(strings = {"io.aiproxy.config.ConfigLoader", "io.aiproxy.config.ConfigException"})
    void while_a_start_fails(String moment) throws Exception {
        Files.writeString(home.resolve("config/users.yaml"), "users: [\n");
        run();
        reaches(moment);
        process.destroy();
        assertThat(code()).as(text("output.txt")).isIn(0, 1, NOT_BEGUN);
    }

    @Test
    void a_start_that_fails_by_itself_says_1() throws Exception {
        Files.writeString(home.resolve("config/users.yaml"), "users: [\n");
        run();
        assertThat(code()).isOne();
        assertThat(text("output.txt")).contains("users.yaml").doesNotContain("Stopping");
    }

    @ParameterizedTest
    @CsvSource({"check, org.apache.camel.main.Main", "check, io.aiproxy.edge.RouteSet", "doctor, io.aiproxy.AiProxy"})
    void other_commands_end_at_the_keyboard_too(String command, String moment) throws Exception {
        start(command, "--config", "config");
        reaches(moment);
        interrupt();
        assertThat(code()).as(text("output.txt")).isIn(128 + SIGINT, 0, 1); // 0, 1: it had ended by itself
    }

    @ParameterizedTest
    @DisabledOnOs(OS.WINDOWS)
    @ValueSource(strings = {"org.apache.camel.main.Main", "io.aiproxy.edge.RouteSet"})
    void a_check_that_is_stopped_leaves_nothing_where_temporary_files_are(String moment) throws Exception {
        start("check", "--config", "config");
        reaches(moment);
        interrupt();
        assertThat(code()).as(text("output.txt")).isIn(128 + SIGINT, 0, 1); // 0, 1: it had ended by itself
        assertThat(home.resolve("tmp")).isEmptyDirectory();
    }
}
