package io.aiproxy.usage.sql;

import io.aiproxy.usage.UsageRecord;
import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongUnaryOperator;

/** Sums of some records at every level, in memory; in the order of the tables' keys. */
final class Aggregate {
    private final Map<Long, Map<Integer, Tally>> minutes = new TreeMap<>();

    void add(UsageRecord record, int dimension) {
        tally(minutes, Times.floor(record.startedMillis(), Times.MINUTE), dimension)
                .add(record);
    }

    /** Sums of a minute or less, with all of them alike. */
    void add(long at, int dimension, Tally sums) {
        tally(minutes, Times.floor(at, Times.MINUTE), dimension).add(sums);
    }

    private static Tally tally(Map<Long, Map<Integer, Tally>> buckets, long bucket, int dimension) {
        return buckets.computeIfAbsent(bucket, begin -> new TreeMap<>()).computeIfAbsent(dimension, of -> new Tally());
    }

    /** By minute and quarter. */
    Map<Level, Map<Long, Map<Integer, Tally>>> fine() {
        Map<Level, Map<Long, Map<Integer, Tally>>> levels = new EnumMap<>(Level.class);
        levels.put(Level.MINUTE, minutes);
        levels.put(Level.QUARTER, coarser(minutes, at -> Times.floor(at, Times.QUARTER)));
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
