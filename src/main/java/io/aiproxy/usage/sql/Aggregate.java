package io.aiproxy.usage.sql;

import io.aiproxy.usage.UsageRecord;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongUnaryOperator;

/** Sums of some records at every level, in memory; in the order of the tables' keys. */
final class Aggregate {
    private final Map<Long, Map<Integer, Tally>> minutes = new TreeMap<>();

    /** The dimension that stands for all calls of the same currency, by dimension. */
    private final Map<Integer, Integer> wholes = new HashMap<>();

    /** @param whole the dimension of all calls of its currency */
    void add(UsageRecord record, int dimension, int whole) {
        wholes.put(dimension, whole);
        tally(minutes, Times.floor(record.startedMillis(), Times.MINUTE), dimension)
                .add(record);
    }

    /** Sums of a minute or less, with all of them alike, of a dimension of which {@link #whole} was told. */
    void add(long at, int dimension, Tally sums) {
        tally(minutes, Times.floor(at, Times.MINUTE), dimension).add(sums);
    }

    private static Tally tally(Map<Long, Map<Integer, Tally>> buckets, long bucket, int dimension) {
        return buckets.computeIfAbsent(bucket, begin -> new TreeMap<>()).computeIfAbsent(dimension, of -> new Tally());
    }

    /** Which dimension stands for all calls of the currency of {@code dimension}. */
    void whole(int dimension, int whole) {
        wholes.put(dimension, whole);
    }

    private Map<Long, Map<Integer, Tally>> whole(Map<Long, Map<Integer, Tally>> quarters) {
        Map<Long, Map<Integer, Tally>> all = new TreeMap<>();
        quarters.forEach((bucket, sums) -> sums.forEach((dimension, tally) ->
                tally(all, bucket, wholes.getOrDefault(dimension, 0)).add(tally)));
        return all;
    }

    /** By minute and quarter. */
    Map<Level, Map<Long, Map<Integer, Tally>>> fine() {
        Map<Level, Map<Long, Map<Integer, Tally>>> levels = new EnumMap<>(Level.class);
        levels.put(Level.MINUTE, minutes);
        Map<Long, Map<Integer, Tally>> quarters = coarser(minutes, at -> Times.floor(at, Times.QUARTER));
        levels.put(Level.QUARTER, quarters);
        levels.put(Level.WHOLE, whole(quarters));
        return levels;
    }

    /** By everything, coarser ones made of finer ones. */
    Map<Level, Map<Long, Map<Integer, Tally>>> all(Times times) {
        Map<Level, Map<Long, Map<Integer, Tally>>> levels = fine();
        // made of minutes: a zone's day may once have begun between two quarters
        Map<Long, Map<Integer, Tally>> days = coarser(minutes, times::day);
        levels.put(Level.DAY, days);
        levels.put(Level.MONTH, coarser(days, times::month));
        return levels;
    }

    private static Map<Long, Map<Integer, Tally>> coarser(
            Map<Long, Map<Integer, Tally>> fine, LongUnaryOperator beginning) {
        Map<Long, Map<Integer, Tally>> coarse = new TreeMap<>();
        fine.forEach((bucket, sums) -> {
            long begin = beginning.applyAsLong(bucket);
            sums.forEach((dimension, tally) -> tally(coarse, begin, dimension).add(tally));
        });
        return coarse;
    }
}
