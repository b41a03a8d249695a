package io.aiproxy.behaviour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.aiproxy.testing.GatewayRig;
import io.aiproxy.testing.RigConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;

/** Backups by the clock, through the route that makes them. */
class BackupTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @Test
    void archives_are_made_in_their_interval_and_old_ones_go() throws Exception {
        try (GatewayRig rig = GatewayRig.start(config().system("backup: {every: 100ms, to: kept, keep: 2}"))) {
            Path kept = rig.home().resolve("data/kept");
            await().atMost(PATIENCE).until(() -> archives(kept).size() == 2);
            Path first = archives(kept).get(0);
            await().atMost(PATIENCE).until(() -> !Files.exists(first));
            rig.stop();

            List<Path> left = archives(kept);
            assertThat(left).hasSize(2);
            try (ZipFile zip = new ZipFile(left.get(1).toFile())) {
                assertThat(zip.stream().map(ZipEntry::getName))
                        .contains("manifest.json", "config/users.yaml", "config/channels.yaml", "config/system.yaml");
                assertThat(zip.getInputStream(zip.getEntry("config/users.yaml")).readAllBytes())
                        .isEqualTo(Files.readAllBytes(rig.home().resolve("config/users.yaml")));
            }
        }
    }

    @Test
    void a_failure_is_counted_and_calls_go_on() throws Exception {
        try (GatewayRig rig =
                GatewayRig.prepare(config().system("backup: {every: 100ms, to: blocked}"), settings -> settings)) {
            Files.writeString(rig.home().resolve("data/blocked"), "a file where a directory should be");
            rig.boot();
            await().atMost(PATIENCE).until(() -> Calls.get(rig, "/metrics")
                    .text()
                    .lines()
                    .anyMatch(line -> line.matches("aiproxy_backup_failures_total [1-9].*")));
            assertThat(Calls.get(rig, "/metrics").text()).contains("aiproxy_backups_total 0.0");
        }
    }

    private static RigConfig config() {
        return RigConfig.empty().channel("one", "http://127.0.0.1:9").user("zhangsan", GatewayRig.KEY, "one");
    }

    private static List<Path> archives(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.getFileName().toString().startsWith("aiproxy-backup-"))
                    .sorted()
                    .toList();
        }
    }
}
