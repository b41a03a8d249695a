package io.aiproxy.usage.sql;

import io.aiproxy.sql.Vendor;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Statements where databases differ. */
final class Statements {
    private static final String KEYS = "bucket, writer, dimension";
    private static final List<String> DISTRIBUTIONS = List.of("durations", "first_bytes");

    private final Vendor vendor;

    Statements(Vendor vendor) {
        this.vendor = vendor;
    }

    /** After a SELECT: others may read with the same words, and whoever wants the row alone waits. */
    String shared() {
        return switch (vendor) {
            case SQLITE -> ""; // a transaction that writes has the whole file
            case POSTGRESQL -> " FOR SHARE";
            case MYSQL -> " LOCK IN SHARE MODE";
        };
    }

    /** After a SELECT: waits until nobody else has the row. */
    String alone() {
        return vendor == Vendor.SQLITE ? "" : " FOR UPDATE";
    }

    /** Inserts a row unless there is one with the same key. */
    String insertNew(String table, String... columns) {
        String head = vendor == Vendor.MYSQL ? "INSERT IGNORE INTO " : "INSERT INTO ";
        String tail = vendor == Vendor.MYSQL ? "" : " ON CONFLICT DO NOTHING";
        return head + table + " (" + String.join(", ", columns) + ") VALUES (" + marks(columns.length) + ")" + tail;
    }

    /** Inserts sums, or adds them to those that are there; distributions, which must be added before, are replaced. */
    String addSums(Level level) {
        String columns = KEYS + ", " + Measure.each(Measure::column) + ", " + String.join(", ", DISTRIBUTIONS);
        String insert = "INSERT INTO " + level.table() + " (" + columns + ") VALUES ("
                + marks(3 + Measure.COUNT + DISTRIBUTIONS.size()) + ")";
        String conflict =
                vendor == Vendor.MYSQL ? " ON DUPLICATE KEY UPDATE " : " ON CONFLICT (" + KEYS + ") DO UPDATE SET ";
        return insert
                + conflict
                + Measure.each(measure -> measure.column() + " = " + sum(level, measure))
                + DISTRIBUTIONS.stream()
                        .map(column -> ", " + column + " = " + fresh(column))
                        .collect(Collectors.joining());
    }

    private String sum(Level level, Measure measure) {
        String there = vendor == Vendor.MYSQL ? measure.column() : level.table() + "." + measure.column();
        String fresh = fresh(measure.column());
        return measure.rare()
                ? "NULLIF(COALESCE(" + there + ", 0) + COALESCE(" + fresh + ", 0), 0)"
                : there + " + " + fresh;
    }

    private String fresh(String column) {
        return vendor == Vendor.MYSQL ? "VALUES(" + column + ")" : "EXCLUDED." + column;
    }

    /** {@code ?, ?, ?}. */
    static String marks(int count) {
        return String.join(", ", Collections.nCopies(count, "?"));
    }

    /** Names with commas between. */
    static String columns(String... names) {
        return Arrays.stream(names).collect(Collectors.joining(", "));
    }

    /** Names with {@code prefix} before each. */
    static String columns(String prefix, Stream<String> names) {
        return names.map(name -> prefix + name).collect(Collectors.joining(", "));
    }
}
