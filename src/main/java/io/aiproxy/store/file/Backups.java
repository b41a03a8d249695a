package io.aiproxy.store.file;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aiproxy.store.Author;
import io.aiproxy.store.Version;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Copies of the documents, one directory for each version: its number. A directory with a number is complete. */
final class Backups {
    private static final Logger LOG = LoggerFactory.getLogger(Backups.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern NUMBER = Pattern.compile("[1-9][0-9]{0,17}");
    private static final String ABOUT = "version.json";
    private static final int KEEP = 50;

    private final Path directory;

    /**
     * A version and the tag of its documents.
     *
     * @param version the version
     * @param tag see {@link Documents#tag()}
     */
    record Kept(Version version, String tag) {}

    Backups(Path directory) {
        this.directory = directory;
    }

    /** Numbers of all versions, newest first. */
    List<Long> numbers() throws IOException {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> NUMBER.matcher(name).matches())
                    .map(Long::valueOf)
                    .sorted(Comparator.reverseOrder())
                    .toList();
        }
    }

    /** The newest version. */
    Optional<Kept> newest() throws IOException {
        List<Long> numbers = numbers();
        return numbers.isEmpty() ? Optional.empty() : about(numbers.get(0));
    }

    /** What is known of a version; empty if it is not there or damaged, which is told. */
    Optional<Kept> about(long number) {
        Path file = directory.resolve(number + "/" + ABOUT);
        try {
            if (!Files.exists(file)) {
                return Optional.empty();
            }
            JsonNode json = JSON.readTree(Files.readAllBytes(file));
            JsonNode by = json.path("author");
            Author author = new Author(by.path("name").asText(), by.path("from").asText());
            Instant at = Instant.parse(json.path("at").asText());
            Version version = new Version(number, at, author, json.path("note").asText());
            return Optional.of(new Kept(version, json.path("tag").asText()));
        } catch (IOException | DateTimeException damaged) {
            LOG.warn("{} is damaged; this version is left out", file);
            return Optional.empty();
        }
    }

    /** The documents of a version; empty if it is not there. */
    Optional<Documents> documents(long number) {
        Path copies = directory.resolve(Long.toString(number));
        return Files.isDirectory(copies) ? Optional.of(Documents.in(copies)) : Optional.empty();
    }

    /** Keeps a version. */
    void write(Version version, Documents documents) throws IOException {
        Durable.directory(directory);
        String number = Long.toString(version.number());
        Path fresh = directory.resolve(number + ".new");
        Durable.delete(fresh);
        Durable.directory(fresh);
        for (Map.Entry<String, byte[]> document : documents.bytes().entrySet()) {
            Durable.write(fresh.resolve(document.getKey()), document.getValue());
        }
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("number", version.number());
        json.put("at", version.at().toString());
        json.putObject("author")
                .put("name", version.author().name())
                .put("from", version.author().from());
        json.put("note", version.note());
        json.put("tag", documents.tag());
        Durable.write(fresh.resolve(ABOUT), JSON.writeValueAsString(json).getBytes(StandardCharsets.UTF_8));
        Durable.sync(fresh);
        Files.move(fresh, directory.resolve(number), StandardCopyOption.ATOMIC_MOVE);
        Durable.sync(directory);
    }

    /** Takes a version back that has never counted. */
    void delete(long number) throws IOException {
        Path gone = directory.resolve(number + ".new");
        Durable.delete(gone);
        Path copies = directory.resolve(Long.toString(number));
        if (Files.isDirectory(copies)) {
            Files.move(copies, gone, StandardCopyOption.ATOMIC_MOVE); // in one step no version any more
            Durable.sync(directory);
            Durable.delete(gone);
        }
    }

    /** Removes the oldest that are too many. That it cannot is told, and no reason to fail. */
    void prune() {
        try {
            for (long number : numbers().stream().skip(KEEP).toList()) {
                delete(number);
            }
        } catch (IOException e) {
            LOG.warn("Old versions of the configuration cannot be removed: {}", Durable.why(e));
        }
    }
}
