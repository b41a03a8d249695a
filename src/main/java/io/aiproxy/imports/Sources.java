package io.aiproxy.imports;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** The files that are imported: those given by name, and those found in given folders. */
final class Sources {
    private static final int DEEPEST = 4;
    private static final int MOST = 10_000;
    private static final Set<String> SKIPPED = Set.of("node_modules", "jwt");
    private static final long LARGEST = 16 << 20;
    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private final List<Path> given;
    private final List<Path> found;
    private final Set<Path> used = new LinkedHashSet<>();

    private Sources(List<Path> given, List<Path> found) {
        this.given = given;
        this.found = found;
    }

    static Sources of(List<Path> paths) throws ImportException {
        List<Path> given = new ArrayList<>();
        List<Path> found = new ArrayList<>();
        for (Path path : paths) {
            if (Files.isDirectory(path)) {
                found.addAll(below(path));
            } else if (Files.isRegularFile(path)) {
                given.add(path);
            } else {
                throw new ImportException(path + " does not exist; name files of the old system, or their folder");
            }
        }
        return new Sources(given, found);
    }

    private static List<Path> below(Path folder) throws ImportException {
        try (Stream<Path> walk = Files.walk(folder, DEEPEST)) {
            return walk.filter(Files::isRegularFile)
                    .filter(file -> plain(folder.relativize(file)))
                    .limit(MOST)
                    .sorted()
                    .toList();
        } catch (IOException | java.io.UncheckedIOException e) {
            throw new ImportException("cannot read the folder " + folder + ": " + e.getMessage());
        }
    }

    /** Not below hidden folders, nor among libraries or the OAuth2 proxy's cached tokens, named like its key files. */
    private static boolean plain(Path inside) {
        Path parent = inside.getParent();
        if (parent == null) {
            return true;
        }
        for (Path part : parent) {
            if (part.toString().startsWith(".") || SKIPPED.contains(part.toString())) {
                return false;
            }
        }
        return true;
    }

    /** The one file of this name, if there is one. */
    Optional<Path> named(String name) throws ImportException {
        return one(name, file -> name(file).equals(name));
    }

    /** The one file in a folder, or given, that fits. */
    Optional<Path> one(String what, Predicate<Path> fits) throws ImportException {
        List<Path> files = all().filter(fits).distinct().toList();
        if (files.size() > 1) {
            throw new ImportException("there are " + files.size() + " files for " + what + " (" + files.get(0) + ", "
                    + files.get(1) + "); name the one that counts instead of the folder");
        }
        files.forEach(used::add);
        return files.stream().findFirst();
    }

    /** A file that others name, wherever it is in the given folders, or beside the given files. */
    Optional<Path> mentioned(String name) throws ImportException {
        Optional<Path> known = named(name);
        if (known.isPresent()) {
            return known;
        }
        for (Path file : given) {
            Path dir = file.toAbsolutePath().resolveSibling("");
            for (String place : new String[] {"", "json", "../json", "../data/json", "keys"}) {
                Path candidate = dir.resolve(place).resolve(name).normalize();
                if (Files.isRegularFile(candidate)) {
                    return Optional.of(candidate);
                }
            }
        }
        return Optional.empty();
    }

    /** Files given by name that nobody has used yet. */
    List<Path> unused() {
        return given.stream().filter(file -> !used.contains(file)).toList();
    }

    /** Marks a file as read. */
    void use(Path file) {
        used.add(file);
    }

    /** All files, those given by name first. */
    Stream<Path> all() {
        return Stream.concat(given.stream(), found.stream());
    }

    static String name(Path file) {
        return String.valueOf(file.getFileName());
    }

    /** The text of a file. */
    static String text(Path file) throws ImportException {
        try {
            if (Files.size(file) > LARGEST) {
                throw new ImportException(file + " is larger than 16 MiB, so it is no configuration");
            }
            String text = Files.readString(file);
            return text.startsWith("\uFEFF") ? text.substring(1) : text;
        } catch (CharacterCodingException e) {
            throw new ImportException(file + " is not UTF-8 text; save it in that encoding");
        } catch (IOException e) {
            throw new ImportException(file + " cannot be read: " + e.getClass().getSimpleName());
        }
    }

    /** The structure of a JSON or YAML file. Complaints never quote it: it may hold secrets. */
    static JsonNode structure(Path file) throws ImportException {
        String text = text(file);
        if (name(file).endsWith(".yaml") || name(file).endsWith(".yml")) {
            return YamlTree.read(file, text);
        }
        try {
            JsonNode node = JSON.readTree(text);
            if (node == null || node.isMissingNode()) {
                throw new ImportException(file + " is empty");
            }
            return node;
        } catch (JsonProcessingException e) {
            JsonLocation at = e.getLocation();
            String place = at == null ? "" : " at line " + at.getLineNr() + ", column " + at.getColumnNr();
            boolean twice = String.valueOf(e.getOriginalMessage()).startsWith("Duplicate field");
            throw new ImportException(file + place + ": "
                    + (twice ? "a key is given twice; remove one of them" : "is not valid JSON; mend it first"));
        }
    }
}
