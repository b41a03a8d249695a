package io.aiproxy.imports;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Reads other systems' configuration. Blocks on files; nothing is written. */
public final class Imports {
    private final Kind kind;
    private final Sources sources;
    private final Report report = new Report();
    private final Draft draft = new Draft();
    private final Set<Path> read = new LinkedHashSet<>();
    private final Set<Path> keys = new HashSet<>();

    private Imports(Kind kind, Sources sources) {
        this.kind = kind;
        this.sources = sources;
    }

    /**
     * Reads a system's files.
     *
     * @param kind which system
     * @param paths its files or folders with them
     * @throws ImportException when a file cannot be read or nothing of it can be taken
     */
    public static Imported read(Kind kind, List<Path> paths) throws ImportException {
        Imports imports = new Imports(kind, Sources.of(paths));
        return imports.read();
    }

    private Imported read() throws ImportException {
        switch (kind) {
            case AIPROXY -> new AiproxyImport(this).run();
            case FLOW -> new FlowImport(this).run();
            case OAUTH2 -> new Oauth2Import(this).run();
            case LITELLM -> new LitellmImport(this).run();
            case LITELLM_PRICES -> new LitellmPrices(this).run();
            case ONE_API -> new OneApiImport(this).run();
        }
        for (Path file : sources.unused()) {
            report.looksWrong(
                    Place.file(Sources.name(file)), "is no file of this system that could be used; it was not read");
        }
        boolean prices = kind == Kind.LITELLM_PRICES;
        if (prices ? draft.prices().isEmpty() : draft.channels().isEmpty()) {
            throw new ImportException("no " + (prices ? "price" : "channel")
                    + " could be taken, so nothing is written:\n" + String.join("\n", report.lines()));
        }
        String from = read.stream()
                .filter(file -> !keys.contains(file))
                .map(Sources::name)
                .distinct()
                .collect(Collectors.joining(", "));
        return new Imported(new ArrayList<>(read), draft.files(kind, from), report);
    }

    Sources sources() {
        return sources;
    }

    Report report() {
        return report;
    }

    Draft draft() {
        return draft;
    }

    /** The structure of a file, which from now on counts as a source. */
    JsonNode structure(Path file) throws ImportException {
        source(file);
        return Sources.structure(file);
    }

    /** Notes that a file was read. */
    void source(Path file) {
        sources.use(file);
        read.add(file);
    }

    /** Notes that a key file was read; it is copied and no source of ours. */
    void keyFile(Path file) {
        source(file);
        keys.add(file);
    }

    /** The objects among these; what is none is told. */
    List<Entry> entries(List<JsonNode> nodes, Place at) {
        List<Entry> entries = new ArrayList<>();
        for (int i = 0; i < nodes.size(); i++) {
            Entry.of(nodes.get(i), at.at(i), report).ifPresent(entries::add);
        }
        return entries;
    }

    /** The elements of an array. */
    static List<JsonNode> elements(JsonNode array) {
        List<JsonNode> elements = new ArrayList<>();
        array.forEach(elements::add);
        return elements;
    }
}
