package io.aiproxy.usage;

import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A question to the books. A call belongs to the time at which it began.
 *
 * @param from first moment, cut down to the minute
 * @param to first moment that does not belong to it, cut up to the minute
 * @param zone in which hours, days and months begin
 * @param granularity how finely time is cut
 * @param by what the rows are grouped by, in this order; empty: one row for each piece of time
 * @param filters of each dimension the values that count; one that is not here is not filtered
 * @param latencies whether percentiles are wanted, which take longer
 */
public record StatisticsQuery(
        Instant from,
        Instant to,
        ZoneId zone,
        Granularity granularity,
        List<Dimension> by,
        Map<Dimension, Set<String>> filters,
        boolean latencies) {}
