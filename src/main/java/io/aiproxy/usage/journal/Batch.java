package io.aiproxy.usage.journal;

import java.util.List;

/**
 * Records that follow each other in a journal.
 *
 * @param records as they were appended; empty when there are no more at present
 * @param next where the ones after them begin
 * @param sequence number of the last of them; where there is none, that of the record before them
 * @param missing how many records between the one before and the last are gone, because files are damaged or missing
 * @param damaged bytes in front of them, or between them, that are no records
 */
public record Batch(List<byte[]> records, Place next, long sequence, long missing, long damaged) {
    /** The same without its records, for one who has read them and need not keep their memory. */
    public Batch emptied() {
        return new Batch(List.of(), next, sequence, missing, damaged);
    }
}
