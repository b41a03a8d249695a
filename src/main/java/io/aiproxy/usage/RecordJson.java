package io.aiproxy.usage;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.List;
import java.util.Map;

/**
 * How a {@link UsageRecord} looks as JSON: in events, in the API and in exports; docs/reference/usage-record.md
 * tells it field by field. What has nothing to say (an empty text or list, a time that is not known, usage of zero) is left
 * out. Times of day are UTC, durations milliseconds with three decimals, money a decimal number with up to nine. Reading
 * what was written gives the same record. Stateless; any thread.
 */
public final class RecordJson {
    /** All fields that a record can have, in the order in which they are written. */
    public static final List<String> FIELDS = List.of(
            "time",
            "ended",
            "id",
            "user",
            "key",
            "groups",
            "channel",
            "credential",
            "dialect",
            "operation",
            "template",
            "method",
            "model",
            "model_answered",
            "websocket",
            "status",
            "ending",
            "failure",
            "attempts",
            "bytes_in",
            "bytes_out",
            "ttfb_ms",
            "duration_ms",
            "overhead_ms",
            "usage",
            "usage_source",
            "cost",
            "currency",
            "priced",
            "tags",
            "client",
            "config_version",
            "work");

    private static final JsonFactory JSON = new JsonFactory();
    private static final DateTimeFormatter TIME =
            new DateTimeFormatterBuilder().appendInstant(3).toFormatter();
    /** Digits of money behind the point: records count billionths. */
    static final int MONEY_DIGITS = 9;

    /** Digits of milliseconds behind the point: records count microseconds. */
    static final int MICROS_DIGITS = 3;

    private static final int USUAL_BYTES = 1024;

    private RecordJson() {}

    /** A record as an object on one line, UTF-8, without any byte below 0x20. */
    public static byte[] bytes(UsageRecord record) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(USUAL_BYTES);
        try (JsonGenerator json = JSON.createGenerator(bytes)) {
            write(record, json);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // memory does not fail
        }
        return bytes.toByteArray();
    }

    private static void write(UsageRecord record, JsonGenerator to) throws IOException {
        to.writeStartObject();
        to.writeStringField("time", TIME.format(Instant.ofEpochMilli(record.startedMillis())));
        to.writeStringField("ended", TIME.format(Instant.ofEpochMilli(record.endedMillis())));
        text(to, "id", record.id());
        text(to, "user", record.user());
        text(to, "key", record.key());
        groups(to, record.groups());
        text(to, "channel", record.channel());
        text(to, "credential", record.credential());
        text(to, "dialect", record.dialect());
        text(to, "operation", record.operation());
        text(to, "template", record.template());
        text(to, "method", record.method());
        text(to, "model", record.modelAsked());
        text(to, "model_answered", record.modelAnswered());
        if (record.webSocket()) {
            to.writeBooleanField("websocket", true);
        }
        to.writeNumberField("status", record.status());
        text(to, "ending", record.ending());
        text(to, "failure", record.failure());
        numbers(record, to);
        UsageJson.write(record.usage(), to);
        to.writeStringField("usage_source", record.source().tag());
        money(record, to);
        tags(to, record.tags());
        text(to, "client", record.client());
        to.writeNumberField("config_version", record.configVersion());
        text(to, "work", record.work());
        to.writeEndObject();
    }

    private static void numbers(UsageRecord record, JsonGenerator to) throws IOException {
        to.writeNumberField("attempts", record.attempts());
        to.writeNumberField("bytes_in", record.bytesIn());
        to.writeNumberField("bytes_out", record.bytesOut());
        millis(to, "ttfb_ms", record.firstByteMicros());
        millis(to, "duration_ms", record.durationMicros());
        millis(to, "overhead_ms", record.overheadMicros());
    }

    private static void money(UsageRecord record, JsonGenerator to) throws IOException {
        if (record.priced() || record.cost() != 0) {
            to.writeFieldName("cost");
            to.writeNumber(BigDecimal.valueOf(record.cost(), MONEY_DIGITS)
                    .stripTrailingZeros()
                    .toPlainString());
        }
        text(to, "currency", record.currency());
        to.writeBooleanField("priced", record.priced());
    }

    private static void text(JsonGenerator to, String field, String value) throws IOException {
        if (!value.isEmpty()) {
            to.writeStringField(field, value);
        }
    }

    private static void millis(JsonGenerator to, String field, long micros) throws IOException {
        if (micros >= 0) {
            to.writeFieldName(field);
            to.writeNumber(BigDecimal.valueOf(micros, MICROS_DIGITS).toPlainString());
        }
    }

    private static void groups(JsonGenerator to, List<String> groups) throws IOException {
        if (!groups.isEmpty()) {
            to.writeArrayFieldStart("groups");
            for (String group : groups) {
                to.writeString(group);
            }
            to.writeEndArray();
        }
    }

    private static void tags(JsonGenerator to, Map<String, String> tags) throws IOException {
        if (!tags.isEmpty()) {
            to.writeObjectFieldStart("tags");
            for (Map.Entry<String, String> tag : tags.entrySet()) {
                to.writeStringField(tag.getKey(), tag.getValue());
            }
            to.writeEndObject();
        }
    }

    /**
     * Reads one record. Fields that are not known are left out: a newer version may have written them.
     *
     * @throws IOException when this is no record
     */
    public static UsageRecord read(byte[] json) throws IOException {
        try (JsonParser parser = JSON.createParser(json)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new IOException("a record must be a JSON object");
            }
            return read(parser);
        }
    }

    /**
     * Reads one record from a parser that stands at the beginning of its object, and leaves it at the end of that.
     *
     * @throws IOException when this is no record
     */
    public static UsageRecord read(JsonParser from) throws IOException {
        RecordFields fields = new RecordFields();
        for (String name = from.nextFieldName(); name != null; name = from.nextFieldName()) {
            from.nextToken();
            fields.read(name, from);
        }
        if (from.currentToken() != JsonToken.END_OBJECT) {
            throw new IOException("a record ends early");
        }
        return fields.record();
    }
}
