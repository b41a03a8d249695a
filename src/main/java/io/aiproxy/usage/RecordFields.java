package io.aiproxy.usage;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.aiproxy.core.Usage;
import io.aiproxy.core.UsageSource;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The fields of one record while it is read. */
final class RecordFields {
    private static final UsageSource[] SOURCES = UsageSource.values();

    private @Nullable String id;
    private boolean begun;
    private boolean over;
    private long started;
    private long ended;
    private String user = "";
    private String key = "";
    private List<String> groups = List.of();
    private String channel = "";
    private String credential = "";
    private String dialect = "";
    private String operation = "";
    private String template = "";
    private String method = "";
    private String modelAsked = "";
    private String modelAnswered = "";
    private boolean webSocket;
    private long status;
    private String ending = "";
    private String failure = "";
    private long attempts;
    private long bytesIn;
    private long bytesOut;
    private long firstByte = -1;
    private long duration = -1;
    private long overhead = -1;
    private Usage usage = Usage.NONE;
    private String source = "";
    private long cost;
    private String currency = "";
    private boolean priced;
    private Map<String, String> tags = Map.of();
    private String client = "";
    private long configVersion;
    private String work = "";

    /** Takes the field whose value the parser stands at. */
    void read(String name, JsonParser from) throws IOException {
        switch (name) {
            case "groups" -> groups = list(from);
            case "tags" -> tags = map(from);
            case "usage" -> usage = UsageJson.read(from);
            case "websocket" -> webSocket = from.getBooleanValue();
            case "priced" -> priced = from.getBooleanValue();
            case "cost" -> cost = scaled(from, RecordJson.MONEY_DIGITS);
            case "ttfb_ms" -> firstByte = scaled(from, RecordJson.MICROS_DIGITS);
            case "duration_ms" -> duration = scaled(from, RecordJson.MICROS_DIGITS);
            case "overhead_ms" -> overhead = scaled(from, RecordJson.MICROS_DIGITS);
            default -> {
                switch (from.currentToken()) {
                    case VALUE_STRING -> text(name, from);
                    case VALUE_NUMBER_INT -> number(name, from.getLongValue());
                    default -> from.skipChildren();
                }
            }
        }
    }

    private void text(String name, JsonParser from) throws IOException {
        switch (name) {
            case "time" -> {
                started = time(from);
                begun = true;
            }
            case "ended" -> {
                ended = time(from);
                over = true;
            }
            case "id" -> id = from.getText();
            case "user" -> user = from.getText();
            case "key" -> key = from.getText();
            case "channel" -> channel = from.getText();
            case "credential" -> credential = from.getText();
            case "dialect" -> dialect = from.getText();
            case "operation" -> operation = from.getText();
            case "template" -> template = from.getText();
            case "method" -> method = from.getText();
            case "model" -> modelAsked = from.getText();
            case "model_answered" -> modelAnswered = from.getText();
            case "ending" -> ending = from.getText();
            case "failure" -> failure = from.getText();
            case "usage_source" -> source = from.getText();
            case "currency" -> currency = from.getText();
            case "client" -> client = from.getText();
            case "work" -> work = from.getText();
            default -> {} // a newer version's
        }
    }

    private void number(String name, long value) {
        switch (name) {
            case "status" -> status = value;
            case "attempts" -> attempts = value;
            case "bytes_in" -> bytesIn = value;
            case "bytes_out" -> bytesOut = value;
            case "config_version" -> configVersion = value;
            default -> {} // a newer version's
        }
    }

    private static long time(JsonParser from) throws IOException {
        try {
            return Instant.parse(from.getText()).toEpochMilli();
        } catch (DateTimeException | ArithmeticException e) {
            throw new IOException("\"" + from.currentName() + "\" must be a time such as 2026-11-21T01:30:00.123Z", e);
        }
    }

    /** A decimal number counted in its parts: 1.5 with three digits is 1500. */
    private static long scaled(JsonParser from, int digits) throws IOException {
        if (!from.currentToken().isNumeric()) {
            throw new IOException("\"" + from.currentName() + "\" must be a number");
        }
        try {
            return from.getDecimalValue().movePointRight(digits).longValueExact();
        } catch (ArithmeticException tooLong) {
            throw new IOException("\"" + from.currentName() + "\" is too large or has too many decimals", tooLong);
        }
    }

    private List<String> list(JsonParser from) throws IOException {
        expect(from, JsonToken.START_ARRAY);
        List<String> values = new ArrayList<>();
        while (from.nextToken() != JsonToken.END_ARRAY) {
            expect(from, JsonToken.VALUE_STRING);
            values.add(from.getText());
        }
        return List.copyOf(values);
    }

    private Map<String, String> map(JsonParser from) throws IOException {
        expect(from, JsonToken.START_OBJECT);
        Map<String, String> values = new LinkedHashMap<>();
        for (String name = from.nextFieldName(); name != null; name = from.nextFieldName()) {
            from.nextToken();
            expect(from, JsonToken.VALUE_STRING);
            values.put(name, from.getText());
        }
        return Map.copyOf(values);
    }

    private static void expect(JsonParser from, JsonToken token) throws IOException {
        if (from.currentToken() != token) {
            throw new IOException("\"" + from.currentName() + "\" holds " + from.currentToken() + ", not " + token);
        }
    }

    /** What was read. */
    UsageRecord record() throws IOException {
        return new UsageRecord(
                required(),
                started,
                ended,
                user,
                key,
                groups,
                channel,
                credential,
                dialect,
                operation,
                template,
                method,
                modelAsked,
                modelAnswered,
                webSocket,
                small("status", status),
                ending,
                failure,
                small("attempts", attempts),
                bytesIn,
                bytesOut,
                firstByte,
                duration,
                overhead,
                usage,
                source(source),
                cost,
                currency,
                priced,
                tags,
                client,
                configVersion,
                work);
    }

    /** The id, of a record that has all that a record must have. */
    private String required() throws IOException {
        if (id == null || !begun || !over) {
            throw new IOException("a record without \"" + (id == null ? "id" : begun ? "ended" : "time") + "\"");
        }
        return id;
    }

    private static int small(String name, long value) throws IOException {
        if (value != (int) value) {
            throw new IOException("\"" + name + "\" is too large");
        }
        return (int) value;
    }

    /** A word of a newer version says nothing. */
    private static UsageSource source(String tag) {
        for (UsageSource source : SOURCES) {
            if (source.tag().equals(tag)) {
                return source;
            }
        }
        return UsageSource.NONE;
    }
}
