package io.aiproxy.store.file;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aiproxy.store.StoreException;
import io.aiproxy.store.Version;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes one change of several files: all of it or none, whatever happens in between. First the version with the new documents
 * is kept, then an intent says that it is under way, then each file is replaced by a rename, then the intent goes. Whoever
 * finds an intent finishes what it says. Used by one at a time.
 */
final class FileChange {
    private static final Logger LOG = LoggerFactory.getLogger(FileChange.class);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path directory;
    private final Path intent;
    private final Backups backups;

    /**
     * @param directory of the configuration
     * @param intent where it is noted that a change is under way
     * @param backups the versions
     */
    FileChange(Path directory, Path intent, Backups backups) {
        this.directory = directory;
        this.intent = intent;
        this.backups = backups;
    }

    /** Names of the files that differ. */
    static List<String> changed(Documents before, Documents after) {
        return Documents.NAMES.stream()
                .filter(name -> !before.digest(name).equals(after.digest(name)))
                .toList();
    }

    /**
     * Puts new files into the place of the old ones.
     *
     * @throws StoreException CONFLICT when the files are not what they were before; nothing has changed then
     * @throws IOException when they cannot be written; nothing has changed then
     */
    void make(Documents before, Documents after, Version version) throws StoreException, IOException {
        List<String> names = changed(before, after);
        for (String name : names) {
            writable(directory.resolve(name));
        }
        backups.write(version, after);
        note(before, after, version);
        boolean good = false;
        try {
            for (String name : names) {
                Durable.write(fresh(name), Objects.requireNonNull(after.bytes().get(name)));
            }
            if (!Documents.in(directory).same(before)) {
                throw new StoreException(
                        StoreException.Why.CONFLICT,
                        "The files have been changed by somebody else in this moment; read again");
            }
            for (String name : names) {
                Durable.move(fresh(name), directory.resolve(name));
            }
            Durable.sync(directory);
            good = true;
        } finally {
            if (!good) {
                undo(names, before, after, version);
            }
        }
        try {
            forget();
        } catch (IOException e) { // the change counts all the same, and to finish it once more changes nothing
            LOG.warn("{} cannot be removed: {}", intent, Durable.why(e));
        }
    }

    /** Finishes a change that a crash has interrupted. */
    void recover() throws IOException {
        if (!Files.exists(intent)) {
            return;
        }
        JsonNode noted = noted();
        long number = noted.path("version").asLong();
        Optional<Documents> after = backups.documents(number);
        Documents now = Documents.in(directory);
        List<String> names = noted.path("files").properties().stream()
                .map(field -> field.getKey())
                .toList();
        boolean known = after.isPresent() && !names.isEmpty();
        boolean begun = false;
        for (String name : names) {
            String digest = now.digest(name);
            JsonNode file = noted.path("files").path(name);
            known &= digest.equals(file.path("before").asText())
                    || digest.equals(file.path("after").asText());
            begun |= digest.equals(file.path("after").asText());
        }
        if (known) {
            for (String name : FileChange.changed(now, after.orElseThrow())) {
                if (names.contains(name)) {
                    Durable.write(
                            fresh(name),
                            Objects.requireNonNull(after.get().bytes().get(name)));
                    Durable.move(fresh(name), directory.resolve(name));
                }
            }
            Durable.sync(directory);
            LOG.info("Version {} of the configuration, interrupted while it was written, is complete now", number);
        } else {
            LOG.warn(
                    "A change of the configuration (version {}) was interrupted while it was written, and the files are"
                            + " others by now; they stay as they are: look whether they are what you want",
                    number);
            if (!begun) {
                backups.delete(number);
            }
        }
        for (String name : Documents.NAMES) {
            Files.deleteIfExists(fresh(name));
        }
        forget();
    }

    /** The files as they were; if that fails too, the intent stays, and the change is finished later. */
    private void undo(List<String> names, Documents before, Documents after, Version version) throws IOException {
        Documents now = Documents.in(directory);
        for (String name : names) {
            Files.deleteIfExists(fresh(name));
            if (now.digest(name).equals(after.digest(name))) {
                byte[] old = before.bytes().get(name);
                if (old == null) {
                    Files.deleteIfExists(directory.resolve(name));
                } else {
                    Durable.write(fresh(name), old);
                    Durable.move(fresh(name), directory.resolve(name));
                }
            }
        }
        Durable.sync(directory);
        forget();
        backups.delete(version.number());
    }

    private void note(Documents before, Documents after, Version version) throws IOException {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("version", version.number());
        ObjectNode files = json.putObject("files");
        for (String name : changed(before, after)) {
            files.putObject(name).put("before", before.digest(name)).put("after", after.digest(name));
        }
        Path fresh = intent.resolveSibling(intent.getFileName() + ".new");
        Durable.write(fresh, JSON.writeValueAsString(json).getBytes(StandardCharsets.UTF_8));
        Durable.move(fresh, intent);
        Durable.sync(directoryOfIntent());
    }

    private JsonNode noted() throws IOException {
        try {
            return JSON.readTree(Files.readAllBytes(intent));
        } catch (com.fasterxml.jackson.core.JacksonException damaged) {
            return JsonNodeFactory.instance.objectNode();
        }
    }

    private void forget() throws IOException {
        Files.deleteIfExists(intent);
        Durable.sync(directoryOfIntent());
    }

    private Path directoryOfIntent() {
        return Objects.requireNonNull(intent.toAbsolutePath().getParent());
    }

    private Path fresh(String name) {
        return directory.resolve("." + name + ".new");
    }

    private static void writable(Path file) throws StoreException {
        if (Files.isSymbolicLink(file)) {
            throw new StoreException(
                    StoreException.Why.UNAVAILABLE,
                    file
                            + " is a symbolic link, as in a mounted ConfigMap: change it where it comes from, or put a file"
                            + " of its own there, or keep the configuration in a database");
        }
    }
}
