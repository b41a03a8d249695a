package io.aiproxy.channels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.aiproxy.config.SystemConfig;
import io.aiproxy.core.Ticker;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

class AffinityTest {
    private static final SystemConfig.Affinity ROOMY = new SystemConfig.Affinity(100_000, Duration.ofDays(30));
    private static final long DAY = Duration.ofDays(1).toMillis();

    @TempDir
    Path data;

    private final AtomicLong millis = new AtomicLong(1_800_000_000_000L);
    private final Queue<String> warnings = new ConcurrentLinkedQueue<>();
    private final List<Affinity> opened = new ArrayList<>();
    private final Ticker ticker = new Ticker() {
        @Override
        public long nanos() {
            return millis.get() * 1_000_000;
        }

        @Override
        public long millis() {
            return millis.get();
        }
    };
    private final AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
            warnings.add(event.getFormattedMessage());
        }
    };

    @BeforeEach
    void listen() {
        appender.start();
        ((Logger) LoggerFactory.getLogger(Remembered.class)).addAppender(appender);
    }

    @AfterEach
    void close() {
        opened.forEach(Affinity::close);
        ((Logger) LoggerFactory.getLogger(Remembered.class)).detachAppender(appender);
    }

    @Test
    void remembersWhereAThingLives() {
        Affinity affinity = open(ROOMY);
        affinity.bind("file-1", "openai", "main");
        affinity.bind("task-1", "bailian", "default");
        affinity.bind("task-1", "bailian", "spare");
        assertThat(affinity.find("file-1")).contains(new Bound("openai", "main"));
        assertThat(affinity.find("task-1")).contains(new Bound("bailian", "spare"));
        assertThat(affinity.find("file-2")).isEmpty();
        assertThat(affinity.find("")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"resp_1", "a\tb", "a\nb\r\n", "你好 %41+&=", "files/abc-123", "%", " ", "\u0000\uD83D\uDE00"})
    void survivesARestartWhateverTheIdIs(String id) {
        Affinity before = open(ROOMY);
        before.bind("other", "x\ty", "z\n");
        before.bind(id, "bailian", "默认");
        before.close();

        Affinity after = open(ROOMY);
        assertThat(after.find(id)).contains(new Bound("bailian", "默认"));
        assertThat(after.find("other")).contains(new Bound("x\ty", "z\n"));
        assertThat(after.size()).isEqualTo(2);
        assertThat(warnings).isEmpty();
    }

    @Test
    void theLatestWordSurvives() {
        Affinity before = open(ROOMY);
        before.bind("id", "a", "1");
        before.bind("id", "b", "2");
        before.close();
        assertThat(open(ROOMY).find("id")).contains(new Bound("b", "2"));
    }

    @Test
    void isWrittenWithoutAClose() {
        Affinity affinity = open(ROOMY);
        affinity.bind("id", "a", "1");
        await().untilAsserted(() -> assertThat(lines()).hasSize(1));
        assertThat(lines().get(0)).isEqualTo("id\ta\t1\t1800000000000");
    }

    @Test
    void onlyTheOwnerMayReadTheFile() throws IOException {
        assumeTrue(file().getFileSystem().supportedFileAttributeViews().contains("posix"));
        Files.createFile(file(), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-r--r--")));
        Affinity affinity = open(ROOMY);
        affinity.bind("id", "a", "1");
        affinity.close();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file())))
                .isEqualTo("rw-------");
    }

    @Test
    void badLinesAreSkippedWithOneWarning() throws IOException {
        Files.write(
                file(),
                ("good\ta\t1\t1800000000000\n"
                                + "no tabs\n"
                                + "\ta\t1\t1800000000000\n"
                                + "few\ta\t1800000000000\n"
                                + "many\ta\t1\t2\t1800000000000\n"
                                + "escape%zz\ta\t1\t1800000000000\n"
                                + "number\ta\t1\tthirteen-long\n"
                                + "bytes\u00ff\u0000\n"
                                + "fine\tb\t2\t1800000000000\n"
                                + "half\tb\t2\t1800000")
                        .getBytes(StandardCharsets.ISO_8859_1));
        Affinity affinity = open(ROOMY);
        assertThat(affinity.find("good")).contains(new Bound("a", "1"));
        assertThat(affinity.find("fine")).contains(new Bound("b", "2"));
        assertThat(affinity.find("half")).isEmpty();
        assertThat(affinity.size()).isEqualTo(2);
        assertThat(warnings).singleElement().asString().contains("8 lines", "affinity.tsv");
        assertThat(lines()).hasSize(2); // compacted at start

        affinity.bind("next", "c", "3");
        affinity.close();
        warnings.clear();
        assertThat(open(ROOMY).find("next")).contains(new Bound("c", "3"));
        assertThat(warnings).isEmpty();
    }

    @Test
    void isForgottenAfterKeepWithoutUse() {
        Affinity affinity = open(ROOMY);
        affinity.bind("used", "a", "1");
        affinity.bind("unused", "a", "1");
        millis.addAndGet(29 * DAY);
        assertThat(affinity.find("used")).isPresent();
        millis.addAndGet(29 * DAY);
        assertThat(affinity.find("used")).isPresent();
        assertThat(affinity.find("unused")).isEmpty();
        millis.addAndGet(30 * DAY);
        assertThat(affinity.find("used")).isEmpty();
    }

    @Test
    void aRestartDoesNotMakeIdsYounger() {
        Affinity first = open(ROOMY);
        first.bind("used", "a", "1");
        first.bind("unused", "a", "1");
        millis.addAndGet(20 * DAY);
        assertThat(first.find("used")).isPresent(); // which is written down, too
        first.close();

        Affinity second = open(ROOMY);
        millis.addAndGet(10 * DAY);
        assertThat(second.find("unused")).isEmpty();
        assertThat(second.size()).isEqualTo(1);
        second.close();

        millis.addAndGet(19 * DAY);
        Affinity third = open(ROOMY);
        assertThat(third.size()).isEqualTo(1);
        assertThat(third.find("used")).isPresent();
    }

    @Test
    void theOldestAreForgottenFirstAndTheNewestNever() {
        Affinity affinity = open(new SystemConfig.Affinity(100, Duration.ofDays(30)));
        for (int i = 0; i < 100; i++) {
            millis.incrementAndGet();
            affinity.bind("id-" + i, "a", "1");
        }
        millis.incrementAndGet();
        assertThat(affinity.find("id-0")).isPresent(); // now the youngest
        for (int i = 100; i < 150; i++) {
            millis.incrementAndGet();
            affinity.bind("id-" + i, "a", "1");
        }
        await().untilAsserted(() -> assertThat(affinity.size()).isBetween(100L, 106L));
        assertThat(affinity.find("id-0")).isPresent();
        for (int i = 1; i < 45; i++) {
            assertThat(affinity.find("id-" + i)).as("id-" + i).isEmpty();
        }
        for (int i = 51; i < 150; i++) {
            assertThat(affinity.find("id-" + i)).as("id-" + i).isPresent();
        }
        affinity.close();
        assertThat(open(new SystemConfig.Affinity(40, Duration.ofDays(30))).size())
                .isEqualTo(40);
    }

    @Test
    void theFileIsCompactedWhenItGrows() {
        Affinity affinity = open(ROOMY);
        for (int i = 0; i < 20_000; i++) {
            affinity.bind("id-" + i % 10, "a", String.valueOf(i));
            if (i % 1_000 == 999) {
                String last = "\t" + i + "\t";
                await().untilAsserted(() -> assertThat(lines()).anyMatch(line -> line.contains(last)));
            }
        }
        affinity.close();
        assertThat(lines()).hasSizeLessThanOrEqualTo(2_000);
        Affinity after = open(ROOMY);
        assertThat(after.find("id-9")).contains(new Bound("a", "19999"));
        assertThat(lines()).hasSize(10);
    }

    @Test
    void repeatedNewsIsNotWritten() {
        Affinity affinity = open(ROOMY);
        for (int i = 0; i < 100; i++) {
            affinity.bind("task-1", "bailian", "default");
            assertThat(affinity.find("task-1")).isPresent();
        }
        affinity.close();
        assertThat(lines()).hasSize(1);
    }

    @Test
    void whatIsNoIdIsIgnored() {
        Affinity affinity = open(ROOMY);
        affinity.bind("", "a", "1");
        affinity.bind("x".repeat(513), "a", "1");
        affinity.bind("x".repeat(512), "a", "1");
        assertThat(affinity.size()).isEqualTo(1);
    }

    @Test
    void nothingIsRememberedWhenSoConfigured() {
        Affinity affinity = open(new SystemConfig.Affinity(0, Duration.ofDays(30)));
        affinity.bind("id", "a", "1");
        assertThat(affinity.find("id")).isEmpty();
    }

    @Test
    void nothingIsWrittenWhereThereIsNothingToRemember() throws IOException {
        open(ROOMY).close();
        assertThat(file()).doesNotExist();
        assertThat(data.resolve("affinity.tsv.new")).doesNotExist();
    }

    @Test
    void anUnwritableDirectoryCostsAWarningAndTheMemoryWorks() throws IOException {
        Path blocked = data.resolve("not-a-directory");
        Files.createFile(blocked);
        Affinity affinity = Affinity.open(blocked, ROOMY, ticker);
        opened.add(affinity);
        affinity.bind("id-1", "a", "1");
        affinity.bind("id-2", "a", "1");
        assertThat(affinity.find("id-1")).isPresent();
        assertThat(warnings).singleElement().asString().contains("until the next restart only");

        // and when the disk is well again, so is the file
        Files.delete(blocked);
        await().untilAsserted(() -> {
            millis.incrementAndGet();
            affinity.bind("later-" + millis.get(), "a", "1");
            assertThat(blocked.resolve("affinity.tsv")).exists();
        });
        affinity.close();
        assertThat(warnings).hasSize(1); // the clock has not moved a minute
        try (Affinity after = Affinity.open(blocked, ROOMY, ticker)) {
            assertThat(after.find("later-" + millis.get())).isPresent();
        }
    }

    @Test
    void aFullQueueNeverBlocksAndIsReportedOnceAMinute() {
        Affinity stuck =
                new Affinity(new Remembered(file(), ROOMY.maxIds(), ROOMY.keep(), ticker)); // its writer never starts
        for (int i = 0; i < 10_000; i++) {
            stuck.bind("id-" + i, "a", "1");
        }
        assertThat(stuck.find("id-9999")).isPresent();
        assertThat(warnings).singleElement().asString().contains("faster than they can be written");
        millis.addAndGet(60_000);
        stuck.bind("one-more", "a", "1");
        stuck.bind("and-one", "a", "1");
        assertThat(warnings).hasSize(2);
    }

    @Test
    void manyThreadsLoseNothing() throws Exception {
        Affinity affinity = open(ROOMY);
        ExecutorService pool = Executors.newFixedThreadPool(4);
        try {
            List<Future<?>> running = new ArrayList<>();
            for (int t = 0; t < 4; t++) {
                int thread = t;
                running.add(pool.submit(() -> {
                    for (int i = 0; i < 1_500; i++) {
                        affinity.bind("id-" + thread + "-" + i, "channel-" + thread, String.valueOf(i));
                        affinity.find("id-" + (thread + 1) % 4 + "-" + i);
                    }
                }));
            }
            for (Future<?> future : running) {
                future.get();
            }
        } finally {
            pool.shutdown();
        }
        affinity.close();
        Affinity after = open(ROOMY);
        assertThat(after.size()).isEqualTo(6_000);
        assertThat(after.find("id-3-1499")).contains(new Bound("channel-3", "1499"));
    }

    @Test
    void aTornLineDoesNotSwallowTheNext() throws IOException {
        RememberedFile torn = new RememberedFile(file());
        torn.append(new RememberedFile.Line("lost", new Remembered.Words("a", "1"), millis.get()));
        torn.abandon();
        Files.writeString(file(), "half\ta", StandardOpenOption.APPEND);
        torn.append(new RememberedFile.Line("next", new Remembered.Words("a", "1"), millis.get()));
        torn.close();
        RememberedFile.Content content = torn.read();
        assertThat(content.lines()).extracting(RememberedFile.Line::id).containsExactly("next");
        assertThat(content.skipped()).isEqualTo(1);
    }

    private Affinity open(SystemConfig.Affinity config) {
        Affinity affinity = Affinity.open(data, config, ticker);
        opened.add(affinity);
        return affinity;
    }

    private Path file() {
        return data.resolve("affinity.tsv");
    }

    private List<String> lines() {
        try {
            return Files.readAllLines(file(), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
