package io.aiproxy.usage.journal;

import io.aiproxy.core.Ticker;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** What tests do with journals. */
public final class Journals {
    private Journals() {}

    /** All blocks of the journal in this directory, which nobody must have opened. */
    public static List<Block> read(Path directory) throws IOException {
        try (Journal journal = Journal.open(directory, Ticker.SYSTEM)) {
            return all(journal).blocks();
        }
    }

    /** Everything that is in a journal, in one batch. */
    static Batch all(Journal journal) throws IOException {
        return rest(journal, Place.BEGINNING);
    }

    /** Everything behind this place. */
    static Batch rest(Journal journal, Place from) throws IOException {
        List<Block> blocks = new ArrayList<>();
        Batch batch = journal.read(from, -1, 100);
        long missing = batch.missing();
        long damaged = batch.damaged();
        while (!batch.blocks().isEmpty()) {
            blocks.addAll(batch.blocks());
            batch = journal.read(batch.next(), batch.sequence(), 100);
            missing += batch.missing();
            damaged += batch.damaged();
        }
        return new Batch(blocks, batch.next(), batch.sequence(), missing, damaged);
    }

    static List<String> texts(Batch batch) {
        return batch.blocks().stream()
                .map(block -> new String(block.bytes(), StandardCharsets.UTF_8))
                .toList();
    }

    /** Blocks of a record each. */
    static List<Block> records(String... texts) {
        return Stream.of(texts).map(text -> block(text, 1)).toList();
    }

    static Block block(String text, int records) {
        return new Block(text.getBytes(StandardCharsets.UTF_8), records);
    }

    /** The files of a journal in order. */
    static List<Path> files(Path directory) throws IOException {
        try (Stream<Path> all = Files.list(directory)) {
            return all.filter(file -> file.toString().endsWith(".aiproxy"))
                    .sorted()
                    .toList();
        }
    }
}
