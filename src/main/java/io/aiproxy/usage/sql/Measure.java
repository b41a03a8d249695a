package io.aiproxy.usage.sql;

import io.aiproxy.core.Ending;
import io.aiproxy.core.UsageField;
import io.aiproxy.core.UsageSource;
import io.aiproxy.usage.UsageRecord;
import java.util.Arrays;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;

/** What is summed, each in a column of its own. */
enum Measure {
    REQUESTS("requests", "1", record -> 1),
    SUCCESSFUL("successful", "r.successful", record -> successful(record) ? 1 : 0),
    ATTEMPTS("attempts", "r.attempts", UsageRecord::attempts),
    BYTES_IN("bytes_in", "r.bytes_in", UsageRecord::bytesIn),
    BYTES_OUT("bytes_out", "r.bytes_out", UsageRecord::bytesOut),
    DURATION(
            "duration",
            "CASE WHEN r.duration > 0 THEN r.duration ELSE 0 END",
            record -> Math.max(0, record.durationMicros())),
    INPUT_TOKENS(UsageField.INPUT_TOKENS),
    OUTPUT_TOKENS(UsageField.OUTPUT_TOKENS),
    CACHED_INPUT_TOKENS(UsageField.CACHED_INPUT_TOKENS),
    CACHE_WRITE_TOKENS(UsageField.CACHE_WRITE_TOKENS),
    REASONING_TOKENS(UsageField.REASONING_TOKENS),
    AUDIO_INPUT_TOKENS(UsageField.AUDIO_INPUT_TOKENS),
    AUDIO_OUTPUT_TOKENS(UsageField.AUDIO_OUTPUT_TOKENS),
    IMAGE_INPUT_TOKENS(UsageField.IMAGE_INPUT_TOKENS),
    CHARACTERS(UsageField.CHARACTERS),
    SECONDS(UsageField.SECONDS),
    IMAGES(UsageField.IMAGES),
    CACHE_WRITE_HOUR_TOKENS(UsageField.CACHE_WRITE_HOUR_TOKENS),
    CACHED_AUDIO_INPUT_TOKENS(UsageField.CACHED_AUDIO_INPUT_TOKENS),
    CACHED_IMAGE_INPUT_TOKENS(UsageField.CACHED_IMAGE_INPUT_TOKENS),
    ESTIMATED(
            "estimated",
            "CASE WHEN r.source = 1 THEN 1 ELSE 0 END",
            record -> record.source() == UsageSource.ESTIMATED ? 1 : 0,
            true),
    UNPRICED("unpriced", "r.unpriced", record -> unpriced(record) ? 1 : 0, true),
    COST("cost", "r.cost", UsageRecord::cost, true);

    /** Asked once: every call of {@code values()} makes a copy. */
    private static final Measure[] ALL = values();

    /** How many there are. */
    static final int COUNT = ALL.length;

    private final String column;
    private final String ofRecord;

    @SuppressWarnings("ImmutableEnumChecker") // a reference to a record's accessor
    private final ToLongFunction<UsageRecord> value;

    private final boolean rare;

    Measure(UsageField field) {
        this(field.word(), "r." + field.word(), record -> field.of(record.usage()), true);
    }

    Measure(String column, String ofRecord, ToLongFunction<UsageRecord> value) {
        this(column, ofRecord, value, false);
    }

    Measure(String column, String ofRecord, ToLongFunction<UsageRecord> value, boolean rare) {
        this.column = column;
        this.ofRecord = ofRecord;
        this.value = value;
        this.rare = rare;
    }

    /** The column of a table of sums. */
    String column() {
        return column;
    }

    /** The same of a single record {@code r}, as SQL. */
    String ofRecord() {
        return ofRecord;
    }

    /** The same of a single record. */
    long of(UsageRecord record) {
        return value.applyAsLong(record);
    }

    /** Whether it is zero so often that zero is kept as nothing. */
    boolean rare() {
        return rare;
    }

    /** The one that sums this. */
    static Measure of(UsageField field) {
        return valueOf(field.name());
    }

    static Measure at(int index) {
        return ALL[index];
    }

    /** Something for each of them, with commas between. */
    static String each(Function<Measure, String> sql) {
        return Arrays.stream(ALL).map(sql).collect(Collectors.joining(", "));
    }

    /** A call below status 400 that ended regularly, or a WebSocket that was opened. */
    static boolean successful(UsageRecord record) {
        return record.webSocket() || (record.status() < 400 && record.ending().equals(Ending.OK.tag()));
    }

    /** Whether it used something for which there is no price. */
    static boolean unpriced(UsageRecord record) {
        return !record.priced() && !record.usage().isNone();
    }
}
