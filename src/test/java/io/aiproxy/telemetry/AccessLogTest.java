package io.aiproxy.telemetry;

import static io.aiproxy.config.SystemConfig.AccessLogConfig.Format.JSON;
import static io.aiproxy.config.SystemConfig.AccessLogConfig.Format.OFF;
import static io.aiproxy.config.SystemConfig.AccessLogConfig.Format.PLAIN;
import static io.aiproxy.telemetry.Samples.accessLog;
import static io.aiproxy.telemetry.Samples.with;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.aiproxy.config.SystemConfig.AccessLogConfig;
import io.aiproxy.core.Attempt;
import io.aiproxy.core.Ticker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The way of a line from an event loop into a file. */
class AccessLogTest {
    @TempDir
    Path dir;

    private final Samples.WallClock clock = new Samples.WallClock();

    private AccessLog open(AccessLogConfig config) {
        return new AccessLog(config, dir, clock);
    }

    /** Files may be moved away while the test looks at them. */
    private static ConditionFactory eventually() {
        return await().ignoreExceptions();
    }

    private static List<String> ids(Path file) throws IOException {
        List<String> ids = new ArrayList<>();
        for (String line : Files.readAllLines(file)) {
            ids.add(new ObjectMapper().readTree(line).get("id").asText());
        }
        return ids;
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> all = Files.list(dir)) {
            return all.sorted().toList();
        }
    }

    private List<String> names() throws IOException {
        return files().stream().map(file -> file.getFileName().toString()).toList();
    }

    private void awaitLines(Path file, int count) {
        eventually().untilAsserted(() -> assertThat(file).exists().satisfies(f -> assertThat(Files.readAllLines(f))
                .hasSize(count)));
    }

    @Test
    void aLineAppearsAlthoughNothingFollowsIt() {
        try (AccessLog log = open(accessLog(JSON, "logs/deep/access.log"))) {
            log.accept(Samples.receipt());
            awaitLines(dir.resolve("logs/deep/access.log"), 1);

            log.accept(Samples.receipt());
            awaitLines(dir.resolve("logs/deep/access.log"), 2);
        }
    }

    @Test
    void operationalPagesAreNotLogged() throws Exception {
        try (AccessLog log = open(accessLog(JSON, "access.log"))) {
            log.accept(with().id("page").uncounted().build());
            log.accept(with().id("call").build());
        }
        assertThat(ids(dir.resolve("access.log"))).containsExactly("call");
    }

    @Test
    void closingWritesEverything() throws Exception {
        AccessLog log = open(accessLog(JSON, "access.log"));
        for (int i = 0; i < 1000; i++) {
            log.accept(with().id("r" + i).build());
        }
        log.close();

        assertThat(ids(dir.resolve("access.log")))
                .hasSize(1000)
                .startsWith("r0", "r1")
                .endsWith("r999");
        assertThat(log.dropped()).isZero();
        log.accept(Samples.receipt());
        assertThat(log.dropped()).isEqualTo(1);
    }

    @Test
    void manyLoopsLoseNothingAndMixNothing() throws Exception {
        int threads = 4;
        int each = 5000;
        // Room for all of it: this test is not about dropping.
        AccessLog log = new AccessLog(accessLog(JSON, "access.log"), dir, clock, new LogChunks(1000, 64 << 10));
        CountDownLatch go = new CountDownLatch(1);
        List<Thread> loops = new ArrayList<>();
        for (int t = 0; t < threads; t++) {
            String name = "t" + t + "-";
            Thread loop = new Thread(() -> {
                try {
                    go.await();
                } catch (InterruptedException stopped) {
                    return;
                }
                for (int i = 0; i < each; i++) {
                    log.accept(with().id(name + i).build());
                }
            });
            loop.start();
            loops.add(loop);
        }
        go.countDown();
        for (Thread loop : loops) {
            loop.join();
        }
        // The threads are gone; what they left in their slots is found all the same.
        awaitLines(dir.resolve("access.log"), threads * each);
        log.close();

        List<String> ids = ids(dir.resolve("access.log"));
        Set<String> different = new HashSet<>(ids);
        assertThat(different).hasSize(threads * each);
        assertThat(log.dropped()).isZero();
    }

    @Test
    void aFileIsBegunAnewAtItsSize() throws Exception {
        AccessLogConfig small = new AccessLogConfig(JSON, "access.log", 3000, Duration.ofDays(7), 1 << 20);
        try (AccessLog log = open(small)) {
            for (int i = 0; i < 12; i++) {
                log.accept(with().id("r" + i).build());
                int written = i + 1;
                eventually().pollInterval(Duration.ofMillis(5)).untilAsserted(() -> assertThat(lines())
                        .isEqualTo(written));
            }
        }
        // One second of the clock for all of them: numbered.
        assertThat(names())
                .contains("access.log", "access-2026-11-21T01-30-00.log", "access-2026-11-21T01-30-00-2.log");
        for (Path file : files()) {
            assertThat(Files.size(file)).isLessThanOrEqualTo(3000);
        }
        assertThat(lines()).isEqualTo(12);
    }

    private int lines() throws IOException {
        int lines = 0;
        for (Path file : files()) {
            lines += Files.readAllLines(file).size();
        }
        return lines;
    }

    @Test
    void aFileIsBegunAnewAfterADayAndDeletedAfterItsTime() throws Exception {
        AccessLogConfig days = new AccessLogConfig(JSON, "access.log", 1 << 20, Duration.ofDays(2), 1 << 20);
        Files.writeString(dir.resolve("access-notes.log"), "mine");
        try (AccessLog log = open(days)) {
            log.accept(with().id("first").build());
            awaitLines(dir.resolve("access.log"), 1);

            clock.advance(Duration.ofHours(25));
            Path first = dir.resolve("access-2026-11-22T02-30-00.log");
            eventually().untilAsserted(() -> assertThat(first).exists());
            assertThat(ids(first)).containsExactly("first");

            clock.advance(Duration.ofHours(47));
            log.accept(with().id("second").build());
            awaitLines(dir.resolve("access.log"), 1);
            assertThat(first).exists();

            clock.advance(Duration.ofHours(2));
            eventually().untilAsserted(() -> assertThat(first).doesNotExist());
        }
        assertThat(names()).containsExactly("access-notes.log", "access.log");
    }

    @Test
    void theOldestFilesGoWhenAllTogetherAreTooLarge() throws Exception {
        for (int hour = 1; hour <= 5; hour++) {
            Files.writeString(dir.resolve("access-2026-11-20T0" + hour + "-00-00.log"), "x".repeat(1000));
        }
        AccessLogConfig config = new AccessLogConfig(JSON, "access.log", 1 << 20, Duration.ofDays(7), 3500);
        try (AccessLog log = open(config)) {
            eventually().untilAsserted(() -> assertThat(names())
                    .containsExactly(
                            "access-2026-11-20T03-00-00.log",
                            "access-2026-11-20T04-00-00.log",
                            "access-2026-11-20T05-00-00.log",
                            "access.log"));
            assertThat(log.dropped()).isZero();
        }
    }

    @Test
    void othersMayMoveTheFileAway() throws Exception {
        Path file = dir.resolve("logs/access.log");
        Path moved = dir.resolve("logs/access.log.1");
        try (AccessLog log = open(accessLog(JSON, "logs/access.log"))) {
            log.accept(with().id("before").build());
            awaitLines(file, 1);
            Files.move(file, moved);
            log.accept(with().id("after").build());
            awaitLines(file, 1);
            assertThat(ids(moved)).containsExactly("before");
            assertThat(ids(file)).containsExactly("after");

            Files.delete(file);
            Files.delete(moved);
            Files.delete(dir.resolve("logs"));
            log.accept(with().id("again").build());
            awaitLines(file, 1);
        }
    }

    @Test
    void halfALineOfAKilledProcessStaysAlone() throws Exception {
        Files.writeString(dir.resolve("access.log"), "{\"time\":\"2026");
        try (AccessLog log = open(accessLog(JSON, "access.log"))) {
            log.accept(Samples.receipt());
        }
        List<String> lines = Files.readAllLines(dir.resolve("access.log"));
        assertThat(lines).hasSize(2);
        assertThat(lines.get(1)).startsWith("{\"time\":\"2026-11-21").endsWith("}");
    }

    @Test
    void aStuckDiskCostsLinesAndNothingElse() throws Exception {
        Path obstacle = dir.resolve("logs");
        Files.writeString(obstacle, "a file where a directory should be");
        LogChunks little = new LogChunks(2, 8 << 10);
        AccessLog log = new AccessLog(accessLog(JSON, "logs/access.log"), dir, clock, little);
        int sent = 0;
        while (log.dropped() < 10) {
            log.accept(with().id("r" + sent++).build());
        }
        int kept = sent - (int) log.dropped();
        assertThat(kept).isPositive();

        Files.delete(obstacle);
        awaitLines(obstacle.resolve("access.log"), kept);
        log.accept(with().id("last").build());
        log.close();

        assertThat(log.dropped()).isEqualTo(sent - kept);
        assertThat(ids(obstacle.resolve("access.log")))
                .hasSize(kept + 1)
                .startsWith("r0", "r1")
                .endsWith("last");
    }

    @Test
    void whatCannotBeWrittenAtTheEndIsCounted() throws Exception {
        Files.writeString(dir.resolve("logs"), "a file where a directory should be");
        AccessLog log = open(accessLog(JSON, "logs/access.log"));
        log.accept(Samples.receipt());
        log.accept(Samples.receipt());
        log.close();
        assertThat(log.dropped()).isEqualTo(2);
    }

    @Test
    void anotherConfigurationTakesOverWithoutALoss() throws Exception {
        AccessLog log = open(accessLog(JSON, "one.log"));
        for (int i = 0; i < 10; i++) {
            log.accept(with().id("r" + i).build());
        }
        log.reconfigure(accessLog(PLAIN, "two.log"));
        log.accept(with().id("plain").build());
        log.reconfigure(accessLog(OFF, "two.log"));
        log.accept(with().id("nowhere").build());
        log.reconfigure(accessLog(JSON, "three.log"));
        log.accept(with().id("third").build());
        log.close();

        assertThat(ids(dir.resolve("one.log"))).hasSize(10).endsWith("r9");
        assertThat(Files.readString(dir.resolve("two.log")))
                .contains(" id=plain ")
                .doesNotContain("nowhere");
        assertThat(ids(dir.resolve("three.log"))).containsExactly("third");
        assertThat(log.dropped()).isZero();
    }

    @Test
    void anUnusablePlaceDoesNotHoldUpItsSuccessor() throws Exception {
        Files.writeString(dir.resolve("logs"), "a file where a directory should be");
        AccessLog log = open(accessLog(JSON, "logs/access.log"));
        log.accept(with().id("stuck").build());
        log.reconfigure(accessLog(JSON, "good.log"));
        log.accept(with().id("fine").build());
        awaitLines(dir.resolve("good.log"), 1);
        log.close();
        assertThat(log.dropped()).isEqualTo(1);
    }

    @Test
    void aBrokenReceiptCostsOneLine() throws Exception {
        AccessLog log = open(accessLog(JSON, "access.log"));
        log.accept(with().id("a").build());
        // Long enough to be measured, broken when it is written.
        log.accept(with().id("b")
                .attempts(new Attempt("c", "d", 200, null, 0, 0, true))
                .build());
        log.accept(with().id("c").build());
        log.close();
        assertThat(ids(dir.resolve("access.log"))).containsExactly("a", "c");
        assertThat(log.dropped()).isEqualTo(1);
    }

    @Test
    void standardOutputWorksToo() throws Exception {
        String out = child(java(ToStdout.class, ""));
        assertThat(out.lines().filter(line -> line.startsWith("{\"time\":"))).hasSize(3);
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void aDiskThatIsFullInTheMiddleOfALineLeavesNoHalfLine() throws Exception {
        // 128 blocks of 512 bytes: a write beyond that is cut short, as on a full disk.
        String out = child("ulimit -f 128; exec " + java(ToFullDisk.class, dir.toString()));
        int dropped = Integer.parseInt(out.strip());
        List<String> written = ids(dir.resolve("access.log"));

        assertThat(written).hasSizeGreaterThanOrEqualTo(50).hasSizeLessThan(ToFullDisk.LINES);
        assertThat(written.size() + dropped).isEqualTo(ToFullDisk.LINES);
        assertThat(Files.readString(dir.resolve("access.log"))).endsWith("}\n");
    }

    private static String java(Class<?> main, String argument) {
        String java = ProcessHandle.current().info().command().orElse("java");
        String path = System.getProperty("java.class.path");
        return "'%s' -XX:-UsePerfData -cp '%s' '%s' '%s'".formatted(java, path, main.getName(), argument);
    }

    private static String child(String command) throws Exception {
        Process child = new ProcessBuilder("sh", "-c", command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String out = new String(child.getInputStream().readAllBytes(), UTF_8);
        assertThat(child.waitFor()).isZero();
        return out;
    }

    /** Logs three lines to standard output. */
    static final class ToStdout {
        public static void main(String[] args) {
            try (AccessLog log = new AccessLog(accessLog(JSON, "stdout"), Path.of("."), Ticker.SYSTEM)) {
                for (int i = 0; i < 3; i++) {
                    log.accept(Samples.receipt());
                }
            }
        }
    }

    /** Logs more than may be written, then says how many lines were dropped. */
    static final class ToFullDisk {
        static final int LINES = 450;

        public static void main(String[] args) throws Exception {
            LogLevel.apply("error");
            Path file = Path.of(args[0], "access.log");
            AccessLog log = new AccessLog(accessLog(JSON, file.toString()), Path.of("."), Ticker.SYSTEM);
            for (int i = 0; i < LINES; i++) {
                if (i == 50) {
                    await().ignoreExceptions()
                            .until(() -> Files.readAllLines(file).size() == 50);
                }
                log.accept(Samples.receipt());
            }
            log.close();
            System.out.println(log.dropped());
        }
    }
}
