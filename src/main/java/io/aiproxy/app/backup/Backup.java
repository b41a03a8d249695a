package io.aiproxy.app.backup;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aiproxy.app.Settings;
import io.aiproxy.app.Stores;
import io.aiproxy.app.UsageBooks;
import io.aiproxy.app.Version;
import io.aiproxy.config.ConfigException;
import io.aiproxy.config.ConfigLoader;
import io.aiproxy.sql.DatabaseException;
import io.aiproxy.sql.SqliteCopy;
import io.aiproxy.store.AuditEvent;
import io.aiproxy.store.AuditLog;
import io.aiproxy.store.Entries;
import io.aiproxy.store.JsonDocuments;
import io.aiproxy.store.StoreException;
import io.aiproxy.store.file.Durable;
import io.aiproxy.store.file.FileAuditLog;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Puts a configuration, what it names and what is worth keeping of the data directory into an archive. */
public final class Backup {
    /** Times that somebody's edit in between makes it begin again. */
    private static final int TRIES = 5;

    private final Settings settings;
    private final Stores stores;
    private final Function<String, @Nullable String> environment;

    /**
     * @param stores of these settings; only read
     * @param environment looks environment variables up, for placeholders in names of files
     */
    public Backup(Settings settings, Stores stores, Function<String, @Nullable String> environment) {
        this.settings = settings;
        this.stores = stores;
        this.environment = environment;
    }

    /**
     * An archive that was made.
     *
     * @param file where it is
     * @param members how many files are in it
     * @param good whether a gateway could start with this configuration
     */
    public record Made(Path file, int members, boolean good) {}

    /**
     * What a configuration consists of.
     *
     * @param documents their bytes by their names
     * @param named files below the configuration directory that it names
     * @param good whether it could be loaded
     */
    private record Config(Map<String, byte[]> documents, Set<Path> named, boolean good) {}

    /**
     * Makes one, readable by its owner alone. It is there completely or not at all.
     *
     * @param file where; must not exist
     */
    public Made make(Path file, Instant now) throws BackupException {
        Path fresh = file.resolveSibling("." + file.getFileName() + ".part");
        try {
            if (Files.exists(file)) {
                throw new BackupException(file + " exists already");
            }
            Config config = settings.database().isPresent() ? fromDatabase(now) : fromFiles(now);
            Path parent = file.toAbsolutePath().getParent();
            if (parent != null) {
                Durable.directory(parent);
            }
            Durable.write(fresh, new byte[0]);
            int members;
            try (FileChannel to = FileChannel.open(fresh, StandardOpenOption.WRITE)) {
                members = write(Channels.newOutputStream(to), config, now);
                to.force(true);
            }
            Durable.move(fresh, file);
            if (parent != null) {
                Durable.sync(parent);
            }
            return new Made(file, members, config.good);
        } catch (IOException e) {
            throw new BackupException(file + " cannot be made: " + Durable.why(e), e);
        } catch (StoreException e) {
            throw new BackupException(file + " cannot be made: " + e.getMessage(), e);
        } finally {
            remove(fresh);
        }
    }

    private static void remove(Path fresh) {
        try {
            Files.deleteIfExists(fresh);
        } catch (IOException ignored) {
            // what is the matter with this directory has been told already
        }
    }

    private int write(OutputStream to, Config config, Instant now) throws IOException, BackupException, StoreException {
        ArchiveWriter archive = new ArchiveWriter(to);
        for (Map.Entry<String, byte[]> document : config.documents.entrySet()) {
            archive.add(Members.CONFIG + document.getKey(), document.getValue());
        }
        for (Path file : config.named) {
            add(archive, Members.CONFIG + relative(file), file);
        }
        for (String name : Members.DATA_FILES) {
            add(archive, Members.DATA + name, settings.dataDir().resolve(name));
        }
        books(archive);
        if (settings.database().isPresent()) {
            audit(archive, stores.audit(), now);
        } else {
            auditFiles(archive);
        }
        ObjectNode manifest = JsonNodeFactory.instance.objectNode();
        manifest.put("format", Members.FORMAT);
        manifest.put("gateway", Version.current());
        manifest.put("at", now.toString());
        manifest.putObject("store")
                .put("kind", settings.database().isPresent() ? "database" : "files")
                .put("place", stores.config().place());
        manifest.put(
                "usage",
                UsageBooks.file(settings).isPresent()
                        ? "in " + Members.DATA + Members.BOOKS + " if anything was booked"
                        : "not in this archive: it is in "
                                + UsageBooks.place(settings).place());
        archive.finish(manifest);
        return archive.size();
    }

    /** Of one moment, although a gateway may be writing. Where they are in a server, its administrator keeps copies. */
    private void books(ArchiveWriter archive) throws IOException, BackupException {
        Optional<Path> file = UsageBooks.file(settings).filter(Files::isRegularFile);
        if (file.isEmpty()) {
            return;
        }
        Path copy = file.get().resolveSibling("." + Members.BOOKS + ".copy");
        try {
            SqliteCopy.make(file.get(), copy);
            add(archive, Members.DATA + Members.BOOKS, copy);
        } catch (DatabaseException e) {
            throw new BackupException(String.valueOf(e.getMessage()), e);
        } finally {
            remove(copy);
        }
    }

    private static void add(ArchiveWriter archive, String name, Path file) throws IOException, BackupException {
        if (!Files.isRegularFile(file)) {
            return;
        }
        try (InputStream in = Files.newInputStream(file)) {
            archive.add(name, in);
        } catch (NoSuchFileException gone) {
            // replaced in this moment; it need not be there
        }
    }

    private void auditFiles(ArchiveWriter archive) throws IOException, BackupException {
        Path directory = settings.dataDir().resolve("audit");
        if (!Files.isDirectory(directory)) {
            return;
        }
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.sorted().toList()) {
                String name = file.getFileName().toString();
                if (Members.AUDIT.matcher(name).matches()) {
                    add(archive, Members.DATA + "audit/" + name, file);
                }
            }
        }
    }

    /** As the files of {@link FileAuditLog}, so that it can be read wherever it is put back. */
    private static void audit(ArchiveWriter archive, AuditLog log, Instant now)
            throws IOException, BackupException, StoreException {
        List<AuditEvent> newestFirst =
                log.find(new AuditLog.Query(Instant.EPOCH, now.plusMillis(1), "", "", "", 0, Integer.MAX_VALUE));
        Map<YearMonth, StringBuilder> months = new TreeMap<>();
        for (int i = newestFirst.size() - 1; i >= 0; i--) {
            AuditEvent event = newestFirst.get(i);
            months.computeIfAbsent(YearMonth.from(event.at().atOffset(ZoneOffset.UTC)), month -> new StringBuilder())
                    .append(FileAuditLog.line(event))
                    .append('\n');
        }
        for (Map.Entry<YearMonth, StringBuilder> month : months.entrySet()) {
            archive.add(
                    Members.DATA + "audit/audit-" + month.getKey() + ".jsonl",
                    month.getValue().toString().getBytes(StandardCharsets.UTF_8));
        }
    }

    private Config fromDatabase(Instant now) throws StoreException, BackupException {
        Entries entries = stores.config().state().entries();
        if (entries.byKind().values().stream().allMatch(Map::isEmpty)) {
            throw new BackupException(
                    "there is no configuration in " + stores.config().place());
        }
        Map<String, String> texts = JsonDocuments.of(entries);
        Map<String, byte[]> documents = new LinkedHashMap<>();
        texts.forEach((name, text) -> documents.put(name, text.getBytes(StandardCharsets.UTF_8)));
        return with(documents, now);
    }

    /** Looks twice: files that somebody replaces one after the other must not be half of each. */
    private Config fromFiles(Instant now) throws IOException, BackupException {
        Map<String, byte[]> before = documents();
        for (int i = 0; i < TRIES; i++) {
            Config config = with(before, now);
            Map<String, byte[]> after = documents();
            if (same(before, after)) {
                if (before.isEmpty()) {
                    throw new BackupException("there is no configuration in " + settings.configDir());
                }
                return config;
            }
            before = after;
        }
        throw new BackupException("the files in " + settings.configDir() + " are being changed all the time");
    }

    private Map<String, byte[]> documents() throws IOException {
        Map<String, byte[]> documents = new LinkedHashMap<>();
        for (String name : Members.DOCUMENTS) {
            try {
                documents.put(name, Files.readAllBytes(settings.configDir().resolve(name)));
            } catch (NoSuchFileException missing) {
                // a file that need not be there
            }
        }
        return documents;
    }

    private static boolean same(Map<String, byte[]> one, Map<String, byte[]> other) {
        return one.keySet().equals(other.keySet())
                && one.entrySet().stream().allMatch(file -> Arrays.equals(file.getValue(), other.get(file.getKey())));
    }

    private Config with(Map<String, byte[]> documents, Instant now) {
        List<Path> files = new ArrayList<>();
        boolean good = true;
        try {
            files.addAll(ConfigLoader.load(settings.configDir(), Texts.of(documents), environment, 1, now)
                    .files());
        } catch (ConfigException e) { // a backup of what is broken is worth having too
            files.addAll(e.files());
            good = false;
        }
        files.add(settings.configDir().resolve("application.properties"));
        settings.tlsCertificate().ifPresent(files::add);
        settings.tlsKey().ifPresent(files::add);
        Set<Path> named = new LinkedHashSet<>();
        for (Path file : files) {
            String name = relative(file);
            if (Members.allowed(Members.CONFIG + name) && !Members.DOCUMENTS.contains(name)) {
                named.add(settings.configDir().resolve(name));
            }
        }
        return new Config(documents, named, good);
    }

    /** The path below the configuration directory; begins with {@code ..} for files elsewhere. */
    private String relative(Path file) {
        Path directory = settings.configDir().toAbsolutePath().normalize();
        Path there = settings.configDir().resolve(file).toAbsolutePath().normalize();
        return there.startsWith(directory)
                ? directory.relativize(there).toString().replace('\\', '/')
                : "..";
    }
}
