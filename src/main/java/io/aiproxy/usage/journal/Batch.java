package io.aiproxy.usage.journal;

import java.util.List;

/**
 * Blocks of records that follow each other in a journal.
 *
 * @param blocks as they were appended; empty when there are no more at present
 * @param next where the ones after them begin
 * @param sequence number of the last of their records; where there is none, that of the record before them
 * @param missing how many records between the one before and the last are gone, because files are damaged or missing
 * @param damaged bytes in front of them, or between them, that are no blocks
 */
public record Batch(List<Block> blocks, Place next, long sequence, long missing, long damaged) {
    /** The same without its blocks, for one who has read them and need not keep their memory. */
    public Batch emptied() {
        return new Batch(List.of(), next, sequence, missing, damaged);
    }

    /** How many records are in its blocks. */
    public int records() {
        return blocks.stream().mapToInt(Block::records).sum();
    }
}
