package io.aiproxy.app.statistics;

import io.aiproxy.usage.StatisticsRow;
import io.aiproxy.usage.StatisticsRow.Quantiles;
import io.aiproxy.usage.StatisticsRow.Sums;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A row of an answer: as the books', and money by currency.
 *
 * @param key when, and of what
 * @param sums what happened; its money is the plain sum over all currencies, good for an order at most
 * @param costs in billionths, by currency; empty when nothing had a price
 * @param duration percentiles, where asked for
 * @param firstByte likewise
 */
record Row(
        Key key,
        Sums sums,
        SortedMap<String, Long> costs,
        Optional<Quantiles> duration,
        Optional<Quantiles> firstByte) {
    /**
     * What tells rows apart.
     *
     * @param time when its piece of time begins, milliseconds since 1970
     * @param values of the dimensions
     */
    record Key(long time, List<String> values) {}

    /** A row for which there are no percentiles yet. */
    static Row of(Key key, StatisticsRow row, String currency) {
        SortedMap<String, Long> costs = new TreeMap<>();
        if (!currency.isEmpty()) {
            costs.put(currency, row.sums().cost());
        }
        return new Row(key, row.sums(), costs, Optional.empty(), Optional.empty());
    }

    /** Both together; they differ in their currencies. */
    Row plus(Row other) {
        SortedMap<String, Long> all = new TreeMap<>(costs);
        other.costs.forEach((currency, cost) -> all.merge(currency, cost, Long::sum));
        return new Row(key, sums.plus(other.sums), all, duration, firstByte);
    }

    /** With the percentiles that were found for its key. */
    Row with(Map<Key, StatisticsRow> latencies) {
        StatisticsRow found = latencies.get(key);
        return found == null ? this : new Row(key, sums, costs, found.duration(), found.firstByte());
    }
}
