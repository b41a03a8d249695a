package io.aiproxy.usage.report;

import io.aiproxy.core.Usage;
import io.aiproxy.usage.StatisticsRow.Quantiles;
import io.aiproxy.usage.StatisticsRow.Sums;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A row of a report: one of the books' rows, with what it cost in each currency.
 *
 * @param time when its piece of time begins, milliseconds since 1970
 * @param values of the dimensions
 * @param sums of all currencies together; their amount of money is of no use where there are several
 * @param costs by currency, in billionths; none where nothing has a price
 * @param duration percentiles, where they were asked for
 * @param firstByte likewise
 */
record Entry(
        long time,
        List<String> values,
        Sums sums,
        SortedMap<String, Long> costs,
        Optional<Quantiles> duration,
        Optional<Quantiles> firstByte) {
    private static final Sums NOTHING = new Sums(0, 0, 0, 0, 0, 0, Usage.NONE, 0, 0, 0);

    /** A row without percentiles. */
    Entry(long time, List<String> values, Sums sums, SortedMap<String, Long> costs) {
        this(time, values, sums, costs, Optional.empty(), Optional.empty());
    }

    /** Nothing at all. */
    static Entry empty(long time, List<String> values) {
        return new Entry(time, values, NOTHING, new TreeMap<>());
    }

    /** All of them together, under these values. */
    static Entry sum(List<String> values, Iterable<Entry> entries) {
        Sums sums = NOTHING;
        SortedMap<String, Long> costs = new TreeMap<>();
        for (Entry entry : entries) {
            sums = sums.plus(entry.sums);
            entry.costs.forEach((currency, cost) -> costs.merge(currency, cost, Long::sum));
        }
        return new Entry(0, values, sums, costs);
    }

    /** This one together with another of the same time and values. */
    Entry plus(Entry other) {
        SortedMap<String, Long> both = new TreeMap<>(costs);
        other.costs.forEach((currency, cost) -> both.merge(currency, cost, Long::sum));
        return new Entry(time, values, sums.plus(other.sums), both, duration, firstByte);
    }

    /** What it cost in this currency, in billionths. */
    long cost(String currency) {
        return costs.getOrDefault(currency, 0L);
    }

    /** Tokens of input and output. */
    long tokens() {
        return sums.usage().inputTokens() + sums.usage().outputTokens();
    }

    /** The share of requests that were successful, 0 to 1; 0 where there are none. */
    double successRate() {
        return share(sums.successful());
    }

    /** A number of requests as a share of all, 0 to 1. */
    double share(long requests) {
        return sums.requests() == 0 ? 0 : (double) requests / sums.requests();
    }
}
