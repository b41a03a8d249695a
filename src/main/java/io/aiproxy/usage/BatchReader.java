package io.aiproxy.usage;

import io.aiproxy.usage.journal.Batch;
import io.aiproxy.usage.journal.Block;
import io.aiproxy.usage.journal.Journal;
import io.aiproxy.usage.journal.Place;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads a journal in batches for the books. What a batch costs is its records and its sums, and a sum costs the same however many
 * records it is made of; so the next batch is to have some records for each sum that the last one had. A larger one would save
 * little, be long at work at once, and be kept by garbage collections. The first one is the smallest. For the loader's thread
 * alone.
 */
final class BatchReader {
    private static final Logger LOG = LoggerFactory.getLogger(Loader.class);

    /** A sum costs as much as some ten records: with so many it is a small part. */
    private static final int RECORDS_PER_SUM = 50;

    private static final int TEXTS = 4_096;

    private final Journal journal;
    private final Counts counts;
    private final int least;
    private final int most;
    private final BlockReader blocks = new BlockReader(new Recurring(TEXTS));
    private final Variety variety = new Variety();
    private int size;

    /**
     * What was read.
     *
     * @param batch of the journal, without its blocks
     * @param full whether it has as many records as were wanted: there may be more
     * @param read how many records were in it
     * @param records those of them that can be read
     */
    record Loaded(Batch batch, boolean full, int read, List<UsageRecord> records) {}

    /**
     * Begins with small batches.
     *
     * @param least records that are wanted at once
     * @param most that are wanted, however many sums they make
     */
    BatchReader(Journal journal, Counts counts, int least, int most) {
        this.journal = journal;
        this.counts = counts;
        this.least = least;
        this.most = most;
        this.size = least;
    }

    /**
     * Reads on.
     *
     * @param from as {@link Journal#read}
     * @param after likewise
     */
    Loaded read(Place from, long after) throws IOException {
        Batch batch = journal.read(from, after, size);
        int read = batch.records();
        List<UsageRecord> records = new ArrayList<>(read);
        for (Block block : batch.blocks()) {
            try {
                records.addAll(blocks.records(block));
            } catch (IOException e) {
                counts.unreadable.add(block.records());
                LOG.error(
                        "A block of {} records in the journal in {}, before {}, cannot be read and is left out: {}",
                        block.records(),
                        journal.path(),
                        batch.next(),
                        e.getMessage());
            }
        }
        boolean full = read >= size;
        records.forEach(variety::add);
        size = (int) Math.max(least, Math.min(most, (long) RECORDS_PER_SUM * variety.counted()));
        return new Loaded(batch.emptied(), full, read, records);
    }

    /** When the first call ended that comes behind this place; 0 when there is none, or it cannot be read. */
    long oldestMillis(Place from, long after) throws IOException {
        for (Block block : journal.read(from, after, 1).blocks()) {
            try {
                return blocks.records(block).get(0).endedMillis();
            } catch (IOException unreadable) {
                return 0; // told when it is its turn
            }
        }
        return 0;
    }
}
