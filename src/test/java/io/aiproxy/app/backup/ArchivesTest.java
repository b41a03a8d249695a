package io.aiproxy.app.backup;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ArchivesTest {
    @TempDir
    private Path dir;

    @Test
    void only_archives_beyond_the_newest_go_and_nothing_else() throws Exception {
        Archives archives = new Archives(dir);
        Instant first = Instant.parse("2026-01-02T03:04:05.006Z");
        for (int day = 0; day < 5; day++) {
            Files.createFile(archives.at(first.plusSeconds(day * 86_400L)));
        }
        for (String other : new String[] {
            "mine.zip", "aiproxy-backup-20200101T000000000Z.zip.old", "aiproxy-backup-20209901T000000000Z.zip"
        }) {
            Files.createFile(dir.resolve(other));
        }
        Files.createDirectories(dir.resolve("aiproxy-backup-20200101T000000000Z.zip"));
        Files.createDirectories(dir.resolve("7"));

        assertThat(archives.prune(2)).isEqualTo(3);

        assertThat(archives.newest()).contains(first.plusSeconds(4 * 86_400L));
        try (Stream<Path> left = Files.list(dir)) {
            assertThat(left.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder(
                            "aiproxy-backup-20260105T030405006Z.zip",
                            "aiproxy-backup-20260106T030405006Z.zip",
                            "mine.zip",
                            "aiproxy-backup-20200101T000000000Z.zip.old",
                            "aiproxy-backup-20209901T000000000Z.zip",
                            "aiproxy-backup-20200101T000000000Z.zip",
                            "7");
        }
    }

    @Test
    void a_directory_that_is_not_there_holds_none() throws Exception {
        Archives archives = new Archives(dir.resolve("none"));
        assertThat(archives.newest()).isEmpty();
        assertThat(archives.prune(1)).isZero();
    }
}
