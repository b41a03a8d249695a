package io.aiproxy.limits;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * {@code limits.json}: {@code {"counters": [{"name": …, "from": …, "until": …, "used": …, "before": …}, …]}}, times in
 * milliseconds since 1970. Replaced in one step, so that a crash leaves the old or the new one; readable by its owner alone,
 * because it names users. Used by one thread at a time.
 */
final class CountsFile {
    private static final JsonFactory JSON = new JsonFactory();
    private static final List<String> NUMBERS = List.of("from", "until", "used", "before");

    private final Path path;

    CountsFile(Path path) {
        this.path = path;
    }

    Path path() {
        return path;
    }

    /**
     * Reads everything; a missing file is an empty one.
     *
     * @throws IOException when it cannot be read or is not what this class writes
     */
    List<SavedCount> read() throws IOException {
        if (!Files.exists(path)) {
            return List.of();
        }
        try (InputStream in = Files.newInputStream(path);
                JsonParser json = JSON.createParser(in)) {
            expect(json, json.nextToken() == JsonToken.START_OBJECT);
            expect(json, "counters".equals(json.nextFieldName()));
            expect(json, json.nextToken() == JsonToken.START_ARRAY);
            List<SavedCount> counts = new ArrayList<>();
            while (json.nextToken() == JsonToken.START_OBJECT) {
                counts.add(count(json));
            }
            expect(json, json.currentToken() == JsonToken.END_ARRAY && json.nextToken() == JsonToken.END_OBJECT);
            return counts;
        }
    }

    private static SavedCount count(JsonParser json) throws IOException {
        String name = "";
        Map<String, Long> numbers = new HashMap<>();
        for (String field = json.nextFieldName(); field != null; field = json.nextFieldName()) {
            JsonToken value = json.nextToken();
            if (field.equals("name") && value == JsonToken.VALUE_STRING) {
                name = json.getText();
            } else if (NUMBERS.contains(field) && value == JsonToken.VALUE_NUMBER_INT) {
                numbers.put(field, json.getLongValue());
            } else {
                expect(json, false);
            }
        }
        long used = numbers.getOrDefault("used", -1L);
        long before = numbers.getOrDefault("before", -1L);
        long from = numbers.getOrDefault("from", 0L);
        long until = numbers.getOrDefault("until", 0L);
        expect(json, !name.isEmpty() && used >= 0 && before >= 0 && from < until);
        return new SavedCount(name, from, until, used, before);
    }

    private static void expect(JsonParser json, boolean asWritten) throws IOException {
        if (!asWritten) {
            throw new IOException("not as the gateway writes it, at line "
                    + json.currentLocation().getLineNr() + ", column "
                    + json.currentLocation().getColumnNr());
        }
    }

    /** Replaces the file by these. */
    void write(Collection<SavedCount> counts) throws IOException {
        Path fresh = path.resolveSibling(path.getFileName() + ".new");
        Path directory = path.toAbsolutePath().getParent();
        if (directory != null) {
            Files.createDirectories(directory);
        }
        Files.deleteIfExists(fresh);
        try (FileChannel channel = FileChannel.open(
                        fresh, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), ownerOnly());
                OutputStream out = Channels.newOutputStream(channel);
                JsonGenerator json = JSON.createGenerator(out)) {
            json.writeStartObject();
            json.writeArrayFieldStart("counters");
            for (SavedCount count : counts) {
                json.writeRaw('\n');
                write(json, count);
            }
            json.writeEndArray();
            json.writeEndObject();
            json.flush();
            channel.force(true);
        }
        Files.move(fresh, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static void write(JsonGenerator json, SavedCount count) throws IOException {
        json.writeStartObject();
        json.writeStringField("name", count.name());
        json.writeNumberField("from", count.fromMillis());
        json.writeNumberField("until", count.untilMillis());
        json.writeNumberField("used", count.used());
        json.writeNumberField("before", count.before());
        json.writeEndObject();
    }

    private static FileAttribute<?>[] ownerOnly() {
        return FileSystems.getDefault().supportedFileAttributeViews().contains("posix")
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
                }
                : new FileAttribute<?>[0];
    }
}
