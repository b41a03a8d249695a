package io.aiproxy.usage;

import io.aiproxy.usage.journal.Block;
import io.aiproxy.usage.journal.JournalFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Consumer;

/**
 * What was found in a file of a journal.
 *
 * @param records that could be read
 * @param unreadable records that could not
 * @param damagedBytes bytes between them that are none
 */
public record JournalRecords(long records, long unreadable, long damagedBytes) {
    private static final int TEXTS = 1_024;

    /**
     * Gives all records of a file, which a gateway may be writing, in their order.
     *
     * @throws IOException when the file cannot be read, or is none of a journal
     */
    public static JournalRecords each(Path file, Consumer<UsageRecord> consumer) throws IOException {
        BlockReader reader = new BlockReader(new Recurring(TEXTS));
        long records = 0;
        long unreadable = 0;
        try (JournalFile blocks = JournalFile.open(file)) {
            for (Block block = blocks.next(); block != null; block = blocks.next()) {
                try {
                    reader.records(block).forEach(consumer);
                    records += block.records();
                } catch (IOException e) {
                    unreadable += block.records();
                }
            }
            return new JournalRecords(records, unreadable, blocks.damaged());
        }
    }
}
