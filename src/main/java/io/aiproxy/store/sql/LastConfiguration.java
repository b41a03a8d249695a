package io.aiproxy.store.sql;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aiproxy.sql.PrivateFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A copy on disk of the configuration that was loaded last, with which a gateway starts while its database is down. It is
 * one file, so that its documents always belong together.
 */
final class LastConfiguration {
    private static final Logger LOG = LoggerFactory.getLogger(LastConfiguration.class);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path file;
    private final String place;
    private @Nullable String written;

    /**
     * A configuration that was good.
     *
     * @param version its number
     * @param tag of it
     * @param at when it was loaded
     * @param documents by name
     */
    record Copy(long version, String tag, Instant at, Map<String, String> documents) {}

    /** @param place of the database whose configuration it is: another one's copy is not used */
    LastConfiguration(Path dataDir, String place) {
        this.file = dataDir.resolve("last-configuration").resolve("configuration.json");
        this.place = place;
    }

    Path file() {
        return file;
    }

    /** Replaces the copy, unless it is this one already. That it cannot be written is logged. */
    synchronized void keep(Copy copy) {
        if (copy.tag().equals(written)) {
            return;
        }
        ObjectNode json = JSON.createObjectNode();
        json.put("database", place);
        json.put("version", copy.version());
        json.put("tag", copy.tag());
        json.put("at", copy.at().toString());
        ObjectNode documents = json.putObject("documents");
        copy.documents().forEach(documents::put);
        try {
            PrivateFiles.replace(file, json.toString());
            written = copy.tag();
        } catch (IOException e) {
            LOG.warn(
                    "{} cannot be written ({}): without this copy of the configuration the gateway could not start while"
                            + " the database is down",
                    file,
                    PrivateFiles.why(e));
        }
    }

    /** The copy; empty if there is none that can be used. */
    Optional<Copy> read() {
        try {
            JsonNode json = JSON.readTree(Files.readAllBytes(file));
            if (json == null || !json.path("documents").isObject()) {
                LOG.warn("{} is damaged and cannot be used", file);
                return Optional.empty();
            }
            if (!json.path("database").asText().equals(place)) {
                LOG.warn(
                        "{} is the copy of another database ({}) and cannot be used",
                        file,
                        json.path("database").asText());
                return Optional.empty();
            }
            Map<String, String> documents = new LinkedHashMap<>();
            json.path("documents")
                    .properties()
                    .forEach(field ->
                            documents.put(field.getKey(), field.getValue().asText()));
            return Optional.of(new Copy(
                    json.path("version").asLong(),
                    json.path("tag").asText(),
                    Instant.parse(json.path("at").asText()),
                    documents));
        } catch (NoSuchFileException none) {
            return Optional.empty();
        } catch (IOException | DateTimeException e) { // a parser's message may quote a credential
            LOG.warn("{} cannot be used ({})", file, e.getClass().getSimpleName());
            return Optional.empty();
        }
    }
}
