package io.aiproxy.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.aiproxy.core.Ticker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileWatcherTest {
    @TempDir
    Path directory;

    private final ManualTicker ticker = new ManualTicker();
    private final AtomicInteger changes = new AtomicInteger();
    private final Set<Path> files = new HashSet<>();
    private Path file;

    /** Time that stands until it is moved. */
    private static final class ManualTicker implements Ticker {
        long nanos;
        long millis = System.currentTimeMillis();

        @Override
        public long nanos() {
            return nanos;
        }

        @Override
        public long millis() {
            return millis;
        }

        void forward(Duration by) {
            nanos += by.toNanos();
            millis += by.toMillis();
        }
    }

    @BeforeEach
    void aFile() throws IOException {
        file = directory.resolve("users.yaml");
        Files.writeString(file, "one");
        files.add(file);
    }

    private FileWatcher watcher() {
        return new FileWatcher("test-watcher", () -> Watched.files(files), changes::incrementAndGet, ticker);
    }

    private int poll(FileWatcher watcher) {
        ticker.forward(FileWatcher.INTERVAL);
        watcher.poll();
        return changes.get();
    }

    @Test
    void nothingChangedNothingCalled() {
        FileWatcher watcher = watcher();
        for (int i = 0; i < 100; i++) {
            assertThat(poll(watcher)).isZero();
        }
    }

    @Test
    void aChangeIsToldOnceWhenItRests() throws IOException {
        FileWatcher watcher = watcher();
        Files.writeString(file, "changed");
        assertThat(poll(watcher)).isZero();
        assertThat(poll(watcher)).isEqualTo(1);
        assertThat(poll(watcher)).isEqualTo(1);
    }

    @Test
    void aHalfWrittenFileIsNotTold() throws IOException {
        FileWatcher watcher = watcher();
        Files.writeString(file, "h");
        assertThat(poll(watcher)).isZero();
        Files.writeString(file, "half");
        assertThat(poll(watcher)).isZero();
        Files.writeString(file, "half and the rest");
        assertThat(poll(watcher)).isZero();
        assertThat(poll(watcher)).isEqualTo(1);
    }

    @Test
    void aFileThatNeverRestsIsToldAfterTwoSecondsAllTheSame() throws IOException {
        FileWatcher watcher = watcher();
        int polls = 0;
        while (changes.get() == 0 && polls < 100) {
            Files.writeString(file, "x".repeat(10 + polls++));
            poll(watcher);
        }
        assertThat(Duration.ofMillis(polls * FileWatcher.INTERVAL.toMillis()))
                .isBetween(FileWatcher.LATEST, FileWatcher.LATEST.plus(FileWatcher.INTERVAL.multipliedBy(2)));
    }

    @Test
    void theSecondLookComesWhenWhatChangedHasRestedForAnIntervalByItsOwnTime() throws IOException {
        FileWatcher watcher = watcher();
        assertThat(watcher.pauseMillis()).isEqualTo(FileWatcher.INTERVAL.toMillis());
        assertThat(pauseAfterAChange(watcher, 60)).isEqualTo(FileWatcher.INTERVAL.toMillis() - 60);
        assertThat(pauseAfterAChange(watcher, FileWatcher.INTERVAL.toMillis() - 1))
                .as("but never so soon that two files of one change are taken apart")
                .isEqualTo(30);
        watcher.poll();
        assertThat(changes.get()).isEqualTo(1);
        assertThat(watcher.pauseMillis()).isEqualTo(FileWatcher.INTERVAL.toMillis());
    }

    @Test
    void aTimeThatAnotherClockMayHaveWrittenShortensNothing() throws IOException {
        FileWatcher watcher = watcher();
        assertThat(pauseAfterAChange(watcher, -5_000)).isEqualTo(FileWatcher.INTERVAL.toMillis());
        assertThat(pauseAfterAChange(watcher, 5_000)).isEqualTo(FileWatcher.INTERVAL.toMillis());
        Files.delete(file);
        poll(watcher);
        assertThat(watcher.pauseMillis()).isEqualTo(FileWatcher.INTERVAL.toMillis());
    }

    /** Of a file that was written so long before the look at it. */
    private long pauseAfterAChange(FileWatcher watcher, long agoMillis) throws IOException {
        Files.setLastModifiedTime(file, FileTime.fromMillis(ticker.millis() - agoMillis));
        watcher.poll();
        return watcher.pauseMillis();
    }

    @Test
    void theSameSizeWithAnotherTimeIsAChange() throws IOException {
        FileWatcher watcher = watcher();
        Files.setLastModifiedTime(file, FileTime.fromMillis(12_345));
        poll(watcher);
        assertThat(poll(watcher)).isEqualTo(1);
    }

    @Test
    void anAtomicRenameIsAChangeEvenWithSameSizeAndTime() throws IOException {
        FileTime time = FileTime.fromMillis(1_000_000);
        Files.setLastModifiedTime(file, time);
        FileWatcher watcher = watcher();
        Path other = Files.writeString(directory.resolve("users.yaml.tmp"), "two");
        Files.setLastModifiedTime(other, time);
        Files.move(other, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);

        poll(watcher);
        assertThat(poll(watcher)).isEqualTo(1);
    }

    @Test
    void deletionAndReturnAreChanges() throws IOException {
        FileWatcher watcher = watcher();
        Files.delete(file);
        poll(watcher);
        assertThat(poll(watcher)).isEqualTo(1);
        Files.writeString(file, "back");
        poll(watcher);
        assertThat(poll(watcher)).isEqualTo(2);
    }

    @Test
    void anEditorThatDeletesAndWritesAnewIsOneChange() throws IOException {
        FileWatcher watcher = watcher();
        Files.delete(file);
        assertThat(poll(watcher)).isZero();
        Files.writeString(file, "written anew");
        assertThat(poll(watcher)).isZero();
        assertThat(poll(watcher)).isEqualTo(1);
    }

    @Test
    void theSymlinkSwapOfAKubernetesConfigMapIsAChange() throws IOException {
        Path mount = Files.createDirectory(directory.resolve("mount"));
        Path first = Files.createDirectory(mount.resolve("..2026_01"));
        Path second = Files.createDirectory(mount.resolve("..2026_02"));
        FileTime time = FileTime.fromMillis(1_000_000);
        for (Path version : List.of(first, second)) {
            Files.setLastModifiedTime(Files.writeString(version.resolve("users.yaml"), "same size"), time);
        }
        Path data = Files.createSymbolicLink(mount.resolve("..data"), first.getFileName());
        files.clear();
        files.add(Files.createSymbolicLink(mount.resolve("users.yaml"), Path.of("..data", "users.yaml")));
        FileWatcher watcher = watcher();

        Path swap = Files.createSymbolicLink(mount.resolve("..data_tmp"), second.getFileName());
        Files.move(swap, data, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);

        poll(watcher);
        assertThat(poll(watcher)).isEqualTo(1);
    }

    @Test
    void filesBelowDirectoriesAreSeenWithTheRightSuffixOnly() throws IOException {
        Path routes = directory.resolve("routes");
        FileWatcher watcher = new FileWatcher(
                "test-watcher",
                () -> new Watched(Set.of(), Set.of(routes), ".camel.yaml"),
                changes::incrementAndGet,
                ticker);
        Path deep = Files.createDirectories(routes.resolve("custom/team"));
        Files.writeString(deep.resolve("notes.txt"), "x");
        poll(watcher);
        assertThat(poll(watcher)).isZero();

        Path route = Files.writeString(deep.resolve("a.camel.yaml"), "x");
        poll(watcher);
        assertThat(poll(watcher)).isEqualTo(1);

        Files.move(route, deep.resolve("b.camel.yaml"));
        poll(watcher);
        assertThat(poll(watcher)).isEqualTo(2);

        Files.createSymbolicLink(deep.resolve("loop"), routes); // must end
        Files.delete(deep.resolve("b.camel.yaml"));
        poll(watcher);
        assertThat(poll(watcher)).isEqualTo(3);
    }

    @Test
    void aFileWatchedForTheFirstTimeIsNoChangeUnlessItChangedMeanwhile() throws IOException {
        FileWatcher watcher = watcher();
        poll(watcher);
        Path secret = Files.writeString(directory.resolve("secret"), "old");
        Files.setLastModifiedTime(secret, FileTime.fromMillis(ticker.millis - 60_000));
        files.add(secret);
        poll(watcher);
        assertThat(poll(watcher)).isZero();

        Path fresh = Files.writeString(directory.resolve("fresh"), "new");
        Files.setLastModifiedTime(fresh, FileTime.fromMillis(ticker.millis));
        files.add(fresh);
        poll(watcher);
        assertThat(poll(watcher)).isEqualTo(1);

        files.remove(secret);
        poll(watcher);
        assertThat(poll(watcher)).isEqualTo(1);
    }

    @Test
    void whatTheCallbackThrowsDoesNotEndIt() throws IOException {
        FileWatcher watcher = new FileWatcher(
                "test-watcher",
                () -> Watched.files(files),
                () -> {
                    changes.incrementAndGet();
                    throw new IllegalStateException("on purpose");
                },
                ticker);
        Files.writeString(file, "first change");
        poll(watcher);
        assertThat(poll(watcher)).isEqualTo(1);
        Files.writeString(file, "the second change");
        poll(watcher);
        assertThat(poll(watcher)).isEqualTo(2);
    }

    @Test
    void itsThreadIsADaemonThatEndsWithClose() throws IOException {
        FileWatcher watcher =
                new FileWatcher("test-watcher-thread", () -> Watched.files(files), changes::incrementAndGet);
        watcher.start();
        Thread thread = Thread.getAllStackTraces().keySet().stream()
                .filter(t -> t.getName().equals("test-watcher-thread"))
                .findFirst()
                .orElseThrow();
        assertThat(thread.isDaemon()).isTrue();

        Files.writeString(file, "changed for real");
        await().until(() -> changes.get() == 1);

        watcher.close();
        assertThat(thread.isAlive()).isFalse();
    }

    private void written(String content, long millisAgo) throws IOException {
        Files.writeString(file, content);
        Files.setLastModifiedTime(file, FileTime.fromMillis(ticker.millis - millisAgo));
    }

    @Test
    void whatSomebodyElseHasReadIsNoNews() throws IOException {
        FileWatcher watcher = watcher();
        written("changed by somebody", 1000);
        watcher.seen(watcher.glance());
        poll(watcher);
        assertThat(poll(watcher)).isZero();
        written("changed by somebody else", 500);
        poll(watcher);
        assertThat(poll(watcher)).isEqualTo(1);
    }

    @Test
    void whatCameAfterHisLookIsNews() throws IOException {
        FileWatcher watcher = watcher();
        written("changed by somebody", 1000);
        FileWatcher.Glance glance = watcher.glance();
        written("changed by somebody else", 500);
        watcher.seen(glance);
        poll(watcher);
        assertThat(poll(watcher)).isEqualTo(1);
        watcher.seen(watcher.glance());
        Files.delete(file);
        poll(watcher);
        assertThat(poll(watcher)).isEqualTo(2);
    }

    @Test
    void aFileThatWasWrittenInTheMomentOfHisLookIsNews() throws IOException {
        FileWatcher watcher = watcher();
        written("changed by somebody", 0);
        watcher.seen(watcher.glance());
        poll(watcher);
        assertThat(poll(watcher)).isEqualTo(1);
    }
}
