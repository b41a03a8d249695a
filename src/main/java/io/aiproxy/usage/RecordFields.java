package io.aiproxy.usage;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.aiproxy.core.Usage;
import io.aiproxy.core.UsageSource;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The fields of one record while it is read. */
final class RecordFields {
    private final Map<String, String> texts = new HashMap<>(32);
    private final Map<String, Long> numbers = new HashMap<>(16);
    private List<String> groups = List.of();
    private Map<String, String> tags = Map.of();
    private Usage usage = Usage.NONE;
    private boolean webSocket;
    private boolean priced;

    /** Takes the field whose value the parser stands at. */
    void read(String name, JsonParser from) throws IOException {
        switch (name) {
            case "groups" -> groups = list(from);
            case "tags" -> tags = map(from);
            case "usage" -> usage = UsageJson.read(from);
            case "websocket" -> webSocket = from.getBooleanValue();
            case "priced" -> priced = from.getBooleanValue();
            case "cost" -> numbers.put(name, scaled(from, RecordJson.MONEY_DIGITS));
            case "ttfb_ms", "duration_ms", "overhead_ms" -> numbers.put(name, scaled(from, RecordJson.MICROS_DIGITS));
            default -> other(name, from);
        }
    }

    private void other(String name, JsonParser from) throws IOException {
        switch (from.currentToken()) {
            case VALUE_STRING -> texts.put(name, from.getText());
            case VALUE_NUMBER_INT -> numbers.put(name, from.getLongValue());
            default -> from.skipChildren();
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

    private static List<String> list(JsonParser from) throws IOException {
        expect(from, JsonToken.START_ARRAY);
        List<String> values = new ArrayList<>();
        while (from.nextToken() != JsonToken.END_ARRAY) {
            expect(from, JsonToken.VALUE_STRING);
            values.add(from.getText());
        }
        return List.copyOf(values);
    }

    private static Map<String, String> map(JsonParser from) throws IOException {
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
                required("id"),
                time("time"),
                time("ended"),
                text("user"),
                text("key"),
                groups,
                text("channel"),
                text("credential"),
                text("dialect"),
                text("operation"),
                text("template"),
                text("method"),
                text("model"),
                text("model_answered"),
                webSocket,
                small("status"),
                text("ending"),
                text("failure"),
                small("attempts"),
                number("bytes_in", 0),
                number("bytes_out", 0),
                number("ttfb_ms", -1),
                number("duration_ms", -1),
                number("overhead_ms", -1),
                usage,
                source(text("usage_source")),
                number("cost", 0),
                text("currency"),
                priced,
                tags,
                text("client"),
                number("config_version", 0));
    }

    private String text(String name) {
        return texts.getOrDefault(name, "");
    }

    private String required(String name) throws IOException {
        String value = texts.get(name);
        if (value == null) {
            throw new IOException("a record without \"" + name + "\"");
        }
        return value;
    }

    private long time(String name) throws IOException {
        try {
            return Instant.parse(required(name)).toEpochMilli();
        } catch (DateTimeException | ArithmeticException e) {
            throw new IOException("\"" + name + "\" must be a time such as 2026-11-21T01:30:00.123Z", e);
        }
    }

    private long number(String name, long otherwise) {
        return numbers.getOrDefault(name, otherwise);
    }

    private int small(String name) throws IOException {
        long value = number(name, 0);
        if (value != (int) value) {
            throw new IOException("\"" + name + "\" is too large");
        }
        return (int) value;
    }

    /** A word of a newer version says nothing. */
    private static UsageSource source(String tag) {
        for (UsageSource source : UsageSource.values()) {
            if (source.tag().equals(tag)) {
                return source;
            }
        }
        return UsageSource.NONE;
    }
}
