package io.aiproxy.store.file;

import static io.aiproxy.store.file.YamlDocumentTest.set;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.aiproxy.config.Snapshot;
import io.aiproxy.store.Author;
import io.aiproxy.store.Change;
import io.aiproxy.store.Kind;
import io.aiproxy.store.Version;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A crash at any point leaves the files as they were, or as they were to be. */
class FileStoreCrashTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    Path home;

    private Path config;
    private Path data;

    @BeforeEach
    void write() throws IOException {
        config = Files.createDirectories(home.resolve("config"));
        data = home.resolve("data");
        Files.writeString(config.resolve("users.yaml"), FileStoreTest.USERS);
        Files.writeString(config.resolve("channels.yaml"), FileStoreTest.CHANNELS);
    }

    private FileStore open() {
        return FileStore.open(config, data, name -> null);
    }

    /** A change of two files, neither of which is good without the other. */
    private static List<Change> pair(int number) {
        return List.of(
                set(Kind.USER, "u" + number, "{'channels':['c" + number + "'],'proxy_key':'pk_test_u" + number + "'}"),
                set(Kind.CHANNEL, "c" + number, "{'base_url':'https://c.example','api_key':'fake-channel-key'}"));
    }

    /** Makes changes until it is killed, and says so after each. */
    public static final class Writer {
        private Writer() {}

        public static void main(String[] args) throws Exception {
            FileStore store = FileStore.open(Path.of(args[0]), Path.of(args[1]), name -> null);
            store.load();
            for (int i = Integer.parseInt(args[2]); ; i++) {
                store.apply(store.state().tag(), pair(i), Author.CLI, "");
                System.out.println("done " + i);
            }
        }
    }

    @Test
    void killedAtAnyMomentItLosesNothingThatItSaidWasDone() throws Exception {
        Random random = new Random(7);
        int next = 0;
        for (int round = 0; round < 8; round++) {
            int done = writeAndKill(next, random.nextInt(6), random.nextInt(80));
            FileStore store = open();
            Snapshot snapshot = store.load(); // would not load with one of two files
            int there = snapshot.users().size() - 1;
            assertThat(there).isBetween(done, done + 1);
            assertThat(snapshot.channels()).hasSize(there + 1).containsKey("bailian");
            assertThat(store.versions(Long.MAX_VALUE, 1).get(0).number()).isEqualTo(snapshot.version());
            assertThat(data.resolve("config-change.json")).doesNotExist();
            assertThat(Files.readString(config.resolve("users.yaml"))).startsWith(FileStoreTest.USERS);
            next = there;
        }
        assertThat(next).isPositive();
    }

    /** How many changes are known to be done: those before, and those that were said to be. */
    private int writeAndKill(int from, int changes, int moreMillis) throws Exception {
        Path said = home.resolve("said");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Writer.class.getName(),
                        config.toString(),
                        data.toString(),
                        Integer.toString(from))
                .redirectOutput(said.toFile())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            await().atMost(PATIENCE).until(() -> Files.readAllLines(said).size() >= changes);
            // some changes further, at a moment that has nothing to do with them
            process.waitFor(moreMillis, TimeUnit.MILLISECONDS);
        } finally {
            process.destroyForcibly().waitFor();
        }
        return from + Files.readAllLines(said).size();
    }

    /** As it is when the process ended between the two renames. */
    private Version interrupted() throws Exception {
        FileStore store = open();
        store.load();
        Documents before = Documents.in(config);
        Version version = store.apply(store.state().tag(), pair(0), Author.CLI, "");
        Documents after = Documents.in(config);
        Files.write(config.resolve("users.yaml"), before.bytes().get("users.yaml"));
        Files.writeString(config.resolve(".users.yaml.new"), "half");
        note(version, Map.of("users.yaml", before, "channels.yaml", before), after);
        return version;
    }

    private void note(Version version, Map<String, Documents> before, Documents after) {
        StringBuilder json = new StringBuilder("{\"version\":" + version.number() + ",\"files\":{");
        before.forEach((name, was) -> json.append(json.toString().endsWith("{") ? "" : ",")
                .append("\"%s\":{\"before\":\"%s\",\"after\":\"%s\"}"
                        .formatted(name, was.digest(name), after.digest(name))));
        try {
            Files.writeString(data.resolve("config-change.json"), json + "}}");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void finishesWhatWasInterrupted() throws Exception {
        Version version = interrupted();
        Snapshot snapshot = open().load();
        assertThat(snapshot.users()).containsOnlyKeys("zhangsan", "u0");
        assertThat(snapshot.version()).isEqualTo(version.number());
        assertThat(config.resolve(".users.yaml.new")).doesNotExist();
        assertThat(data.resolve("config-change.json")).doesNotExist();
    }

    @Test
    void leavesAloneWhatSomebodyHasEditedSince() throws Exception {
        Version version = interrupted();
        String edited = FileStoreTest.USERS + "# by hand\n";
        Files.writeString(config.resolve("users.yaml"), edited);
        Snapshot snapshot = open().load();
        assertThat(Files.readString(config.resolve("users.yaml"))).isEqualTo(edited);
        assertThat(snapshot.users()).containsOnlyKeys("zhangsan");
        assertThat(snapshot.version()).isEqualTo(version.number() + 1);
        assertThat(data.resolve("config-change.json")).doesNotExist();
    }

    @Test
    void takesAVersionBackThatNeverCounted() throws Exception {
        Version version = interrupted();
        Files.writeString(config.resolve("users.yaml"), FileStoreTest.USERS + "# by hand\n");
        Files.writeString(config.resolve("channels.yaml"), FileStoreTest.CHANNELS);
        FileStore store = open();
        assertThat(store.load().version()).isEqualTo(version.number());
        assertThat(store.versions(Long.MAX_VALUE, 1).get(0).author()).isEqualTo(Author.FILE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "{}", "[]", "{\"version\":99,\"files\":{\"users.yaml\":{}}}"})
    void goesOnAfterADamagedNote(String note) throws Exception {
        FileStore store = open();
        store.load();
        Files.writeString(data.resolve("config-change.json"), note);
        assertThat(open().load().version()).isEqualTo(1);
        assertThat(data.resolve("config-change.json")).doesNotExist();
    }
}
