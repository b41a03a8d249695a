package io.aiproxy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.aiproxy.config.ConfigLoader;
import io.aiproxy.config.Snapshot;
import io.aiproxy.config.Status;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Each folder in {@code imports/} is one old installation; the {@code .golden} beside it is what is told and what is
 * written, which {@code -Daiproxy.regenerate=true} writes anew, to be read before it is committed.
 */
class ImportCommandTest {
    private static final Path SAMPLES = Path.of("src/test/resources/imports").toAbsolutePath();

    /** All that must never be shown: what stands in the samples in a secret's place. */
    private static final List<String> SECRETS = List.of(
            "sk-test",
            "sk_openai",
            "pk_test",
            "pk_user1",
            "test-secret",
            "test-client",
            "Tk9UX0FfS0VZ", // NOT_A_KEY
            "-client-key-",
            "sk-1234");

    @TempDir
    private Path dir;

    private StringWriter out = new StringWriter();
    private StringWriter err = new StringWriter();

    @ParameterizedTest
    @CsvSource({
        "aiproxy, aiproxy",
        "aiproxy, aiproxy-yaml",
        "flow, flow",
        "oauth2, oauth2",
        "oauth2, oauth2-old",
        "litellm, litellm",
        "litellm-prices, litellm-prices",
        "one-api, one-api"
    })
    void a_folder_becomes_a_configuration(String kind, String sample) throws IOException {
        assertThat(aiproxy("import", kind, SAMPLES.resolve(sample).toString(), "--to", "config"))
                .as(err.toString())
                .isZero();

        assertThat(out.toString()).doesNotContain(SECRETS);
        StringBuilder all = new StringBuilder(out.toString().replace(SAMPLES.toString(), "SAMPLES"));
        files("config").forEach((name, text) -> all.append("=== ")
                .append(name)
                .append('\n')
                .append(name.startsWith("keys") ? "(a copy)\n" : text));
        Path golden = SAMPLES.resolve(sample + ".golden");
        if (Boolean.getBoolean("aiproxy.regenerate")) {
            Files.writeString(golden, all);
        }
        assertThat(all.toString()).isEqualTo(Files.readString(golden));
    }

    @ParameterizedTest
    @CsvSource({"aiproxy, aiproxy", "aiproxy, aiproxy-yaml", "flow, flow", "oauth2, oauth2", "oauth2, oauth2-old"})
    void what_is_written_loads(String kind, String sample) throws Exception {
        aiproxy("import", kind, SAMPLES.resolve(sample).toString(), "--to", "config");

        Snapshot snapshot = ConfigLoader.load(
                dir.resolve("config"), name -> name.equals("ALIYUN_API_KEY") ? "sk-test" : null, 1, Instant.EPOCH);
        assertThat(snapshot.users()).isNotEmpty();
        assertThat(snapshot.channels().values())
                .anySatisfy(channel -> assertThat(channel.status()).isEqualTo(Status.ACTIVE));
        if (sample.equals("aiproxy")) {
            assertThat(snapshot.channels().get("chat-channel").name()).isEqualTo("Internal model, \"beta\" ${edition}");
        }
    }

    @Test
    void only_the_owner_can_read_what_is_written() throws IOException {
        importFlow();

        try (Stream<Path> written = Files.list(dir.resolve("config"))) {
            assertThat(written).hasSize(3).allSatisfy(file -> assertThat(
                            PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                    .isEqualTo("rw-------"));
        }
        aiproxy("import", "oauth2", SAMPLES.resolve("oauth2").toString(), "--to", "vertex");
        assertThat(PosixFilePermissions.toString(
                        Files.getPosixFilePermissions(dir.resolve("vertex/keys/company-1.json"))))
                .isEqualTo("rw-------");
        assertThat(dir.resolve("vertex/keys/company-1.json"))
                .hasSameBinaryContentAs(SAMPLES.resolve("oauth2/data/json/company-1.json"));
    }

    @Test
    void twice_is_the_same_as_once() throws IOException {
        importFlow();
        Map<String, String> once = files("config");

        assertThat(importFlow()).isZero();

        assertThat(files("config")).isEqualTo(once);
    }

    @Test
    void nothing_is_overwritten_without_force() throws IOException {
        importFlow();
        Files.writeString(dir.resolve("config/users.yaml"), "users: {}  # mine\n");
        Map<String, String> before = files("config");

        assertThat(importFlow()).isEqualTo(1);

        assertThat(files("config")).isEqualTo(before);
        assertThat(err.toString()).contains("users.yaml exists in ", "nothing was written", "--force");
    }

    @Test
    void with_force_the_old_file_is_kept() throws IOException {
        importFlow();
        Files.writeString(dir.resolve("config/users.yaml"), "users: {}  # mine\n");

        assertThat(importFlow("--force")).isZero();

        Map<String, String> after = files("config");
        assertThat(after).hasSize(4);
        assertThat(after.get("users.yaml")).contains("anonymous:");
        after.forEach((name, text) -> {
            if (name.contains(".bak-")) {
                assertThat(name).matches("users\\.yaml\\.bak-\\d{8}-\\d{6}");
                assertThat(text).isEqualTo("users: {}  # mine\n");
            }
        });
    }

    @Test
    void a_dry_run_tells_all_and_writes_nothing() {
        assertThat(importFlow("--dry-run")).isZero();

        assertThat(dir.resolve("config")).doesNotExist();
        assertThat(out.toString()).contains("Taken (8):", "Nothing was written", "  channels.yaml");
    }

    @Test
    void all_or_nothing_also_when_the_disk_refuses() throws IOException {
        Files.createDirectories(dir.resolve("config"));
        Files.writeString(dir.resolve("config/keys"), "a file where the folder of keys should be");

        assertThat(aiproxy("import", "oauth2", SAMPLES.resolve("oauth2").toString(), "--to", "config"))
                .isEqualTo(1);

        assertThat(files("config")).containsOnlyKeys("keys");
        assertThat(err.toString()).contains("nothing was changed").doesNotContain("\tat ");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            channels_config.json | {"channels": {"a": {"api_key": sk-test-secret}}}        | is not valid JSON
            channels_config.json | {"channels": {"a": {"api_key": "x"}, "a": {}}}          | is given twice
            channels_config.json | {"channels": {}}                                        | no channel could be taken
            channels.yaml        | channels: {a: [sk-test-secret                           | is not valid YAML
            channels.yaml        | channels: &a {b: *a}                                    | is not valid YAML
            else.json            | {"x": 1}                                                | there is no channels_config.json
            """)
    void broken_files_are_told_without_showing_them(String name, String text, String message) throws IOException {
        Files.writeString(dir.resolve(name), text);

        assertThat(aiproxy("import", "aiproxy", name, "--to", "config")).isEqualTo(1);

        assertThat(err.toString()).startsWith("aiproxy: ").contains(message).doesNotContain("sk-test", "\tat ");
        assertThat(dir.resolve("config")).doesNotExist();
    }

    @Test
    void files_may_be_named_one_by_one() throws IOException {
        Path sample = SAMPLES.resolve("oauth2");
        assertThat(aiproxy(
                        "import",
                        "oauth2",
                        sample.resolve("data/map/map-config.json").toString(),
                        sample.resolve("data/json/company-1.json").toString(),
                        "--to",
                        "config"))
                .isZero();

        assertThat(files("config")).containsKeys("keys/company-1.json", "keys/company-2.json"); // beside: ../json
        assertThat(files("config").get("channels.yaml")).contains("timeouts: {connect: 60s, head: 300s");
    }

    @Test
    void what_is_missing_is_said() {
        assertThat(aiproxy("import", "flow", "nowhere", "--to", "config")).isEqualTo(1);

        assertThat(err.toString()).contains("nowhere does not exist");
    }

    private int importFlow(String... more) {
        List<String> args = Stream.concat(
                        Stream.of("import", "flow", SAMPLES.resolve("flow").toString(), "--to", "config"),
                        Stream.of(more))
                .toList();
        return aiproxy(args.toArray(String[]::new));
    }

    private int aiproxy(String... args) {
        out = new StringWriter();
        err = new StringWriter();
        Shell shell = new Shell(new LinkedHashMap<>(), dir, new PrintWriter(out, true), new PrintWriter(err, true));
        return Cli.execute(args, (settings, properties) -> 99, (channel, credential) -> null, shell);
    }

    private Map<String, String> files(String folder) throws IOException {
        Map<String, String> files = new TreeMap<>();
        try (Stream<Path> all = Files.walk(dir.resolve(folder))) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                files.put(dir.resolve(folder).relativize(file).toString(), Files.readString(file));
            }
        }
        return files;
    }
}
