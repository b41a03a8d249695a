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

    /** All records of the journal in this directory, which nobody must have opened. */
    public static List<byte[]> read(Path directory) throws IOException {
        try (Journal journal = Journal.open(directory, Ticker.SYSTEM)) {
            return all(journal).records();
        }
    }

    /** Everything that is in a journal, in one batch. */
    static Batch all(Journal journal) throws IOException {
        return rest(journal, Place.BEGINNING);
    }

    /** Everything behind this place. */
    static Batch rest(Journal journal, Place from) throws IOException {
        List<byte[]> records = new ArrayList<>();
        Batch batch = journal.read(from, -1, 100);
        long missing = batch.missing();
        long damaged = batch.damaged();
        while (!batch.records().isEmpty()) {
            records.addAll(batch.records());
            batch = journal.read(batch.next(), batch.sequence(), 100);
            missing += batch.missing();
            damaged += batch.damaged();
        }
        return new Batch(records, batch.next(), batch.sequence(), missing, damaged);
    }

    static List<String> texts(Batch batch) {
        return batch.records().stream()
                .map(record -> new String(record, StandardCharsets.UTF_8))
                .toList();
    }

    static List<byte[]> records(String... texts) {
        return Stream.of(texts)
                .map(text -> text.getBytes(StandardCharsets.UTF_8))
                .toList();
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
