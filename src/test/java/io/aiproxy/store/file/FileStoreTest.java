package io.aiproxy.store.file;

import static io.aiproxy.store.file.YamlDocumentTest.gone;
import static io.aiproxy.store.file.YamlDocumentTest.json;
import static io.aiproxy.store.file.YamlDocumentTest.set;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.aiproxy.config.ConfigException;
import io.aiproxy.store.Author;
import io.aiproxy.store.Change;
import io.aiproxy.store.Kind;
import io.aiproxy.store.StoreException;
import io.aiproxy.store.StoreException.Why;
import io.aiproxy.store.Version;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files stay the truth, changes are whole or not there, and every version can be read again. */
class FileStoreTest {
    static final String USERS =
            "# people\nusers:\n  zhangsan: # first\n    channels: [bailian]\n    proxy_key: pk_test_zhangsan\n";
    static final String CHANNELS =
            "channels:\n  bailian:\n    base_url: https://dashscope.example\n    api_key: fake-bailian-key\n";
    private static final Author ANNA = new Author("anna", "10.0.0.1");
    private static final Change LISI = set(Kind.USER, "lisi", "{'channels':['bailian'],'proxy_key':'pk_test_lisi'}");

    @TempDir
    Path home;

    private Path config;
    private Path data;
    private FileStore store;

    @BeforeEach
    void write() throws IOException {
        config = Files.createDirectories(home.resolve("config"));
        data = home.resolve("data");
        Files.writeString(config.resolve("users.yaml"), USERS);
        Files.writeString(config.resolve("channels.yaml"), CHANNELS);
        store = open();
    }

    private FileStore open() {
        return FileStore.open(config, data, name -> null);
    }

    private String users() throws IOException {
        return Files.readString(config.resolve("users.yaml"));
    }

    private Version apply(Change... changes) throws ConfigException, StoreException {
        return store.apply(store.state().tag(), List.of(changes), ANNA, "a note");
    }

    private static void refused(Why why, String words, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.why()).isEqualTo(why))
                .hasMessageContaining(words);
    }

    /** All files below a directory and their content. */
    private static TreeMap<String, String> content(Path directory) throws IOException {
        TreeMap<String, String> content = new TreeMap<>();
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                content.put(directory.relativize(file).toString(), Files.readString(file));
            }
        }
        return content;
    }

    @Test
    void beginsWithVersionOneAndGoesOnAfterARestart() throws Exception {
        assertThat(store.load().version()).isEqualTo(1);
        assertThat(store.load().version()).isEqualTo(1);
        store = open();
        assertThat(store.load().version()).isEqualTo(1);
        assertThat(content(data))
                .containsKeys("backups/1/users.yaml", "backups/1/channels.yaml", "backups/1/version.json");
        Files.writeString(config.resolve("users.yaml"), USERS + "# more\n");
        store = open();
        assertThat(store.load().version()).isEqualTo(2);
        assertThat(store.versions(Long.MAX_VALUE, 9))
                .extracting(Version::number, Version::author)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple(2L, Author.FILE),
                        org.assertj.core.groups.Tuple.tuple(1L, Author.FILE));
        assertThat(Files.getPosixFilePermissions(data.resolve("backups/2")))
                .isEqualTo(PosixFilePermissions.fromString("rwx------"));
    }

    @Test
    void appliesAChangeAndKeepsWhatWasBefore() throws Exception {
        store.load();
        String before = store.state().tag();
        Version version = apply(LISI, set(Kind.SYSTEM, "log_level", "'warn'"));
        assertThat(version.number()).isEqualTo(2);
        assertThat(version.author()).isEqualTo(ANNA);
        assertThat(users()).isEqualTo(USERS + "  lisi:\n    channels: [bailian]\n    proxy_key: pk_test_lisi\n");
        assertThat(Files.readString(config.resolve("system.yaml"))).isEqualTo("system:\n  log_level: warn\n");
        assertThat(store.state().version()).isEqualTo(2);
        assertThat(store.state().tag()).isNotEqualTo(before);
        assertThat(store.load().users()).containsOnlyKeys("zhangsan", "lisi");
        assertThat(store.load().version()).isEqualTo(2);
        assertThat(store.versions(Long.MAX_VALUE, 9))
                .containsExactly(version, store.versions(2, 1).get(0));
        assertThat(store.versions(Long.MAX_VALUE, 1)).containsExactly(version);
        assertThat(store.at(1).of(Kind.USER)).containsOnlyKeys("zhangsan");
        assertThat(store.at(2).of(Kind.USER)).containsOnlyKeys("zhangsan", "lisi");
        assertThat(store.at(2).of(Kind.SYSTEM)).containsEntry("log_level", json("'warn'"));
        refused(Why.NOT_FOUND, "Version 3", () -> store.at(3));
        assertThat(content(data)).doesNotContainKey("config-change.json");
    }

    @Test
    void refusesAChangeOfSomethingElse() throws Exception {
        store.load();
        String tag = store.state().tag();
        Files.writeString(config.resolve("users.yaml"), USERS + "# by hand\n");
        refused(Why.CONFLICT, "read it again", () -> store.apply(tag, List.of(LISI), ANNA, ""));
        assertThat(users()).isEqualTo(USERS + "# by hand\n");
        assertThat(apply(LISI).number()).isEqualTo(3);
        assertThat(store.versions(3, 1).get(0).author()).isEqualTo(Author.FILE);
        assertThat(users()).contains("# by hand").contains("lisi");
    }

    @Test
    void noticesAHandEditInTheLastMoment() throws Exception {
        store.load();
        Documents before = Documents.in(config);
        Documents after = before.with(java.util.Map.of("users.yaml", USERS + "# api\n", "admin.yaml", "# api\n"));
        Files.writeString(config.resolve("channels.yaml"), CHANNELS + "# by hand\n");
        TreeMap<String, String> files = content(home);
        FileChange change =
                new FileChange(config, data.resolve("config-change.json"), new Backups(data.resolve("backups")));
        refused(
                Why.CONFLICT,
                "read again",
                () -> change.make(before, after, new Version(2, java.time.Instant.EPOCH, ANNA, "")));
        assertThat(content(home)).isEqualTo(files);
    }

    @Test
    void writesNothingThatCouldNotBeLoaded() throws Exception {
        store.load();
        apply(LISI);
        TreeMap<String, String> before = content(home);
        for (Change bad : List.of(
                gone(Kind.CHANNEL, "bailian"),
                set(Kind.USER, "wangwu", "{'channels':['nowhere']}"),
                set(Kind.USER, "wangwu", "'text'"))) {
            assertThatThrownBy(() -> apply(bad)).isInstanceOf(ConfigException.class);
            assertThat(content(home)).isEqualTo(before);
        }
    }

    @Test
    void aChangeCanMendWhatIsBroken() throws Exception {
        store.load();
        Files.writeString(config.resolve("users.yaml"), USERS.replace("[bailian]", "[nowhere]"));
        assertThatThrownBy(() -> store.load()).isInstanceOf(ConfigException.class);
        assertThatThrownBy(() -> apply()).isInstanceOf(ConfigException.class);
        Version version = apply(set(Kind.USER, "zhangsan", "{'channels':['bailian'],'proxy_key':'pk_test_zhangsan'}"));
        assertThat(version.number()).isEqualTo(2);
        assertThat(users()).isEqualTo(USERS);
    }

    @Test
    void noChangeIsNoVersion() throws Exception {
        store.load();
        Version version = apply(store.state().entries().of(Kind.USER).entrySet().stream()
                .map(entry -> new Change(Kind.USER, entry.getKey(), java.util.Optional.of(entry.getValue())))
                .toArray(Change[]::new));
        assertThat(version.number()).isEqualTo(1);
        assertThat(store.versions(Long.MAX_VALUE, 9)).hasSize(1);
        Files.writeString(config.resolve("users.yaml"), USERS + "# by hand\n");
        assertThat(apply().number()).isEqualTo(2);
    }

    @Test
    void keepsPermissionsAndMakesNewFilesForTheirOwnerAlone() throws Exception {
        store.load();
        Files.setPosixFilePermissions(config.resolve("users.yaml"), PosixFilePermissions.fromString("rw-r-----"));
        apply(LISI, set(Kind.SYSTEM, "log_level", "'warn'"));
        assertThat(Files.getPosixFilePermissions(config.resolve("users.yaml")))
                .isEqualTo(PosixFilePermissions.fromString("rw-r-----"));
        assertThat(Files.getPosixFilePermissions(config.resolve("system.yaml")))
                .isEqualTo(PosixFilePermissions.fromString("rw-------"));
        assertThat(content(config)).containsOnlyKeys(".aiproxy.lock", "users.yaml", "channels.yaml", "system.yaml");
    }

    @Test
    void refusesSymbolicLinks() throws Exception {
        Path real = home.resolve("mounted");
        Files.move(config.resolve("users.yaml"), real);
        Files.createSymbolicLink(config.resolve("users.yaml"), real);
        assertThat(store.load().version()).isEqualTo(1);
        refused(Why.UNAVAILABLE, "symbolic link", () -> apply(LISI));
        assertThat(Files.readString(real)).isEqualTo(USERS);
        assertThat(store.versions(Long.MAX_VALUE, 9)).hasSize(1);
        assertThat(apply(set(Kind.SYSTEM, "log_level", "'warn'")).number()).isEqualTo(2);
    }

    @Test
    void numbersInMemoryWhereNothingCanBeKept() throws Exception {
        Files.writeString(data, "a file where the data directory should be");
        assertThat(store.load().version()).isEqualTo(1);
        assertThat(store.load().version()).isEqualTo(1);
        Files.writeString(config.resolve("users.yaml"), USERS + "# more\n");
        assertThat(store.load().version()).isEqualTo(2);
        assertThat(store.state().version()).isEqualTo(2);
        refused(Why.UNAVAILABLE, "data directory", () -> apply(LISI));
        assertThat(users()).isEqualTo(USERS + "# more\n");
        Files.delete(data);
        assertThat(apply(LISI).number()).isEqualTo(3);
    }

    @Test
    void aStoreForReadingLeavesNoTrace() throws Exception {
        TreeMap<String, String> before = content(home);
        FileStore reading = FileStore.readOnly(config, name -> null);
        assertThat(reading.load().version()).isEqualTo(1);
        assertThat(reading.versions(Long.MAX_VALUE, 9)).isEmpty();
        refused(
                Why.UNAVAILABLE,
                "only looked at",
                () -> reading.apply(reading.state().tag(), List.of(LISI), ANNA, ""));
        refused(Why.NOT_FOUND, "Version 1", () -> reading.at(1));
        assertThat(content(home)).isEqualTo(before);
        assertThat(data).doesNotExist();
    }

    @Test
    void keepsTheNewestVersions() throws Exception {
        for (int i = 1; i <= 52; i++) {
            Files.writeString(config.resolve("users.yaml"), USERS + "# " + i + "\n");
            store.load();
        }
        assertThat(store.versions(Long.MAX_VALUE, 100)).hasSize(50);
        refused(Why.NOT_FOUND, "Version 2", () -> store.at(2));
        assertThat(store.at(3).of(Kind.USER)).hasSize(1);
    }

    @Test
    void leavesADamagedVersionOut() throws Exception {
        store.load();
        apply(LISI);
        Files.writeString(data.resolve("backups/2/version.json"), "{");
        store = open();
        assertThat(store.versions(Long.MAX_VALUE, 9))
                .extracting(Version::number)
                .containsExactly(1L);
        assertThat(store.load().version()).isEqualTo(3);
    }

    @Test
    void tellsWhatIsNoText() throws Exception {
        Files.write(config.resolve("users.yaml"), new byte[] {'a', (byte) 0xff});
        assertThatThrownBy(() -> store.load())
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("UTF-8");
        refused(Why.UNAVAILABLE, "UTF-8", () -> store.state());
        Files.writeString(config.resolve("users.yaml"), "users: [\n");
        refused(Why.UNAVAILABLE, "users.yaml, line", () -> store.state());
    }

    @Test
    void severalWritersLoseNothing() throws Exception {
        store.load();
        List<Thread> threads = new ArrayList<>();
        AtomicInteger done = new AtomicInteger();
        for (int t = 0; t < 3; t++) {
            int own = t;
            threads.add(new Thread(() -> {
                FileStore other = open();
                for (int i = 0; i < 10; i++) {
                    Change change = set(
                            Kind.USER,
                            "u" + own + "_" + i,
                            "{'channels':['bailian'],'proxy_key':'pk_test_" + own + "_" + i + "'}");
                    boolean taken = false;
                    while (!taken) {
                        try {
                            other.apply(other.state().tag(), List.of(change), ANNA, "");
                            taken = true;
                        } catch (StoreException conflict) {
                            assertThat(conflict.why()).isEqualTo(Why.CONFLICT);
                        } catch (ConfigException e) {
                            throw new IllegalStateException(e);
                        }
                    }
                    done.incrementAndGet();
                }
            }));
        }
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(done).hasValue(30);
        assertThat(store.load().users()).hasSize(31);
        assertThat(store.load().version()).isEqualTo(31);
    }

    @Test
    void tellsOfChangesEvenOfThoseBeforeSomebodyWatched() throws Exception {
        Files.writeString(config.resolve("key"), "fake-key-1");
        Files.writeString(config.resolve("channels.yaml"), CHANNELS.replace("fake-bailian-key", "${file:key}"));
        store.load();
        Files.writeString(config.resolve("users.yaml"), USERS + "# more\n");
        AtomicInteger told = new AtomicInteger();
        try (AutoCloseable watching = store.watch(told::incrementAndGet)) {
            await().untilAsserted(() -> assertThat(told).hasValue(1));
            AtomicInteger second = new AtomicInteger();
            store.watch(second::incrementAndGet);
            Files.writeString(config.resolve("key"), "fake-key-longer");
            await().untilAsserted(() -> assertThat(told).hasValue(2));
            await().untilAsserted(() -> assertThat(second).hasValue(1));
        }
        store.close();
    }
}
