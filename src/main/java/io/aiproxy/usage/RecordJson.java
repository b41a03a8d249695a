package io.aiproxy.usage;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/**
 * How a {@link UsageRecord} looks as JSON: in the journal, in events, in the API and in exports; docs/reference/usage-record.md
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
            "config_version");

    private static final byte[] TIME = JsonBytes.name("time");
    private static final byte[] ENDED = JsonBytes.name("ended");
    private static final byte[] ID = JsonBytes.name("id");
    private static final byte[] USER = JsonBytes.name("user");
    private static final byte[] KEY = JsonBytes.name("key");
    private static final byte[] GROUPS = JsonBytes.name("groups");
    private static final byte[] CHANNEL = JsonBytes.name("channel");
    private static final byte[] CREDENTIAL = JsonBytes.name("credential");
    private static final byte[] DIALECT = JsonBytes.name("dialect");
    private static final byte[] OPERATION = JsonBytes.name("operation");
    private static final byte[] TEMPLATE = JsonBytes.name("template");
    private static final byte[] METHOD = JsonBytes.name("method");
    private static final byte[] MODEL = JsonBytes.name("model");
    private static final byte[] MODEL_ANSWERED = JsonBytes.name("model_answered");
    private static final byte[] WEBSOCKET = JsonBytes.name("websocket");
    private static final byte[] STATUS = JsonBytes.name("status");
    private static final byte[] ENDING = JsonBytes.name("ending");
    private static final byte[] FAILURE = JsonBytes.name("failure");
    private static final byte[] ATTEMPTS = JsonBytes.name("attempts");
    private static final byte[] BYTES_IN = JsonBytes.name("bytes_in");
    private static final byte[] BYTES_OUT = JsonBytes.name("bytes_out");
    private static final byte[] TTFB_MS = JsonBytes.name("ttfb_ms");
    private static final byte[] DURATION_MS = JsonBytes.name("duration_ms");
    private static final byte[] OVERHEAD_MS = JsonBytes.name("overhead_ms");
    private static final byte[] USAGE_SOURCE = JsonBytes.name("usage_source");
    private static final byte[] COST = JsonBytes.name("cost");
    private static final byte[] CURRENCY = JsonBytes.name("currency");
    private static final byte[] PRICED = JsonBytes.name("priced");
    private static final byte[] TAGS = JsonBytes.name("tags");
    private static final byte[] CLIENT = JsonBytes.name("client");
    private static final byte[] CONFIG_VERSION = JsonBytes.name("config_version");

    private static final JsonFactory JSON = new JsonFactory();
    /** Digits of money behind the point: records count billionths. */
    static final int MONEY_DIGITS = 9;

    /** Digits of milliseconds behind the point: records count microseconds. */
    static final int MICROS_DIGITS = 3;

    private static final int USUAL_BYTES = 1024;

    private RecordJson() {}

    /**
     * A record as an object on one line, UTF-8, without any byte below 0x20.
     *
     * @throws IllegalArgumentException when a text is no Unicode (half a surrogate pair)
     */
    public static byte[] bytes(UsageRecord record) {
        return bytes(record, new JsonBytes(USUAL_BYTES));
    }

    /** As above, for one who writes many and keeps the memory in which they are put together. */
    static byte[] bytes(UsageRecord record, JsonBytes scratch) {
        JsonBytes to = scratch.again().begin();
        to.field(TIME).time(record.startedMillis());
        to.field(ENDED).time(record.endedMillis());
        text(to, ID, record.id());
        text(to, USER, record.user());
        text(to, KEY, record.key());
        groups(to, record.groups());
        text(to, CHANNEL, record.channel());
        text(to, CREDENTIAL, record.credential());
        text(to, DIALECT, record.dialect());
        text(to, OPERATION, record.operation());
        text(to, TEMPLATE, record.template());
        text(to, METHOD, record.method());
        text(to, MODEL, record.modelAsked());
        text(to, MODEL_ANSWERED, record.modelAnswered());
        if (record.webSocket()) {
            to.field(WEBSOCKET).flag(true);
        }
        to.field(STATUS).number(record.status());
        text(to, ENDING, record.ending());
        text(to, FAILURE, record.failure());
        numbers(record, to);
        UsageJson.write(record.usage(), to);
        text(to, USAGE_SOURCE, record.source().tag());
        money(record, to);
        tags(to, record.tags());
        text(to, CLIENT, record.client());
        to.field(CONFIG_VERSION).number(record.configVersion());
        return to.end().bytes();
    }

    private static void numbers(UsageRecord record, JsonBytes to) {
        to.field(ATTEMPTS).number(record.attempts());
        to.field(BYTES_IN).number(record.bytesIn());
        to.field(BYTES_OUT).number(record.bytesOut());
        millis(to, TTFB_MS, record.firstByteMicros());
        millis(to, DURATION_MS, record.durationMicros());
        millis(to, OVERHEAD_MS, record.overheadMicros());
    }

    private static void money(UsageRecord record, JsonBytes to) {
        if (record.priced() || record.cost() != 0) {
            to.field(COST).stripped(record.cost(), MONEY_DIGITS);
        }
        text(to, CURRENCY, record.currency());
        to.field(PRICED).flag(record.priced());
    }

    private static void text(JsonBytes to, byte[] field, String value) {
        if (!value.isEmpty()) {
            to.field(field).text(value);
        }
    }

    private static void millis(JsonBytes to, byte[] field, long micros) {
        if (micros >= 0) {
            to.field(field).decimal(micros, MICROS_DIGITS);
        }
    }

    private static void groups(JsonBytes to, List<String> groups) {
        if (!groups.isEmpty()) {
            to.field(GROUPS).beginList();
            groups.forEach(to::text);
            to.endList();
        }
    }

    private static void tags(JsonBytes to, Map<String, String> tags) {
        if (!tags.isEmpty()) {
            to.field(TAGS).begin();
            tags.forEach((name, value) -> to.field(name).text(value));
            to.end();
        }
    }

    /**
     * Reads one record. Fields that are not known are left out: a newer version may have written them.
     *
     * @throws IOException when this is no record
     */
    public static UsageRecord read(byte[] json) throws IOException {
        return read(json, Recurring.NONE);
    }

    /** As above; texts that are remembered are those of earlier records. */
    static UsageRecord read(byte[] json, Recurring texts) throws IOException {
        try (JsonParser parser = JSON.createParser(json)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new IOException("a record must be a JSON object");
            }
            return read(parser, texts);
        }
    }

    /**
     * Reads one record from a parser that stands at the beginning of its object, and leaves it at the end of that.
     *
     * @throws IOException when this is no record
     */
    public static UsageRecord read(JsonParser from) throws IOException {
        return read(from, Recurring.NONE);
    }

    private static UsageRecord read(JsonParser from, Recurring texts) throws IOException {
        RecordFields fields = new RecordFields(texts);
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
