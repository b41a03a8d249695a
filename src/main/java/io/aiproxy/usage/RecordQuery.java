package io.aiproxy.usage;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A question for single records, newest first.
 *
 * @param from first moment
 * @param to first moment that does not belong to it
 * @param filters of each dimension the values that count
 * @param before goes on behind this record, the last one of the page before
 * @param limit records at most
 */
public record RecordQuery(
        Instant from, Instant to, Map<Dimension, Set<String>> filters, Optional<Mark> before, int limit) {
    /**
     * A place among records.
     *
     * @param startedMillis of the record there
     * @param id of the record there
     */
    public record Mark(long startedMillis, String id) {}
}
