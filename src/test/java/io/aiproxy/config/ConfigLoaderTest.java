package io.aiproxy.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.aiproxy.core.KeyDigest;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What can be wrong with files as such, and the loader's promises; what can be wrong in them is in the golden files. */
class ConfigLoaderTest {
    @TempDir
    Path directory;

    @BeforeEach
    void goodFiles() {
        Configs.write(directory, Configs.USERS, Configs.CHANNELS);
    }

    @Test
    void aSnapshotKnowsItsVersionItsDateAndThatItIsNoDemo() throws Exception {
        Snapshot snapshot = ConfigLoader.load(directory, name -> null, 7, Configs.NOW);

        assertThat(snapshot.version()).isEqualTo(7);
        assertThat(snapshot.loadedAt()).isEqualTo(Configs.NOW);
        assertThat(snapshot.demo()).isFalse();
        assertThat(snapshot.system()).isEqualTo(SystemConfig.defaults());
    }

    @Test
    void byteOrderMarkAndWindowsLineEndsAreFine() throws Exception {
        Configs.write(
                directory, "\uFEFF" + Configs.USERS.replace("\n", "\r\n"), Configs.CHANNELS.replace("\n", "\r\n"));

        assertThat(Configs.load(directory).users().get("zhangsan").keys().get(0).digest())
                .isEqualTo(KeyDigest.of("pk_test_zhangsan"));
    }

    @Test
    void usersStayInTheFilesOrder() throws Exception {
        StringBuilder users = new StringBuilder("users:\n");
        for (String id : new String[] {"z", "a", "m", "b"}) {
            users.append("  ")
                    .append(id)
                    .append(": {channels: bailian, proxy_key: pk_test_")
                    .append(id)
                    .append("}\n");
        }
        Configs.write(directory, users.toString(), Configs.CHANNELS);

        assertThat(Configs.load(directory).users()).containsOnlyKeys("z", "a", "m", "b");
        assertThat(Configs.load(directory).users().keySet()).containsExactly("z", "a", "m", "b");
    }

    @Test
    void manyUsersAndAsManyProblemsAreStillTold() throws Exception {
        StringBuilder users = new StringBuilder("users:\n");
        for (int i = 0; i < 10_000; i++) {
            users.append("  user" + i + ": {channels: bailian, proxy_key: pk_test_key_of_user_" + i + "}\n");
        }
        Configs.write(directory, users.toString(), Configs.CHANNELS);
        assertThat(Configs.load(directory).users()).hasSize(10_000);

        Configs.write(directory, users.toString().replace("bailian", "gone"), Configs.CHANNELS);
        assertThat(problemsNow().lines()).hasSize(10_000);
    }

    @Test
    void aSecretThatStraysIntoAnotherValueIsStruckOutThereToo() {
        String secret = "qz7jxw2kvq";
        Configs.write(
                directory,
                Configs.USERS.replace("pk_test_zhangsan", secret) + "    status: " + secret + "\n"
                        + "  lisi: {channels: [bailian, " + secret + "-or-so], proxy_key: pk_test_lisi}\n",
                Configs.CHANNELS);

        assertThat(problemsNow())
                .contains("users.zhangsan.status: \"***\" is not allowed")
                .contains("channel \"***-or-so\" is not in channels.yaml")
                .doesNotContain(secret);
    }

    @Test
    void anythingButUtf8IsToldWithItsLine() throws Exception {
        Files.write(
                directory.resolve("users.yaml"), (Configs.USERS + "    name: 张三\n").getBytes(Charset.forName("GBK")));
        assertThat(problemsNow()).isEqualTo("users.yaml:5:11 is not UTF-8; save the file as UTF-8");

        Files.write(directory.resolve("users.yaml"), Configs.USERS.getBytes(StandardCharsets.UTF_16));
        assertThat(problemsNow()).isEqualTo("users.yaml:1:1 is not UTF-8; save the file as UTF-8");
    }

    @Test
    void aDirectoryIsNoFile() throws Exception {
        Files.delete(directory.resolve("users.yaml"));
        Files.createDirectory(directory.resolve("users.yaml"));

        assertThat(problemsNow()).isEqualTo("users.yaml: is a directory; a file is needed");
    }

    @Test
    void aFileThatMayNotBeReadIsToldAsSuch() throws Exception {
        Path users = directory.resolve("users.yaml");
        Files.setPosixFilePermissions(users, PosixFilePermissions.fromString("---------"));
        assumeFalse(Files.isReadable(users), "root may read everything");

        assertThat(problemsNow()).isEqualTo("users.yaml: cannot be read: permission denied");
    }

    @Test
    void aHalfWrittenFileIsAProblemAndNotAnEmptyConfiguration() {
        Configs.write(directory, "users:\n  zhangsan:\n    channels: [bail", Configs.CHANNELS);
        assertThat(problemsNow()).startsWith("users.yaml:3:20 not valid YAML: a bracket or brace is not closed");

        Configs.write(directory, "", Configs.CHANNELS);
        assertThat(problemsNow()).isEqualTo("users.yaml: is empty; expected \"users:\"");
    }

    @Test
    void controlCharactersAreToldWithTheirPlace() {
        Configs.write(directory, Configs.USERS + "    name: a\u0007b\n", Configs.CHANNELS);

        assertThat(problemsNow()).isEqualTo("users.yaml:5:12 has a control character; remove it");
    }

    @Test
    void severalDocumentsAreOneTooMany() {
        Configs.write(directory, Configs.USERS + "---\nusers: {}\n", Configs.CHANNELS);

        assertThat(problemsNow()).startsWith("users.yaml:5:1 not valid YAML: only one document per file");
    }

    @Test
    void nestedAliasesCannotBlowUpTheMemory() {
        StringBuilder bomb = new StringBuilder("_0: &a0 [x, x]\n");
        for (int i = 1; i < 40; i++) {
            String alias = "*a" + (i - 1);
            bomb.append("_" + i + ": &a" + i + " [" + (alias + ", ").repeat(9) + alias + "]\n");
        }
        Configs.write(
                directory,
                bomb + "users:\n  zhangsan: {channels: *a39, proxy_key: pk_test_zhangsan}\n",
                Configs.CHANNELS);

        assertThat(problemsNow()).contains("users.zhangsan.channels[0]: must be a single value");
    }

    @Test
    void anchorsThatContainThemselvesEnd() {
        String users =
                "users:\n  zhangsan: &me\n    <<: *me\n    channels: [bailian]\n    proxy_key: pk_test_zhangsan\n";
        Configs.write(directory, users, Configs.CHANNELS);

        assertThat(problemsNow()).contains("users.zhangsan: <<: needs a mapping");
    }

    @Test
    void deepNestingIsRefused() {
        Configs.write(directory, "users: " + "[".repeat(1000) + "]".repeat(1000) + "\n", Configs.CHANNELS);

        assertThat(problemsNow()).isEqualTo("users.yaml: is nested more than 30 levels deep");
    }

    @Test
    void problemsKnowFieldAndPlaceAndTheFilesThatMayMendThem() {
        Configs.write(directory, Configs.USERS.replace("pk_test_zhangsan", "${file:key}"), Configs.CHANNELS);

        ConfigException e = catchThrowableOfType(ConfigException.class, () -> Configs.load(directory));

        assertThat(e.problems())
                .containsExactly(new Problem(
                        directory.resolve("users.yaml"),
                        4,
                        16,
                        "users.zhangsan.proxy_key",
                        "file key does not exist (paths are relative to the configuration directory)"));
        assertThat(e.files())
                .containsExactlyInAnyOrder(
                        directory.resolve("users.yaml"),
                        directory.resolve("channels.yaml"),
                        directory.resolve("system.yaml"),
                        directory.resolve("admin.yaml"),
                        directory.resolve("prices.yaml"),
                        directory.resolve("key"));
    }

    @Test
    void presentMeansThatSomebodyBegan() throws Exception {
        assertThat(ConfigLoader.present(directory)).isTrue();
        Files.delete(directory.resolve("users.yaml"));
        assertThat(ConfigLoader.present(directory)).isTrue();
        Files.delete(directory.resolve("channels.yaml"));
        assertThat(ConfigLoader.present(directory)).isFalse();
        assertThat(ConfigLoader.present(directory.resolve("nowhere"))).isFalse();
    }

    private String problemsNow() {
        ConfigException e = catchThrowableOfType(ConfigException.class, () -> Configs.load(directory));
        assertThat(e).as("a configuration that should not load").isNotNull();
        return e.getMessage();
    }
}
