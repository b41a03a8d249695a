package io.aiproxy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.aiproxy.app.Stores;
import io.aiproxy.core.Secret;
import io.aiproxy.store.AuditEvent;
import io.aiproxy.store.Author;
import io.aiproxy.store.Entries;
import io.aiproxy.store.Kind;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BackupCommandTest {
    private static final String SECRET = "pk_test_zhangsan";

    @TempDir
    private Path temp;

    private Path dir;
    private final Map<String, String> environment = new HashMap<>(Map.of("TOKEN", "from-the-environment"));
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @BeforeEach
    void configuration() throws IOException {
        dir = temp.toRealPath();
        Files.createDirectories(dir.resolve("b/config"));
        write("a/config/users.yaml", """
                users:
                  # moved to research in May
                  zhangsan:
                    proxy_key: pk_test_zhangsan
                    channels: [openai]
                """);
        write("a/config/channels.yaml", """
                channels:
                  openai:
                    base_url: https://llm.example.com
                    api_key: ${env:TOKEN}
                  other:
                    base_url: https://other.example.com
                    api_key: ${file:keys/other}
                """);
        write("a/config/keys/other", "YOUR_KEY_HERE\n");
        write("a/config/application.properties", "aiproxy.grace=5s\n");
        write("a/config/notes.txt", "nobody names this\n");
        write("a/data/limits.json", "{\"counters\": []}");
        write("a/data/audit/audit-2026-01.jsonl", "{}\n");
        write("a/data/logs/access.log", "{}\n");
    }

    @Test
    void files_come_back_byte_for_byte_and_a_second_run_changes_nothing() throws Exception {
        assertThat(run("backup", "--config", "a/config", "--to", "out/"))
                .as(err.toString())
                .isZero();
        Path archive = archive();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(archive)))
                .isEqualTo("rw-------");

        assertThat(run("restore", archive.toString(), "--config", "b/config"))
                .as(err.toString())
                .isZero();

        Map<String, String> wanted = tree("a");
        wanted.remove("config/notes.txt");
        wanted.remove("data/logs/access.log");
        Map<String, String> restored = tree("b");
        assertThat(restored)
                .containsAllEntriesOf(wanted)
                .doesNotContainKeys("config/notes.txt", "data/logs/access.log");

        out.getBuffer().setLength(0);
        assertThat(run("restore", archive.toString(), "--config", "b/config")).isZero();
        assertThat(out.toString()).contains("Nothing was changed.");
        assertThat(tree("b")).isEqualTo(restored);
        assertThat(out + "" + err).doesNotContain(SECRET, "from-the-environment", "YOUR_KEY_HERE");
        try (Stream<Path> left = Files.list(dir.resolve("b"))) {
            assertThat(left.map(path -> path.getFileName().toString())).containsExactlyInAnyOrder("config", "data");
        }
    }

    @Test
    void a_database_comes_back_as_files_and_again_as_a_database() throws Exception {
        run("backup", "--config", "a/config", "--to", "first.zip");
        Files.delete(dir.resolve("a/config/application.properties"));
        environment.put("AIPROXY_DATABASE", "jdbc:sqlite:one.db");
        assertThat(run("restore", "first.zip", "--config", "a/config"))
                .as(err.toString())
                .isZero();
        Entries wanted = entries("one.db");
        assertThat(wanted.of(Kind.USER)).containsOnlyKeys("zhangsan");

        assertThat(run("backup", "--config", "a/config", "--to", "second.zip"))
                .as(err.toString())
                .isZero();
        try (ZipFile zip = new ZipFile(dir.resolve("second.zip").toFile())) {
            assertThat(zip.stream().map(ZipEntry::getName))
                    .contains("config/users.yaml", "config/keys/other", "data/audit/audit-2026-03.jsonl");
        }
        environment.remove("AIPROXY_DATABASE");
        assertThat(run("restore", "second.zip", "--config", "b/config"))
                .as(err.toString())
                .isZero();
        assertThat(dir.resolve("b/config/keys/other")).hasContent("YOUR_KEY_HERE");
        assertThat(dir.resolve("b/data/audit/audit-2026-03.jsonl")).content().contains("\"user.update\"");

        run("backup", "--config", "b/config", "--to", "third.zip");
        environment.put("AIPROXY_DATABASE", "jdbc:sqlite:two.db");
        assertThat(run("restore", "third.zip", "--config", "b/config"))
                .as(err.toString())
                .isZero();
        assertThat(entries("two.db")).isEqualTo(wanted);
        out.getBuffer().setLength(0);
        assertThat(run("restore", "third.zip", "--config", "b/config")).isZero();
        assertThat(out.toString()).contains("Nothing was changed.");
        assertThat(out + "" + err).doesNotContain(SECRET, "from-the-environment", "YOUR_KEY_HERE");
    }

    @Test
    void another_configuration_is_replaced_only_by_force_and_is_kept() throws Exception {
        run("backup", "--config", "a/config", "--to", "a.zip");
        write("a/config/users.yaml", "users:\n  lisi:\n    proxy_key: pk_test_lisi\n    channels: [openai]\n");
        write("a/config/keys/other", "ANOTHER_KEY_HERE\n");
        Map<String, String> before = tree("a");

        assertThat(run("restore", "a.zip", "--config", "a/config")).isEqualTo(1);
        assertThat(err.toString()).contains("--force");
        assertThat(out.toString())
                .contains("+ user zhangsan", "- user lisi", "~ file")
                .contains("keys/other");
        assertThat(tree("a")).isEqualTo(before);

        assertThat(run("restore", "a.zip", "--config", "a/config", "--force"))
                .as(err.toString())
                .isZero();
        assertThat(dir.resolve("a/config/users.yaml"))
                .content()
                .contains("zhangsan")
                .doesNotContain("lisi");
        assertThat(dir.resolve("a/config/keys/other")).hasContent("YOUR_KEY_HERE");
        Path kept;
        try (Stream<Path> files = Files.list(dir.resolve("a/data/backups"))) {
            kept = files.filter(file -> file.toString().endsWith(".zip"))
                    .findFirst()
                    .orElseThrow();
        }
        assertThat(run("restore", kept.toString(), "--config", "a/config", "--force"))
                .isZero();
        assertThat(dir.resolve("a/config/keys/other")).hasContent("ANOTHER_KEY_HERE");
        assertThat(out + "" + err).doesNotContain(SECRET, "pk_test_lisi", "ANOTHER_KEY_HERE");
    }

    @Test
    void a_dry_run_tells_and_writes_nothing() throws Exception {
        run("backup", "--config", "a/config", "--to", "a.zip");
        Map<String, String> before = tree(".");

        assertThat(run("restore", "a.zip", "--config", "b/config", "--dry-run"))
                .as(err.toString())
                .isZero();
        environment.put("AIPROXY_DATABASE", "jdbc:sqlite:one.db");
        assertThat(run("restore", "a.zip", "--config", "b/config", "--dry-run"))
                .as(err.toString())
                .isZero();

        assertThat(out.toString()).contains("+ user zhangsan", "+ channel openai", "Nothing was written");
        assertThat(tree(".")).isEqualTo(before);
    }

    @Test
    void what_is_damaged_or_leads_elsewhere_is_refused_and_nothing_is_written() throws Exception {
        run("backup", "--config", "a/config", "--to", "a.zip");
        Map<String, byte[]> members = members(dir.resolve("a.zip"));
        Map<String, String> before = tree("b");

        refused("config/users.yaml\" is damaged", members, "config/users.yaml", "users: {}\n");
        refused("is missing", members, "config/users.yaml", null);
        refused("leads out", members, "config/../../evil", "x");
        refused("leads out", members, "../evil", "x");
        refused("leads out", members, "/etc/evil", "x");
        refused("leads out", members, "config\\..\\evil", "x");
        refused("leads out", members, "data/config.lock", "x");
        refused("not in its manifest.json", members, "config/more.txt", "x");
        refused("no backup", members, "manifest.json", null);
        refused("format is 2", members, "manifest.json", "{\"format\": 2, \"gateway\": \"9\", \"members\": {}}");
        refused("damaged", members, "manifest.json", "{");
        Files.writeString(dir.resolve("no.zip"), "this is no archive");
        assertThat(run("restore", "no.zip", "--config", "b/config")).isEqualTo(1);
        assertThat(err.toString()).contains("no zip archive");
        byte[] half = Files.readAllBytes(dir.resolve("a.zip"));
        Files.write(dir.resolve("half.zip"), java.util.Arrays.copyOf(half, half.length / 2));
        assertThat(run("restore", "half.zip", "--config", "b/config")).isEqualTo(1);

        assertThat(tree("b")).isEqualTo(before);
        assertThat(dir.resolve("evil")).doesNotExist();
    }

    @Test
    void a_configuration_that_cannot_be_used_is_backed_up_but_not_restored() throws Exception {
        write("a/config/users.yaml", "users:\n  zhangsan:\n    channels: [nobody]\n");
        assertThat(run("backup", "--config", "a/config", "--to", "a.zip")).isZero();
        assertThat(out.toString()).contains("No gateway could start");
        assertThat(run("restore", "a.zip", "--config", "b/config")).isEqualTo(1);
        assertThat(err.toString()).contains("nothing was restored", "nobody");
        assertThat(tree("b")).isEmpty();
    }

    @Test
    void a_symbolic_link_does_not_lead_out() throws Exception {
        run("backup", "--config", "a/config", "--to", "a.zip");
        Files.createDirectories(dir.resolve("elsewhere"));
        Files.createSymbolicLink(dir.resolve("b/config/keys"), dir.resolve("elsewhere"));
        assertThat(run("restore", "a.zip", "--config", "b/config", "--force")).isEqualTo(1);
        assertThat(err.toString()).contains("symbolic link");
        assertThat(dir.resolve("elsewhere")).isEmptyDirectory();
    }

    @Test
    void without_a_configuration_there_is_no_archive() {
        assertThat(run("backup", "--config", "b/config", "--to", "b.zip")).isEqualTo(1);
        assertThat(err.toString()).contains("there is no configuration");
        assertThat(dir.resolve("b.zip")).doesNotExist();
        environment.put("AIPROXY_DATABASE", "jdbc:sqlite:none.db");
        assertThat(run("backup", "--config", "a/config", "--to", "b.zip")).isEqualTo(1);
        assertThat(dir.resolve("none.db")).doesNotExist();
    }

    @Test
    void help_tells_of_both() {
        assertThat(run("--help")).isZero();
        assertThat(out.toString()).contains("backup", "restore");
        assertThat(run("restore", "--help")).isZero();
        assertThat(run("backup", "--help")).isZero();
        assertThat(out.toString()).contains("--dry-run", "--force", "--to=FILE|DIR");
        assertThat(run("restore")).isEqualTo(2);
    }

    private void refused(
            String why, Map<String, byte[]> members, String name, @org.jspecify.annotations.Nullable String content)
            throws IOException {
        Map<String, byte[]> changed = new LinkedHashMap<>(members);
        if (content == null) {
            changed.remove(name);
        } else {
            changed.put(name, content.getBytes(StandardCharsets.UTF_8));
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            for (Map.Entry<String, byte[]> member : changed.entrySet()) {
                zip.putNextEntry(new ZipEntry(member.getKey()));
                zip.write(member.getValue());
                zip.closeEntry();
            }
        }
        Files.write(dir.resolve("changed.zip"), bytes.toByteArray());
        err.getBuffer().setLength(0);
        assertThat(run("restore", "changed.zip", "--config", "b/config", "--force"))
                .as(name)
                .isEqualTo(1);
        assertThat(err.toString()).contains(why);
    }

    private static Map<String, byte[]> members(Path archive) throws IOException {
        Map<String, byte[]> members = new LinkedHashMap<>();
        try (ZipFile zip = new ZipFile(archive.toFile())) {
            for (ZipEntry entry : zip.stream().toList()) {
                members.put(entry.getName(), zip.getInputStream(entry).readAllBytes());
            }
        }
        return members;
    }

    private Path archive() throws IOException {
        try (Stream<Path> files = Files.list(dir.resolve("out"))) {
            Path archive = files.findFirst().orElseThrow();
            assertThat(archive.getFileName().toString()).matches("aiproxy-backup-[0-9]{8}T[0-9]{9}Z\\.zip");
            return archive;
        }
    }

    private Map<String, String> tree(String name) throws IOException {
        Path root = dir.resolve(name);
        Map<String, String> tree = new TreeMap<>();
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                tree.put(
                        root.relativize(file).toString(),
                        new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1));
            }
        }
        return tree;
    }

    private Entries entries(String database) throws Exception {
        io.aiproxy.app.Settings.Database of =
                new io.aiproxy.app.Settings.Database("jdbc:sqlite:" + dir.resolve(database), "", Secret.of(""));
        try (Stores stores =
                Stores.open(Optional.of(of), dir.resolve("a/config"), dir.resolve("a/data"), environment::get)) {
            stores.audit()
                    .append(new AuditEvent(
                            Instant.parse("2026-03-04T05:06:07Z"),
                            Author.CLI,
                            "user.update",
                            "zhangsan",
                            "done",
                            Optional.empty(),
                            Optional.empty()));
            return stores.config().state().entries();
        }
    }

    private void write(String name, String text) throws IOException {
        Path file = dir.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    private int run(String... args) {
        Shell shell = new Shell(environment, dir, new PrintWriter(out, true), new PrintWriter(err, true));
        return Cli.execute(
                args,
                (settings, properties) -> {
                    throw new AssertionError("no gateway is started");
                },
                (auth, budget) -> {
                    throw new AssertionError("no token is asked for");
                },
                shell);
    }
}
